"""What the answers of the installer's pages are made of: a part of the page, or what came of an action."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from core.database import View
from core.errors import VicinoError
from core.translation import mark
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.sites import Site, require_site
from dashboards.visitors import Visitor, is_fragment
from dashboards.wording import Words
from devices.errors import DeviceError
from registry.rooms import RoomError

# What is done in a home by whoever installs there.
Act = Callable[[View, Site], object]


class Look(NamedTuple):
    """A home as whoever installs there sees it now, in their language."""

    view: View
    site: Site
    now: datetime
    words: Words


# What a part of the page shows, by the names in its template.
Part = Callable[[Look], Mapping[str, Any]]

NOT_UNDERSTOOD = mark("This was not understood. Load the page anew.")


class RefusedError(VicinoError):
    """An action that was understood and is not done; `said` is a marked text for whoever asked for it."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def done(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    public_id: UUID,
    act: Act,
    said: str,
    *,
    is_done: bool = True,
) -> Response:
    """Carry out an action in a transaction that is committed before anything is answered."""
    words = Words(visitor.language)
    status, problem, told = 200, not is_done, words.say(said)
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            act(view, require_site(view, public_id))
    except RefusedError as error:
        status, problem, told = 409, True, words.say(error.said)
    except (DeviceError, RoomError) as error:
        status, problem, told = 409, True, error.text(visitor.language)
    except (KeyError, ValueError):
        status, problem, told = 422, True, words.say(NOT_UNDERSTOOD)
    if not is_fragment(request):
        return RedirectResponse(f"/install/{public_id}", 303)
    answer = desk.renderer.page("parts/message.html", visitor.language, status, said=told, problem=problem)
    answer.headers["HX-Trigger"] = "refresh"
    return answer


def page(request: Request, desk: Desk, visitor: Visitor, public_id: UUID, template: str, *parts: Part) -> Response:
    """Show a home to its installer by what its parts return."""
    with desk.database.seen_by(visitor.viewer) as view:
        site = require_site(view, public_id)
        frame = Frame.around(request, desk, visitor, view)
        look = Look(view, site, visitor.now, frame.words)
        shown = {name: value for part in parts for name, value in part(look).items()}
    return frame.page(template, home=site.home, zone=site.home.zone, **shown)

"""What is going on in a home: entered, answered, ended and corrected, each by one or two taps."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

import analytics.contexts.reads
import registry.reads
from analytics.contexts import actions
from analytics.contexts.actions import ContextAnsweredError, ContextError, ContextNotFoundError
from analytics.contexts.kinds import ENTERABLE, NAMES, ContextKind
from core.database import View
from core.translation import mark
from dashboards import contexts
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.pages.person import found
from dashboards.pages.waiting import waiting
from dashboards.visitors import DeskDependency, SignedIn, Trusted, Visitor, is_fragment, local_path
from dashboards.wording import Words
from dashboards.written import plain

router = APIRouter()

ENTERED = mark("Entered. What it explains is no longer told.")
CONFIRMED = mark("Thank you. What it explains is no longer told.")
REFUSED = mark("Thank you. It has no effect, and is not asked again.")
ENDED = mark("Ended. The home is judged as usual again.")
CORRECTED = mark("Corrected.")
TAKEN_BACK = mark("Taken back.")
NOT_A_TIME = mark("This is no date and time. Write it as the field shows it, or leave the end empty.")
BACK = mark("See how it stands")
NO_KIND = mark("Say what is going on, then enter it.")

Wanted = Annotated[str, Form()]
Text = Annotated[str, Form()]
# What is entered with one tap, from now on.
AT_ONCE = (ContextKind.HOSPITAL, ContextKind.HOLIDAY, ContextKind.VISIT)


@router.get("/persons/{public_id}/contexts")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show what is, was and will be going on in the home of a person."""
    now = visitor.now
    with desk.database.seen_by(visitor.viewer) as view:
        seen, home = found(view, public_id)
        frame = Frame.around(request, desk, visitor, view)
        words = frame.words
        shown = contexts.load(view, home, contexts.listed(view, home, now), now, words)
        waits = waiting(view, words)
    return frame.page(
        "contexts.html",
        person=seen.person,
        home=home,
        shown=shown,
        kinds=[(kind.value, words.say(NAMES[kind])) for kind in ENTERABLE],
        at_once=[(kind.value, words.say(NAMES[kind])) for kind in AT_ONCE],
        starts=now.astimezone(home.zone).strftime("%Y-%m-%dT%H:%M"),
        waiting=waits.homes,
        announcement=waits.sentence,
    )


@router.post("/persons/{public_id}/contexts")
def enter(
    request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID,
    kind: Text = "", start: Text = "", end: Text = "", note: Text = "", wanted: Wanted = "",
) -> Response:  # fmt: skip
    """Enter a context, from now on where no time is given."""
    if kind not in ENTERABLE:
        said, back = Words(visitor.language).say(NO_KIND), f"/persons/{public_id}/contexts"
        return _problem(request, desk, visitor, said, 422, back)

    def act(view: View) -> object:
        _, home = found(view, public_id)
        begins = _instant(start, home.zone) or visitor.now
        given = UUID(str(home.public_id)), ContextKind(kind), begins, _instant(end, home.zone)
        return actions.enter(view, *given, plain(note), visitor.now)

    return _done(request, desk, visitor, act, wanted or f"/persons/{public_id}/contexts", ENTERED)


@router.post("/contexts/{public_id}/confirm")
def confirm(
    request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID, kind: Text = "", wanted: Wanted = "/"
) -> Response:
    """Answer a question with yes, or with what it is instead."""

    def act(view: View) -> object:
        return actions.confirm(view, public_id, ContextKind(kind) if kind in ENTERABLE else None, visitor.now)

    return _done(request, desk, visitor, act, wanted, CONFIRMED)


@router.post("/contexts/{public_id}/refuse")
def refuse(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID, wanted: Wanted = "/") -> Response:
    """Answer a question with no."""
    return _done(request, desk, visitor, lambda view: actions.refuse(view, public_id, visitor.now), wanted, REFUSED)


@router.post("/contexts/{public_id}/end")
def end(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID, wanted: Wanted = "/") -> Response:
    """Say that it is over now."""
    return _done(
        request, desk, visitor, lambda view: actions.end(view, public_id, visitor.now, visitor.now), wanted, ENDED
    )


@router.post("/contexts/{public_id}/correct")
def correct(
    request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID,
    kind: Text = "", start: Text = "", end: Text = "", note: Text = "", wanted: Wanted = "/",
) -> Response:  # fmt: skip
    """Correct what is entered."""

    def act(view: View) -> object:
        seen = analytics.contexts.reads.context(view, public_id)
        homes = registry.reads.seen_homes_of(view, [] if seen is None else [seen.home_id])
        if seen is None or seen.home_id not in homes or kind not in ENTERABLE:
            raise ContextNotFoundError
        zone = homes[seen.home_id].zone
        begins, ends = _instant(start, zone) or seen.context.start, _instant(end, zone)
        return actions.correct(view, public_id, ContextKind(kind), begins, ends, plain(note), visitor.now)

    return _done(request, desk, visitor, act, wanted, CORRECTED)


@router.post("/contexts/{public_id}/take-back")
def take_back(
    request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID, wanted: Wanted = "/"
) -> Response:
    """Take back what was entered by mistake."""
    return _done(
        request, desk, visitor, lambda view: actions.take_back(view, public_id, visitor.now), wanted, TAKEN_BACK
    )


def _instant(field: str, zone: ZoneInfo) -> datetime | None:
    """Return the instant that a field for a local date and time holds, None where it is empty. Raises `ValueError`."""
    if not field.strip():
        return None
    return datetime.fromisoformat(field.strip()).replace(tzinfo=zone).astimezone(UTC)


def _done(
    request: Request, desk: Desk, visitor: Visitor, act: Callable[[View], object], wanted: str, said: str
) -> Response:
    """Carry out an action in a transaction that is committed before anything is answered."""
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            act(view)
    except ContextError as error:
        if isinstance(error, ContextNotFoundError) and not isinstance(error, ContextAnsweredError):
            raise HTTPException(404) from error
        return _problem(request, desk, visitor, error.text(visitor.language), 409, wanted)
    except (ValueError, OverflowError):
        return _problem(request, desk, visitor, Words(visitor.language).say(NOT_A_TIME), 422, wanted)
    if not is_fragment(request):
        return RedirectResponse(local_path(wanted), 303)
    answer = desk.renderer.page(
        "parts/message.html", visitor.language, said=Words(visitor.language).say(said), problem=False
    )
    answer.headers["HX-Trigger"] = "refresh"
    return answer


def _problem(request: Request, desk: Desk, visitor: Visitor, said: str, status: int, wanted: str = "/") -> Response:
    """Say why nothing was done."""
    if is_fragment(request):
        return desk.renderer.page("parts/message.html", visitor.language, status, said=said, problem=True)
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
    return frame.page("refused.html", status, said=said, back=local_path(wanted), back_label=frame.words.say(BACK))

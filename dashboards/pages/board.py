"""The board: homes ranked by concern."""

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import RedirectResponse, Response

from dashboards import board, lines
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.shared import Part
from dashboards.visitors import DeskDependency, SignedIn, SignedInWithSight, Visitor
from dashboards.watch import ROME
from dashboards.wording import Words
from registry.administration import reads
from registry.administration.reads import MOST
from registry.reads import Sight, sees, sight_of

router = APIRouter()
Count = Annotated[int, Query(ge=0, le=1_000_000)]


class Order(StrEnum):
    """How homes that nothing is open of are shown: by what is known of them now, or by who needs a look."""

    CONCERN = "concern"
    LOOK = "look"


# Whose homes are shown, by the number of the account; a link of long ago to somebody who has none any more shows all.
Whose = Annotated[int | None, Query(ge=1, le=MOST)]


@router.get("/")
def whole(
    request: Request, desk: DeskDependency, visitor: SignedIn, order: Order = Order.CONCERN, caseload: Whose = None
) -> Response:
    """Show the board; lead whoever answers for nobody to what they are here for."""
    return _answer(request, desk, visitor, order, caseload, "board.html")


@router.get("/board")
def part(
    request: Request, desk: DeskDependency, visitor: SignedIn, order: Order = Order.CONCERN, caseload: Whose = None
) -> Response:
    """Show what of the board changes."""
    return _answer(request, desk, visitor, order, caseload, "parts/board.html")


@router.get("/board/now")
def pressing(
    desk: DeskDependency, visitor: SignedInWithSight, looks: Count = 0, unseen: Count = 0, known: bool = True
) -> Response:
    """Show what of the board must be there at once, beside the numbers of homes that need a look or cannot be seen.

    It holds no proof for its forms: the page sends it with them.
    """
    rest = board.Rest(looks, unseen, known)
    about = ("board now", visitor.language, rest)
    own: list[Part] = []

    def make() -> Part:
        own.append(_pressing_part(desk, visitor, rest))
        return own[0]

    part = desk.shared.part(visitor.sight, about, lambda: desk.hub.revision, make)
    # Who made it was noted where it was read; whoever else is given it, here.
    if (
        not own
        and (part.persons or part.homes)
        and not desk.audit.is_noted(visitor.viewer.account_id, part.persons, part.homes)
    ):
        with desk.database.seen_by(visitor.viewer) as view:
            view.listed.update(part.persons)
            view.homes.update(part.homes)
    return desk.renderer.answer(part.text, visitor.language)


def _pressing_part(desk: Desk, visitor: Visitor, rest: board.Rest) -> Part:
    now, language = visitor.now, visitor.language
    words = Words(language)
    with desk.database.seen_by(visitor.viewer) as view:
        if not sees(view, Sight.LIFE):
            raise HTTPException(404)
        found = board.pressing(view, now, words, desk.settings.limits)
        # After all that was read: had it changed meanwhile, this would be of no sight that anybody else has.
        sight, persons, homes = sight_of(view), frozenset(view.listed), frozenset(view.homes)
    text = desk.renderer.text(
        "parts/board_now.html",
        language,
        act=found.act,
        news=found.news,
        waiting=found.unattended,
        announcement=board.announced(found.unattended, len(found.act), rest, words),
        csrf="",
        now=now,
        zone=ROME,
        labels=board.LABELS,
        empty=board.EMPTY,
    )
    return Part(text, sight, persons, homes)


def _answer(
    request: Request, desk: DeskDependency, visitor: SignedIn, order: Order, caseload: int | None, template: str
) -> Response:
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        if not frame.cares:
            return RedirectResponse(frame.first_page, 303)
        caseloads = [one for one in reads.caseloads(view) if one.homes is not None]
        chosen = next((one for one in caseloads if one.number == caseload), None)
        only = None if chosen is None else reads.homes_of_caseload(view, chosen.number)
        found = board.load(view, visitor.now, frame.words, desk.settings.limits, only)
    return frame.page(
        template,
        board=found,
        rows=lines.rows,
        order=order.value,
        address=_address,
        caseloads=caseloads,
        chosen=chosen,
        gives_caseloads=frame.coordinates,
        groups=found.groups if order is Order.CONCERN else board.with_alerts(found.groups),
        looks=[] if order is Order.CONCERN else board.by_attention(line for _, lines in found.groups for line in lines),
        zone=ROME,
        labels=board.LABELS,
        empty=board.EMPTY,
        announcement=board.announcement(found, frame.words),
    )


def _address(path: str, order: str, caseload: int | None) -> str:
    """Return the address of the board, or of the part of it that changes, in an order and of a caseload."""
    given = {"order": "" if order == Order.CONCERN else order, "caseload": caseload or ""}
    asked = urlencode({name: value for name, value in given.items() if value})
    return f"{path}?{asked}" if asked else path

"""The page that tells what one figure of one day is based on: episodes, and readings page by page."""

from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from core.localtime import day_of
from dashboards import basis, contexts
from dashboards.pages.frame import Frame
from dashboards.pages.period import day_in
from dashboards.pages.person import found
from dashboards.pages.waiting import waiting
from dashboards.trends import KINDS
from dashboards.visitors import DeskDependency, SignedIn

router = APIRouter()
FARTHEST = 3_650  # days


@router.get("/persons/{public_id}/basis/{kind}/{day}")
def whole(
    request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID, kind: str, day: str,
    page: str = "", episode: str = "",
) -> Response:  # fmt: skip
    """Show the page; 404 where no such figure is stored."""
    now, wanted = visitor.now, day_in(day)
    if wanted is None or not basis.known_kind(kind):
        raise HTTPException(404)
    with desk.database.seen_by(visitor.viewer) as view:
        seen, home = found(view, public_id)
        if abs((day_of(now, home.zone) - wanted).days) > FARTHEST:
            raise HTTPException(404)
        frame = Frame.around(request, desk, visitor, view)
        around = contexts.effect(view, home, now, now.date() - wanted + contexts.LISTED)
        number, place = _number(episode), _number(page)
        shown = basis.load(view, home, around, kind, wanted, frame.words, episode=number, page=place, now=now)
        waits = waiting(view, frame.words)
    if shown is None:
        raise HTTPException(404)
    return frame.page(
        "person_basis.html",
        person=seen.person,
        home=home,
        kind=kind,
        day=wanted,
        said_day=frame.words.day(wanted),
        view=next((part for part, kinds in KINDS.items() if kind in kinds), ""),
        shown=shown,
        waiting=waits.homes,
        announcement=waits.sentence,
    )


def _number(written: str) -> int:
    """Return a number of an address; 0 where it is none."""
    return int(written) if written.isdecimal() and len(written) < 6 else 0  # noqa: PLR2004 - digits

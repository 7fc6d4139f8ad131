"""The board: homes ranked by concern."""

from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboards import board
from dashboards.pages.frame import Frame
from dashboards.visitors import DeskDependency, SignedIn

router = APIRouter()
ROME = ZoneInfo("Europe/Rome")  # where the operators sit


@router.get("/")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn) -> Response:
    """Show the board."""
    return _answer(request, desk, visitor, "board.html")


@router.get("/board")
def part(request: Request, desk: DeskDependency, visitor: SignedIn) -> Response:
    """Show what of the board changes."""
    return _answer(request, desk, visitor, "parts/board.html")


def _answer(request: Request, desk: DeskDependency, visitor: SignedIn, template: str) -> Response:
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        found = board.load(view, visitor.now, frame.words, desk.settings.limits)
    return frame.page(
        template,
        board=found,
        zone=ROME,
        labels=board.LABELS,
        empty=board.EMPTY,
        announcement=board.announcement(found, frame.words),
    )

"""The board: homes ranked by concern."""

from enum import StrEnum

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from dashboards import board
from dashboards.pages.frame import Frame
from dashboards.visitors import DeskDependency, SignedIn
from dashboards.watch import ROME

router = APIRouter()


class Order(StrEnum):
    """How homes that nothing is open of are shown: by what is known of them now, or by who needs a look."""

    CONCERN = "concern"
    LOOK = "look"


@router.get("/")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn, order: Order = Order.CONCERN) -> Response:
    """Show the board."""
    return _answer(request, desk, visitor, order, "board.html")


@router.get("/board")
def part(request: Request, desk: DeskDependency, visitor: SignedIn, order: Order = Order.CONCERN) -> Response:
    """Show what of the board changes."""
    return _answer(request, desk, visitor, order, "parts/board.html")


def _answer(request: Request, desk: DeskDependency, visitor: SignedIn, order: Order, template: str) -> Response:
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        if not frame.is_staff:
            return RedirectResponse("/family" if frame.sees_family else "/mine", 303)
        found = board.load(view, visitor.now, frame.words, desk.settings.limits)
    return frame.page(
        template,
        board=found,
        order=order.value,
        groups=found.groups if order is Order.CONCERN else board.with_alerts(found.groups),
        looks=[] if order is Order.CONCERN else board.by_attention(line for _, lines in found.groups for line in lines),
        zone=ROME,
        labels=board.LABELS,
        empty=board.EMPTY,
        announcement=board.announcement(found, frame.words),
    )

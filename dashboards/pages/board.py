"""The board: homes ranked by concern."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from dashboards import board
from dashboards.pages.frame import Frame
from dashboards.visitors import DeskDependency, SignedIn
from dashboards.watch import ROME
from dashboards.wording import Words

router = APIRouter()
Count = Annotated[int, Query(ge=0, le=1_000_000)]


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


@router.get("/board/now")
def pressing(
    desk: DeskDependency, visitor: SignedIn, looks: Count = 0, unseen: Count = 0, known: bool = True
) -> Response:
    """Show what of the board must be there at once, beside the numbers of homes that need a look or cannot be seen.

    It holds no proof for its forms: the page sends it with them.
    """
    now, language = visitor.now, visitor.language
    words, rest = Words(language), board.Rest(looks, unseen, known)

    def make() -> str:
        with desk.database.seen_by(visitor.viewer) as view:
            found = board.pressing(view, now, words, desk.settings.limits)
        return desk.renderer.text(
            "parts/board_now.html",
            language,
            act=found.act,
            news=found.news,
            waiting=found.unattended,
            announcement=board.announced(found.unattended, len(found.act), rest, words),
            csrf="",
            account_id=visitor.viewer.account_id,
            now=now,
            zone=ROME,
            labels=board.LABELS,
            empty=board.EMPTY,
        )

    about = ("board now", language, rest)
    text = desk.shared.text(visitor.viewer.account_id, about, lambda: desk.hub.revision, make)
    return desk.renderer.answer(text, language)


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

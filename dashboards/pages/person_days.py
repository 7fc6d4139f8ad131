"""The page of a person's last weeks and months: one row a day, and the table behind it."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboards import actogram, board, contexts
from dashboards.actogram import HEIGHTS, PERIODS, WHATS, Chosen, What
from dashboards.life import LANES
from dashboards.pages.frame import Frame
from dashboards.pages.person import found
from dashboards.pages.waiting import waiting
from dashboards.pictures.actogram import sample
from dashboards.pictures.days import swatch
from dashboards.visitors import DeskDependency, SignedIn

router = APIRouter()
KEYS = ("gap", "night", "act", "look", "unknown")


@router.get("/persons/{public_id}/days")
def whole(
    request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID,
    days: str = "", show: str = What.ROOMS, plot: str = "",
) -> Response:  # fmt: skip
    """Show the page; what cannot be chosen is left as it is at first."""
    number = next((one for one in PERIODS if str(one) == days), actogram.DEFAULT)
    chosen = Chosen(number, show if show in {*WHATS, *LANES} else What.ROOMS, plot == "double")
    now = visitor.now
    with desk.database.seen_by(visitor.viewer) as view:
        seen, home = found(view, public_id)
        frame = Frame.around(request, desk, visitor, view)
        words = frame.words
        around = contexts.effect(view, home, now)
        stored = actogram.load(view, home, around, now, chosen.days)
        waits = waiting(view, words)
    shown = actogram.shown_days(stored, chosen, words)
    whats = [(str(what), words.say(name)) for what, name in WHATS.items()] + list(shown.lanes)
    return frame.page(
        "person_days.html",
        person=seen.person,
        home=home,
        chosen=chosen,
        periods=list(PERIODS),
        whats=whats,
        chosen_name=dict(whats).get(chosen.what, words.say(LANES.get(chosen.what, ""))),
        shown=shown,
        swatches={kind: swatch(kind) for kind in KEYS},
        key=[(sample(lane, HEIGHTS[lane]), name) for lane, name in shown.lanes if chosen.what in (What.ROOMS, lane)],
        movement=sample(What.MOVEMENT, 1.0) if chosen.what == What.MOVEMENT else "",
        labels=board.LABELS,
        waiting=waits.homes,
        announcement=waits.sentence,
    )

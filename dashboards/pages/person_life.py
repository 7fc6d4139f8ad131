"""The pages of one part of a person's life: sleep, the bathroom, going out, meals, movement, the climate at home."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from dashboards import board, contexts, trends
from dashboards.pages.frame import Frame
from dashboards.pages.person import found
from dashboards.pages.waiting import waiting
from dashboards.pictures.days import swatch
from dashboards.trends import DEFAULT, NAMES, PERIODS, Part
from dashboards.visitors import DeskDependency, SignedIn

router = APIRouter()
KEYS = ("gap", "act", "look", "unknown")


@router.get("/persons/{public_id}/life/{part}")
def whole(
    request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID, part: str, days: str = ""
) -> Response:
    """Show the page; a number of days that cannot be chosen is left as it is at first."""
    if part not in set(Part):
        raise HTTPException(404)
    chosen, count = Part(part), next((one for one in PERIODS if str(one) == days), DEFAULT)
    now = visitor.now
    with desk.database.seen_by(visitor.viewer) as view:
        seen, home = found(view, public_id)
        frame = Frame.around(request, desk, visitor, view)
        around = contexts.effect(view, home, now, timedelta(days=count + 1))
        stored = trends.load(view, home, around, now, chosen, count)
        waits = waiting(view, frame.words)
    return frame.page(
        "person_life.html",
        person=seen.person,
        home=home,
        part=chosen,
        name=frame.words.say(NAMES[chosen]),
        count=count,
        periods=PERIODS,
        trends=trends.trends(stored, trends.KINDS[chosen], frame.words),
        going_on=trends.going_on(stored, frame.words),
        swatches={kind: swatch(kind) for kind in KEYS},
        labels=board.LABELS,
        waiting=waits.homes,
        announcement=waits.sentence,
    )

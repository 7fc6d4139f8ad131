"""How alerts are answered, for coordinators: of the organisations in which they coordinate, and of those below."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import Response

from core.localtime import day_of
from dashboards.coordinated import coordinated, figures_for
from dashboards.pages.frame import Frame
from dashboards.pages.period import Day, period
from dashboards.pages.waiting import waiting
from dashboards.statistics_views import OUTCOMES, STATES, view_of
from dashboards.visitors import DeskDependency, SignedIn
from registry.reads import below, zones

router = APIRouter()

DAYS = 28
MOST_DAYS = 3_660
EVERYWHERE = ""


@router.get("/statistics")
def whole(
    request: Request,
    desk: DeskDependency,
    visitor: SignedIn,
    where: Annotated[str, Query()] = EVERYWHERE,
    first: Day = "",
    last: Day = "",
) -> Response:
    """Show how the alerts of a period were answered; answers 404 to who coordinates nothing."""
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        mine = coordinated(view)
        chosen = mine if where == EVERYWHERE else below(where, mine)
        if not chosen:
            raise HTTPException(404)
        zone = next(iter(zones(view.connection).values()), None)
        today = day_of(visitor.now, zone) if zone else visitor.now.date()
        since, until = period(first, last, today, DAYS, MOST_DAYS)
        together = figures_for(view, chosen, since, until, visitor.now)
        waits = waiting(view, frame.words)
    return frame.page(
        "statistics.html",
        places=sorted(mine, key=lambda each: each.name),
        where=where,
        first=since,
        last=until,
        today=today,
        shown=view_of(together, frame.words),
        outcomes=OUTCOMES,
        states=STATES,
        words=frame.words,
        waiting=waits.homes,
        announcement=waits.sentence,
    )

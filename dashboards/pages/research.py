"""Figures for researchers: of the organisations in which they are, and of those below; nobody is named."""

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from core.localtime import day_of
from dashboards.pages.frame import Frame
from dashboards.pages.period import Day, period
from dashboards.research.numbers import Asked, document
from dashboards.research.reads import figures
from dashboards.research.report import report_view
from dashboards.visitors import DeskDependency, SignedIn
from dashboards.watch import ROME

router = APIRouter()

DAYS, MOST_DAYS = 90, 3_660


@router.get("/research")
def page(request: Request, desk: DeskDependency, visitor: SignedIn, first: Day = "", last: Day = "") -> Response:
    """Show the figures of a period; answers 404 to who researches nothing."""
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        if not frame.researches:
            raise HTTPException(404)
        yesterday = day_of(visitor.now, ROME) - timedelta(days=1)
        since, until = period(first, last, yesterday, DAYS, MOST_DAYS)
        numbers = document(figures(view, since, until, visitor.now), Asked(first=since, last=until))
    return frame.page("research.html", yesterday=yesterday, report=report_view(numbers, frame.words))

"""Figures for researchers: of the organisations in which they are, and of those below; nobody is named."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import Response

from core.localtime import day_of
from dashboards.pages.frame import Frame
from dashboards.pages.statistics import day_in
from dashboards.research.reads import figures
from dashboards.research.views import view_of
from dashboards.visitors import DeskDependency, SignedIn
from dashboards.watch import ROME

router = APIRouter()

DAYS, MOST_DAYS = 90, 3_660
Day = Annotated[str, Query(max_length=10)]


@router.get("/research")
def page(request: Request, desk: DeskDependency, visitor: SignedIn, first: Day = "", last: Day = "") -> Response:
    """Show the figures of a period; answers 404 to who researches nothing."""
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        if not frame.researches:
            raise HTTPException(404)
        yesterday = day_of(visitor.now, ROME) - timedelta(days=1)
        until = min(day_in(last) or yesterday, yesterday)
        since = min(day_in(first) or until - timedelta(days=DAYS - 1), until)
        since = max(since, until - timedelta(days=MOST_DAYS))
        shown = view_of(figures(view, since, until, visitor.now), frame.words)
    return frame.page("research.html", first=since, last=until, yesterday=yesterday, shown=shown)

"""The report on a pilot for whoever researches: to read and print, and its numbers as a file that asks for it again."""

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from core.database import View
from core.localtime import day_of
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.pages.period import Day, period
from dashboards.pages.research import DAYS, MOST_DAYS
from dashboards.research.numbers import Asked, Document, canonical, document
from dashboards.research.reads import figures
from dashboards.research.report import report_view
from dashboards.visitors import DeskDependency, SignedIn, Visitor
from dashboards.watch import ROME

router = APIRouter()


@router.get("/research/report")
def page(request: Request, desk: DeskDependency, visitor: SignedIn, first: Day = "", last: Day = "") -> Response:
    """Show the report of a period; answers 404 to who researches nothing."""
    frame, numbers = _numbers(request, desk, visitor, first, last)
    return frame.page("research_report.html", report=report_view(numbers, frame.words), made=visitor.now, zone=ROME)


@router.get("/research/report.json")
def as_file(request: Request, desk: DeskDependency, visitor: SignedIn, first: Day = "", last: Day = "") -> Response:
    """Give the numbers of the report with the query that asks for them again."""
    _, numbers = _numbers(request, desk, visitor, first, last)
    asked = numbers["query"]
    name = f"vicino-report-{asked['first']}-{asked['last']}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(canonical(numbers), media_type="application/json", headers=headers)


def _numbers(request: Request, desk: Desk, visitor: Visitor, first: str, last: str) -> tuple[Frame, Document]:
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        if not frame.researches:
            raise HTTPException(404)
        return frame, _told(view, visitor, first, last)


def _told(view: View, visitor: Visitor, first: str, last: str) -> Document:
    yesterday = day_of(visitor.now, ROME) - timedelta(days=1)
    since, until = period(first, last, yesterday, DAYS, MOST_DAYS)
    return document(figures(view, since, until, visitor.now), Asked(first=since, last=until))

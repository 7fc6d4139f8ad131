"""The report on a pilot for whoever researches: to read and print, and its numbers as a file that asks for it again."""

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from core.database import View
from core.errors import VicinoError
from core.localtime import day_of
from core.log import logger
from core.translation import mark
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.pages.period import Day, period
from dashboards.pages.research import DAYS, MOST_DAYS
from dashboards.pdf.press import BusyError
from dashboards.pdf.printing import PACKAGES, PrinterMissingError
from dashboards.research.numbers import Asked, Document, canonical, document
from dashboards.research.paper import job
from dashboards.research.reads import figures
from dashboards.research.report import report_view
from dashboards.visitors import DeskDependency, SignedIn, Visitor
from dashboards.watch import ROME

router = APIRouter()

WAITS_S, AGAIN_S = 1.0, 3  # how long a request waits for a PDF, and after what time the page asks again
SOON = mark("The PDF is being made: it is downloaded by itself as soon as it is there.")
NO_PDF = mark("No PDF came of it. Ask for fewer days, or tell whoever runs Vicino.")
WHY = {
    BusyError: mark("Several PDFs are being made already. Try again in a minute."),
    PrinterMissingError: mark(
        "No PDF can be made here yet. Whoever runs Vicino installs what is missing (apt install %(packages)s)."
    ),
}


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


@router.get("/research/report.pdf")
def as_pdf(request: Request, desk: DeskDependency, visitor: SignedIn, first: Day = "", last: Day = "") -> Response:
    """Give the report as PDF; until it is made, a page that asks again, and one that says why if it cannot be."""
    frame, numbers = _numbers(request, desk, visitor, first, last)
    asked = numbers["query"]
    report = report_view(numbers, frame.words)
    try:
        made = desk.press.ask(job(report, frame.words.language, desk.renderer), WAITS_S)
    except VicinoError as problem:
        logger().warning("no PDF", reason=str(problem.args[0]))
        said = WHY.get(type(problem), NO_PDF)
        return _waiting(frame, asked, frame.words.say(said) % {"packages": PACKAGES}, status=503)
    if made is None:
        answer = _waiting(frame, asked, frame.words.say(SOON), status=202, waits=True)
        answer.headers["Refresh"] = str(AGAIN_S)
        return answer
    name = f"vicino-report-{asked['first']}-{asked['last']}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made, media_type="application/pdf", headers=headers)


def _waiting(frame: Frame, asked: dict[str, str], said: str, *, status: int, waits: bool = False) -> Response:
    back = f"/research/report?first={asked['first']}&last={asked['last']}"
    return frame.page("research_report_wait.html", status, said=said, waits=waits, back=back)


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

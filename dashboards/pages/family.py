"""What the family sees: each of their persons in one sentence and one picture."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from dashboards import family
from dashboards.pages.frame import Frame
from dashboards.visitors import DeskDependency, SignedIn

router = APIRouter()


@router.get("/family")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn) -> Response:
    """Show the page; who is close to nobody goes to the board."""
    return _answer(request, desk, visitor, "family.html")


@router.get("/family/state")
def part(request: Request, desk: DeskDependency, visitor: SignedIn) -> Response:
    """Show what of the page changes."""
    return _answer(request, desk, visitor, "parts/family.html")


def _answer(request: Request, desk: DeskDependency, visitor: SignedIn, template: str) -> Response:
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        persons = family.load(view, visitor.now, frame.words, desk.settings.limits)
    if not persons:
        return RedirectResponse("/mine" if frame.sees_family else frame.first_page, 303)
    waiting = sum(one.is_open and one.concern.key == "act" for person in persons for one in person.alerts)
    said = " ".join(f"{person.name}: {person.spoken}" for person in persons)
    return frame.page(template, persons=persons, waiting=waiting, announcement=said)

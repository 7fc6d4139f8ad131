"""What could not be stored: by reason and gateway, the message itself, and having it tried again.

For whoever is in charge of devices; the database decides what of it they may see. Addresses hold the number of a
message, nothing of what it says.
"""

from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.database import View
from core.translation import mark
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.pages.waiting import waiting
from dashboards.reject_views import can_be_tried, gone_view, group_view, is_pending, wish_view
from dashboards.visitors import DeskDependency, SignedIn, Trusted, Visitor, is_fragment, local_path
from dashboards.wording import Words
from ingest.rejects import actions, reads
from ingest.rejects.payloads import written
from ingest.rejects.wording import WORDINGS

router = APIRouter()

ROME = ZoneInfo("Europe/Rome")  # where the installers work
LATELY = timedelta(days=1)
OTHERS = 20
LARGEST = 2**63
SHOWN_CHARACTERS = 20_000
WISHED = mark("It is being tried again: what came of it appears here in a moment.")
STORED = mark("This has been stored in the meantime, or cannot be tried again.")


@router.get("/rejects")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn) -> Response:
    """Show what could not be stored."""
    return _list(request, desk, visitor, "rejects.html")


@router.get("/rejects/list")
def part(request: Request, desk: DeskDependency, visitor: SignedIn) -> Response:
    """Show what of the list changes."""
    return _list(request, desk, visitor, "parts/rejects.html")


@router.get("/rejects/{number}")
def one(request: Request, desk: DeskDependency, visitor: SignedIn, number: int) -> Response:
    """Show one message that could not be stored."""
    return _one(request, desk, visitor, number, "reject.html")


@router.get("/rejects/{number}/state")
def one_part(request: Request, desk: DeskDependency, visitor: SignedIn, number: int) -> Response:
    """Show what of the page of a message changes."""
    return _one(request, desk, visitor, number, "parts/reject.html")


@router.post("/rejects/{number}/again")
def again(
    request: Request,
    desk: DeskDependency,
    visitor: Trusted,
    number: int,
    group: Annotated[bool, Form()] = False,
    wanted: Annotated[str, Form()] = "/rejects",
) -> Response:
    """Have a message, or all of its gateway and reason, tried again."""
    with desk.database.seen_by(visitor.viewer) as view:
        _found(view, number)
        wished = actions.try_again(view, number, visitor.now, with_its_group=group)
    if not is_fragment(request):
        return RedirectResponse(local_path(wanted), 303)
    said = Words(visitor.language).say(WISHED if wished else STORED)
    status = 200 if wished else 409
    answer = desk.renderer.page("parts/message.html", visitor.language, status, said=said, problem=not wished)
    answer.headers["HX-Trigger"] = "refresh"
    return answer


def _list(request: Request, desk: Desk, visitor: Visitor, template: str) -> Response:
    with desk.database.seen_by(visitor.viewer) as view:
        _require_in_charge(view)
        frame = Frame.around(request, desk, visitor, view)
        words = frame.words
        groups = reads.seen_groups(view)
        wishes = reads.seen_wishes(view, visitor.now - LATELY)
        gone = reads.seen_gone(view)
        sees_strangers = reads.administers_all(view)
        waits = waiting(view, words)
    return frame.page(
        template,
        groups=[group_view(group, wishes, words) for group in groups],
        wishes=[wish_view(wish, words) for wish in sorted(wishes, key=lambda wish: wish.requested_at, reverse=True)],
        gone=[gone_view(each, words) for each in gone],
        sees_strangers=sees_strangers,
        zone=ROME,
        waiting=waits.homes,
        announcement=waits.sentence,
    )


def _one(request: Request, desk: Desk, visitor: Visitor, number: int, template: str) -> Response:
    with desk.database.seen_by(visitor.viewer) as view:
        found = _found(view, number)
        frame = Frame.around(request, desk, visitor, view)
        words = frame.words
        wishes = reads.seen_wishes(view, visitor.now - LATELY)
        others = (
            reads.seen_lines(view, [found.reason], found.gateway_key, OTHERS + 1)
            if found.gateway_key is not None
            else []
        )
        waits = waiting(view, words)
    wording = WORDINGS[found.reason]
    text = written(found.payload)
    return frame.page(
        template,
        reject=found,
        name=words.say(wording.name),
        meaning=words.say(wording.meaning),
        advice=words.say(wording.advice),
        text=text[:SHOWN_CHARACTERS],
        is_shortened=len(text) > SHOWN_CHARACTERS,
        can_be_tried=found.replayed_at is None
        and not found.is_cut
        and can_be_tried(found.reason, found.gateway_key, is_registered=found.is_registered),
        is_pending=is_pending(wishes, number, found.gateway_key, found.reason),
        others=[line for line in others if line.reject_id != number][:OTHERS],
        zone=ROME,
        waiting=waits.homes,
        announcement=waits.sentence,
    )


def _require_in_charge(view: View) -> None:
    """Answer 404 where the viewer is in charge of no devices."""
    if not reads.is_in_charge(view):
        raise HTTPException(404)


def _found(view: View, number: int) -> reads.Reject:
    """Return a message; 404 where there is none that the viewer may see."""
    found = reads.seen_reject(view, number) if 0 < number < LARGEST else None
    if found is None:
        raise HTTPException(404)
    return found

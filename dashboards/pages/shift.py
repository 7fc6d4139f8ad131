"""The hand-over of a shift: what is offered to the visitor, what they can hand over, and who handed over lately."""

from collections.abc import Callable
from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

import alerts.reads
import registry.reads
from alerts.errors import AlertError, AlertNotFoundError
from alerts.lifecycle import NOTE_CHARACTERS
from alerts.shift_handovers import actions
from alerts.shift_handovers.actions import WAITS, HandOver
from core.database import View
from core.translation import mark
from dashboards import board
from dashboards.alert_views import AlertView, alert_view
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.visitors import DeskDependency, SignedIn, Trusted, Visitor
from dashboards.watch import ROME
from dashboards.wording import Words
from dashboards.written import plain

router = APIRouter()

HERE = "/shift"
OFFERED = mark("Handed over. The alerts stay with you until somebody takes them over.")
ACCEPTED = mark("Taken over: you are in charge of these alerts now.")
WITHDRAWN = mark("Taken back: the alerts stay with you.")
SAID = {"offered": OFFERED, "accepted": ACCEPTED, "withdrawn": WITHDRAWN}
ENDS = {
    "accepted": mark("taken over by %(name)s"),
    "withdrawn": mark("taken back by whoever had them"),
    "expired": mark("nobody took it over: given back to the queue"),
}
Text = Annotated[str, Form()]


class OfferView(NamedTuple):
    """A hand-over that is open, with its alerts as far as they can still be taken over."""

    public_id: UUID
    who: str
    note: str
    made: str
    until: str
    alerts: list[AlertView]


class PastView(NamedTuple):
    """A hand-over that is over."""

    who: str
    when: str
    alerts: int
    note: str
    end: str


@router.get("/shift")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn, done: str = "") -> Response:
    """Show the hand-over of the shift."""
    return _page(request, desk, visitor, "shift.html", said=Words(visitor.language).say(SAID.get(done, "")))


@router.get("/shift/state")
def part(request: Request, desk: DeskDependency, visitor: SignedIn) -> Response:
    """Show what of the page changes; the form is left as it is being filled in."""
    return _page(request, desk, visitor, "parts/shift.html")


@router.post("/shift/offer")
def offer(
    request: Request,
    desk: DeskDependency,
    visitor: Trusted,
    alert: Annotated[list[UUID] | None, Form()] = None,
    note: Text = "",
) -> Response:
    """Offer alerts to the next shift."""
    said = plain(note)

    def act(view: View) -> None:
        try:
            actions.offer(view, alert or [], said, visitor.now)
        except AlertNotFoundError as error:
            raise HTTPException(404) from error

    return _done(request, desk, visitor, act, "offered", said)


@router.post("/shift/{public_id}/accept")
def accept(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID) -> Response:
    """Take a hand-over over."""

    def act(view: View) -> None:
        _require(view, public_id, visitor)
        actions.accept(view, public_id, visitor.now)

    return _done(request, desk, visitor, act, "accepted")


@router.post("/shift/{public_id}/withdraw")
def withdraw(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID) -> Response:
    """Take a hand-over back."""

    def act(view: View) -> None:
        _require(view, public_id, visitor)
        actions.withdraw(view, public_id, visitor.now)

    return _done(request, desk, visitor, act, "withdrawn")


def _require(view: View, public_id: UUID, visitor: Visitor) -> None:
    """Answer 404 where there is no such hand-over that the viewer may see."""
    if actions.hand_over(view, public_id, visitor.now) is None:
        raise HTTPException(404)


def _done(
    request: Request, desk: Desk, visitor: Visitor, act: Callable[[View], object], done: str, note: str = ""
) -> Response:
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            act(view)
    except AlertError as error:
        said = error.text(visitor.language)
        return _page(request, desk, visitor, "shift.html", 409, said=said, problem=True, note=note)
    return RedirectResponse(f"{HERE}?done={done}", 303)


def _page(
    request: Request, desk: Desk, visitor: Visitor, template: str, status: int = 200, *,
    said: str = "", problem: bool = False, note: str = "",
) -> Response:  # fmt: skip
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        frame.require_care()
        found = actions.hand_overs(view, visitor.now)
        mine = actions.can_be_handed_over(view)
        wanted = mine.union(*(one.waiting for one in found))
        shown = _alerts(view, wanted, frame.words)
    me = visitor.viewer.account_id
    is_open = [one for one in found if one.state == "offered" and one.until > visitor.now]
    return frame.page(
        template,
        status,
        said=said,
        problem=problem,
        note=note,
        note_characters=NOTE_CHARACTERS,
        minutes=round(WAITS.total_seconds() / 60),
        to_me=[_offer(one, shown, visitor, frame.words) for one in is_open if one.made_by != me],
        by_me=[_offer(one, shown, visitor, frame.words) for one in is_open if one.made_by == me],
        can=[one for one in shown.values() if one.public_id in mine],
        past=[_past(one, visitor, frame.words) for one in found if one.state in ENDS],
        labels=board.LABELS,
    )


def _alerts(view: View, wanted: frozenset[UUID], words: Words) -> dict[UUID, AlertView]:
    """Return those of some alerts that are open, the most pressing first."""
    found = [alert for alert in alerts.reads.open_alerts(view, board.ALL) if alert.public_id in wanted]
    homes = registry.reads.seen_homes_of(view, {alert.home_id for alert in found})
    people = registry.reads.seen_persons_of(view, homes)
    return {
        alert.public_id: alert_view(
            alert, homes[alert.home_id], [one for one in people if one.home_id == alert.home_id], words
        )
        for alert in found
        if alert.home_id in homes
    }


def _offer(one: HandOver, shown: dict[UUID, AlertView], visitor: Visitor, words: Words) -> OfferView:
    there = [shown[public_id] for public_id in one.waiting if public_id in shown]
    zone = there[0].zone if there else ROME
    until = words.clock(one.until, zone)
    return OfferView(one.public_id, one.made_by_name, one.note, words.ago(one.made_at, visitor.now), until, there)


def _past(one: HandOver, visitor: Visitor, words: Words) -> PastView:
    end = words.say(ENDS[one.state])
    if one.state == "accepted":
        end %= {"name": one.accepted_by_name}
    return PastView(one.made_by_name, words.ago(one.made_at, visitor.now), one.alerts, one.note, end)

"""Who may see what of a person, who has looked, pause: for the person in large plain words, for staff with the rest."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import segno
from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

import registry.reads
from core.database import View
from core.localtime import local_day
from core.translation import mark
from dashboards import sharing
from dashboards.desk import Desk
from dashboards.pages.frame import Frame
from dashboards.visitors import DeskDependency, SignedIn, Trusted, Visitor
from dashboards.wording import Words
from dashboards.written import plain
from registry import consents, invitations, pauses
from registry.agreement import BASES, PURPOSES, Basis, Capacity, Data, Purpose
from registry.closeness import Decided
from registry.consents import DecisionError, NotDecidedHereError, PeriodError
from registry.sharing import HoursError, share

router = APIRouter()
Text = Annotated[str, Form()]
SAID = {
    "paused": mark("It is paused now."),
    "resumed": mark("It goes on now."),
    "shared": mark("It is changed now."),
    "given": mark("It is written down."),
    "withdrawn": mark("It is taken back, from this moment on."),
    "revoked": mark("The invitation cannot be used any more."),
}
INVITED = {
    Capacity.FAMILY: mark("family"),
    Capacity.DELEGATE: mark("delegate"),
    Capacity.SELF: mark("the person"),
}


@router.get("/mine")
def mine(request: Request, desk: DeskDependency, visitor: SignedIn) -> Response:
    """Lead to the person's own page, or let a delegate of several choose."""
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        close = registry.reads.close_persons(view, visitor.now)
        theirs = [one for one in close if one.capacity is not Capacity.FAMILY]
        if len(theirs) > 1:
            view.listed.update(one.person_id for one in theirs)
    if len(theirs) == 1:
        return RedirectResponse(f"/sharing/{theirs[0].public_id}", 303)
    return frame.page("mine_choice.html", persons=theirs)


@router.get("/sharing/{public_id}")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID, done: str = "") -> Response:
    """Show the page."""
    return _page(request, desk, visitor, public_id, said=Words(visitor.language).say(SAID.get(done, "")))


@router.post("/sharing/{public_id}/pause")
def pause(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID, length: Text = "") -> Response:
    """Pause the home of a person."""

    def act(view: View, person: Decided) -> None:
        if length not in sharing.LENGTHS:
            raise PeriodError
        pauses.begin(view, public_id, sharing.pause_end(length, person, visitor.now), visitor.now)

    return _done(request, desk, visitor, public_id, act, "paused")


@router.post("/sharing/{public_id}/resume")
def resume(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID) -> Response:
    """End the pause."""

    def act(view: View, _: Decided) -> None:
        pauses.end(view, public_id, visitor.now)

    return _done(request, desk, visitor, public_id, act, "resumed")


@router.post("/sharing/{public_id}/shares")
def set_shares(
    request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID,
    contact: Text = "", data: Annotated[tuple[str, ...], Form()] = (),
) -> Response:  # fmt: skip
    """Change what a contact may see: each field is a kind of data and its hours, as in day=08:00-20:00."""

    def act(view: View, _: Decided) -> None:
        for one in data:
            kind, _equals, value = one.partition("=")
            if kind not in set(Data):
                raise NotDecidedHereError
            try:
                hours = sharing.hours_of(value)
            except ValueError as error:
                raise HoursError from error
            share(view, public_id, plain(contact), Data(kind), hours, visitor.now)

    return _done(request, desk, visitor, public_id, act, "shared")


@router.post("/sharing/{public_id}/withdraw")
def withdraw(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID, purpose: Text = "") -> Response:
    """Take back what holds of a purpose."""

    def act(view: View, _: Decided) -> None:
        if purpose not in set(Purpose):
            raise NotDecidedHereError
        consents.withdraw(view, public_id, Purpose(purpose), visitor.now)

    return _done(request, desk, visitor, public_id, act, "withdrawn")


@router.post("/sharing/{public_id}/consents")
def give(
    request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID,
    purpose: Text = "", basis: Text = "consent", until: Text = "", note: Text = "",
) -> Response:  # fmt: skip
    """Record a legal basis from now on, to the end of a day where one is given."""

    def act(view: View, person: Decided) -> None:
        if purpose not in set(Purpose) or basis not in set(Basis):
            raise NotDecidedHereError
        end = _end_of(until, person.zone)
        consents.give(view, public_id, Purpose(purpose), Basis(basis), visitor.now, end, plain(note), visitor.now)

    return _done(request, desk, visitor, public_id, act, "given")


@router.post("/sharing/{public_id}/invitations")
def invite(
    request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID,
    capacity: Text = "family", contact: Text = "",
) -> Response:  # fmt: skip
    """Invite somebody, and show the code: this once."""
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            if capacity not in set(Capacity):
                raise NotDecidedHereError
            person = _person(view, public_id, visitor)
            if person.capacity is not None:
                raise HTTPException(403)  # whoever works for the person invites
            made = invitations.make(view, public_id, Capacity(capacity), plain(contact), visitor.now)
            frame = Frame.around(request, desk, visitor, view)
    except DecisionError as error:
        return _page(request, desk, visitor, public_id, said=error.text(visitor.language), problem=True, status=409)
    address = f"{desk.settings.base_url.rstrip('/')}/invite/{made.code}"
    whom = next((one.name for one in person.recipients if one.key == contact), person.name)
    return frame.page(
        "invitation.html",
        person=person,
        made=made,
        address=address,
        typed=f"{desk.settings.base_url.rstrip('/')}/invite",
        whom=whom,
        capacity=INVITED[Capacity(capacity)],
        picture=segno.make(address, micro=False).svg_inline(
            border=2, light="#fff", svgclass="qr", lineclass=None, omitsize=True
        ),
    )


@router.post("/sharing/{public_id}/invitations/{invitation}/revoke")
def revoke(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID, invitation: UUID) -> Response:
    """Take an invitation back."""

    def act(view: View, _: Decided) -> None:
        invitations.revoke(view, invitation, visitor.now)

    return _done(request, desk, visitor, public_id, act, "revoked")


def _done(
    request: Request, desk: Desk, visitor: Visitor, public_id: UUID, act: Callable[[View, Decided], None], said: str
) -> Response:
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            act(view, _person(view, public_id, visitor))
    except DecisionError as error:
        return _page(request, desk, visitor, public_id, said=error.text(visitor.language), problem=True, status=409)
    return RedirectResponse(f"/sharing/{public_id}?done={said}", 303)


def _person(view: View, public_id: UUID, visitor: Visitor) -> Decided:
    person = registry.reads.decided(view, public_id, visitor.now)
    if person is None:
        raise HTTPException(404)
    return person


def _page(
    request: Request, desk: Desk, visitor: Visitor, public_id: UUID, *,
    said: str = "", problem: bool = False, status: int = 200,
) -> HTMLResponse:  # fmt: skip
    with desk.database.seen_by(visitor.viewer) as view:
        person = _person(view, public_id, visitor)
        frame = Frame.around(request, desk, visitor, view)
        shown = sharing.load(view, person, visitor.now, frame.words)
    return frame.page(
        "mine.html" if shown.is_plain else "sharing.html",
        status,
        shown=shown,
        person=person,
        said=said,
        problem=problem,
        lengths=sharing.LENGTHS,
        purposes=[(one.value, frame.words.say(name)) for one, name in PURPOSES.items()],
        bases=[(one.value, frame.words.say(name)) for one, name in BASES.items()],
        invited=INVITED,
    )


def _end_of(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the end of a day that was entered; None where none was. Raises `PeriodError`."""
    if not text.strip():
        return None
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a day, not an instant
        return local_day(day, zone).end
    except (ValueError, OverflowError) as error:
        raise PeriodError from error

"""On what the use of a person's data rests, who may see what, pauses, who has looked, and who is invited."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.responses import Response

import registry.reads
from core.database import View
from core.localtime import local_day
from dashboards.api.access import Caller, DeskDependency, Inviter, SharingReader, SharingWriter
from dashboards.api.answers import Day, Instant, send
from dashboards.api.problems import ApiError, Kind, documented
from dashboards.api.resources.homes import NAME
from dashboards.desk import Desk
from dashboards.reads import looks
from dashboards.sharing import LOOKED_BACK
from dashboards.written import plain
from registry import consents, invitations, pauses
from registry.agreement import Basis, Capacity, Data, Purpose
from registry.closeness import Decided
from registry.consents import NOTE_CHARACTERS
from registry.hours import Hours
from registry.sharing import share

router = APIRouter(tags=["consents"])
FOUND = documented(Kind.NOT_FOUND)
CHANGING = documented(Kind.NOT_FOUND, Kind.CONFLICT)


def _hours(text: str) -> str:
    Hours.parse(text)
    return text


Written = Annotated[str, Field(max_length=20), AfterValidator(_hours)]
Key = Annotated[str, Field(max_length=100, pattern=NAME)]


class Consent(BaseModel):
    """A legal basis that was recorded."""

    id: UUID
    purpose: Purpose
    basis: Basis
    valid_from: datetime
    valid_until: datetime | None
    note: str
    withdrawn_at: datetime | None
    withdrawn_by: str | None = Field(description="The name of who took it back.")
    holds: bool


class Recipient(BaseModel):
    """A contact, and what it may see."""

    contact: str = Field(description="Its key.")
    name: str
    relation: str
    account: str | None = Field(description="By whose account it looks; null where there is none yet.")
    shares: dict[Data, str] = Field(description='Kinds of data and in which hours, as in 08:00-20:00; "" is all day.')


class Close(BaseModel):
    """An account that is close to the person."""

    name: str
    capacity: Capacity
    contact: str | None = Field(description="The key of the contact that it is.")


class Unwatched(BaseModel):
    """A time in which nothing is looked at."""

    reason: str = Field(description="`pause`, or `no_basis` where no basis of care holds.")
    started_at: datetime
    ended_at: datetime | None = Field(description="It may lie ahead; null where it is open.")


class Invitation(BaseModel):
    """An invitation that can still be used."""

    id: UUID
    capacity: Capacity
    contact: str | None
    expires_at: datetime
    made_by: str


class Sharing(BaseModel):
    """What stands of the data of a person."""

    person: UUID
    timezone: str
    paused: bool = Field(description="Nothing is looked at now; calls for help go on.")
    consents: list[Consent]
    recipients: list[Recipient]
    accounts: list[Close]
    unwatched: list[Unwatched]
    invitations: list[Invitation]


class Look(BaseModel):
    """Somebody was shown, or has changed, data of the person."""

    at: datetime
    name: str
    capacity: Capacity | None = Field(description="What they are to the person; null where they work for them.")
    organisation: str
    route: str = Field(description="The kind of page or address.")


class Looks(BaseModel):
    """Who looked in the last 30 days, the latest first."""

    items: list[Look]


class GivenConsent(BaseModel):
    """A legal basis that is recorded from now on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"purpose": "research", "basis": "consent", "until": "2027-12-31", "note": "Detto a voce."}]
        }
    )

    purpose: Purpose
    basis: Basis = Field(default=Basis.CONSENT, description="For family and research only consent counts.")
    until: Day | None = Field(default=None, description="The last day on which it holds; null without end.")
    note: str = Field(default="", max_length=NOTE_CHARACTERS)


class Withdrawal(BaseModel):
    """A purpose of which whatever holds is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"purpose": "research"}]})

    purpose: Purpose


class Shares(BaseModel):
    """What a contact may see from now on; kinds of data that are not named stay as they are."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"contact": "figlia", "data": {"day": "08:00-20:00", "safety": "", "room": None}}]
        }
    )

    contact: Key = Field(description="Its key.")
    data: dict[Data, Written | None] = Field(description='Hours as in 08:00-20:00, "" for all day, null for never.')


class Pause(BaseModel):
    """A pause from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until": None}]})

    until: Instant | None = Field(default=None, description="At most a year ahead; null until it is ended.")


class Invite(BaseModel):
    """Whom to invite."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"capacity": "family", "contact": "figlia"}]})

    capacity: Capacity = Capacity.FAMILY
    contact: Key = Field(default="", description='The key of a contact; "" for the person, or a delegate who is none.')


class Invited(BaseModel):
    """An invitation that was made just now. The code is told this once, and is kept nowhere."""

    id: UUID
    code: str
    address: str = Field(description="Where it is used.")
    expires_at: datetime


@router.get("/persons/{person}/sharing", response_model=Sharing, responses=FOUND)
def sharing(request: Request, desk: DeskDependency, caller: SharingReader, person: UUID) -> Response:
    """Return consents, who may see what, pauses and open invitations of a person."""
    with desk.database.seen_by(caller.viewer) as view:
        shown = _shown(_decided(view, caller, person), caller.now)
    return send(request, shown)


@router.get("/persons/{person}/looks", response_model=Looks, responses=FOUND)
def looked(request: Request, desk: DeskDependency, caller: SharingReader, person: UUID) -> Response:
    """Return who has looked at data of a person in the last 30 days."""
    with desk.database.seen_by(caller.viewer) as view:
        _decided(view, caller, person)
        found = looks(view, person, caller.now - LOOKED_BACK, caller.now)
    shown = [
        Look(
            at=one.at,
            name=one.name,
            capacity=Capacity(one.capacity) if one.capacity else None,
            organisation=one.organisation,
            route=one.route,
        )
        for one in found
    ]
    return send(request, Looks(items=shown))


@router.post("/persons/{person}/consents", status_code=201, response_model=Sharing, responses=CHANGING)
def give(request: Request, desk: DeskDependency, caller: SharingWriter, person: UUID, body: GivenConsent) -> Response:
    """Record a legal basis from now on."""

    def act(view: View, whose: Decided) -> None:
        end = None if body.until is None else local_day(body.until, whose.zone).end
        consents.give(view, person, body.purpose, body.basis, caller.now, end, plain(body.note), caller.now)

    return _done(request, desk, caller, person, act, 201)


@router.post("/persons/{person}/consents/withdraw", response_model=Sharing, responses=CHANGING)
def withdraw(request: Request, desk: DeskDependency, caller: SharingWriter, person: UUID, body: Withdrawal) -> Response:
    """Take back what holds of a purpose, at once; nothing happens where nothing holds."""

    def act(view: View, _: Decided) -> None:
        consents.withdraw(view, person, body.purpose, caller.now)

    return _done(request, desk, caller, person, act)


@router.post("/persons/{person}/shares", response_model=Sharing, responses=CHANGING)
def set_shares(request: Request, desk: DeskDependency, caller: SharingWriter, person: UUID, body: Shares) -> Response:
    """Change what a contact may see, and when. The same again changes nothing."""

    def act(view: View, _: Decided) -> None:
        for data, hours in body.data.items():
            allowed = None if hours is None else Hours.parse(hours)
            share(view, person, plain(body.contact), data, allowed, caller.now)

    return _done(request, desk, caller, person, act)


@router.post("/persons/{person}/pause", response_model=Sharing, responses=CHANGING)
def pause(request: Request, desk: DeskDependency, caller: SharingWriter, person: UUID, body: Pause) -> Response:
    """Pause the home of a person: nothing of its wellbeing is looked at; calls for help go on."""

    def act(view: View, _: Decided) -> None:
        pauses.begin(view, person, body.until, caller.now)

    return _done(request, desk, caller, person, act)


@router.post("/persons/{person}/resume", response_model=Sharing, responses=CHANGING)
def resume(request: Request, desk: DeskDependency, caller: SharingWriter, person: UUID) -> Response:
    """End the pause; nothing happens where there is none."""

    def act(view: View, _: Decided) -> None:
        pauses.end(view, person, caller.now)

    return _done(request, desk, caller, person, act)


@router.post(
    "/persons/{person}/invitations",
    status_code=201,
    response_model=Invited,
    responses=documented(Kind.NOT_FOUND, Kind.ROLE, Kind.CONFLICT),
)
def invite(request: Request, desk: DeskDependency, caller: Inviter, person: UUID, body: Invite) -> Response:
    """Invite somebody by a code that can be used once within 14 days; whoever works for the person invites."""
    with desk.database.seen_by(caller.viewer) as view:
        if _decided(view, caller, person).capacity is not None:
            raise ApiError(Kind.ROLE)
        made = invitations.make(view, person, body.capacity, plain(body.contact), caller.now)
    address = f"{desk.settings.base_url.rstrip('/')}/invite/{made.code}"
    invited = Invited(id=made.public_id, code=made.code, address=address, expires_at=made.expires_at)
    return send(request, invited, 201)


@router.post("/persons/{person}/invitations/{invitation}/revoke", response_model=Sharing, responses=CHANGING)
def revoke(request: Request, desk: DeskDependency, caller: Inviter, person: UUID, invitation: UUID) -> Response:
    """Take an invitation back; nothing happens where it cannot be used any more."""

    def act(view: View, _: Decided) -> None:
        invitations.revoke(view, invitation, caller.now)

    return _done(request, desk, caller, person, act)


def _done(
    request: Request, desk: Desk, caller: Caller, person: UUID, act: Callable[[View, Decided], None], status: int = 200
) -> Response:
    with desk.database.seen_by(caller.viewer) as view:
        act(view, _decided(view, caller, person))
        shown = _shown(_decided(view, caller, person), caller.now)
    return send(request, shown, status)


def _decided(view: View, caller: Caller, person: UUID) -> Decided:
    found = registry.reads.decided(view, person, caller.now)
    if found is None:
        raise ApiError(Kind.NOT_FOUND)
    return found


def _shown(person: Decided, now: datetime) -> Sharing:
    return Sharing(
        person=UUID(person.public_id),
        timezone=person.timezone,
        paused=person.resting(now) is not None,
        consents=[
            Consent(
                id=UUID(one.public_id),
                purpose=one.purpose,
                basis=Basis(one.basis),
                valid_from=one.valid_from,
                valid_until=one.valid_until,
                note=one.note,
                withdrawn_at=one.withdrawn_at,
                withdrawn_by=one.withdrawn_by or None,
                holds=one.holds(now),
            )
            for one in person.bases
        ],
        recipients=[
            Recipient(
                contact=one.key,
                name=one.name,
                relation=one.relation,
                account=one.account or None,
                shares={data: str(hours) for data, hours in one.shares.items()},
            )
            for one in person.recipients
        ],
        accounts=[Close(name=one.name, capacity=one.capacity, contact=one.contact or None) for one in person.accounts],
        unwatched=[
            Unwatched(reason=one.reason, started_at=one.started_at, ended_at=one.ended_at) for one in person.unwatched
        ],
        invitations=[
            Invitation(
                id=UUID(one.public_id),
                capacity=one.capacity,
                contact=one.contact or None,
                expires_at=one.expires_at,
                made_by=one.made_by,
            )
            for one in person.invitations
        ],
    )

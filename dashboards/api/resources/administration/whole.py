"""What there is to administer, what is in what, and what was changed, which can be undone."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from pydantic import BaseModel, Field
from starlette.responses import Response

from core.database import View
from dashboards.administration import administered
from dashboards.api.access import AdministrationReader, AdministrationWriter, Caller, DeskDependency
from dashboards.api.answers import USUAL, Limit, send
from dashboards.api.problems import ApiError, Kind, documented
from dashboards.api.resources.administration.serving import FOUND, MAKING, Number
from dashboards.coordinated import coordinated
from dashboards.desk import Desk
from registry import second_factor
from registry.administration import actions, reads
from registry.administration.things import Thing

router = APIRouter(prefix="/administration", tags=["administration"])
ROLE = documented(Kind.ROLE)


class Organisation(BaseModel):
    """An organisation that the account administers, and how much is in it itself, without those below."""

    number: int
    key: str
    name: str
    kind: str
    above: int | None = Field(description="The number of the organisation that it belongs to.")
    homes: int
    persons: int
    accounts: int


class Organisations(BaseModel):
    """The organisations that the account administers, by name."""

    items: list[Organisation]


class Part(BaseModel):
    """Something in a thing."""

    thing: Thing
    number: int
    name: str
    detail: str = Field(description="Its kind, municipality or relation, or its roles.")


class Contents(BaseModel):
    """What is in a thing, sort by sort."""

    items: list[Part]


class Account(BaseModel):
    """An account that is administered, and how it signs in."""

    id: UUID
    number: int
    login: str
    name: str
    active: bool
    roles: list[str] = Field(description="Each as `ROLE ORGANISATION`, by its name.")
    second_factor: bool
    providers: list[str] = Field(description="Through which it may sign in.")
    by_provider_only: bool = Field(description="Its password lets it in no more.")


class Accounts(BaseModel):
    """The accounts that the account administers."""

    items: list[Account]


class Caseload(BaseModel):
    """The caseload of an operator, by the number of the account."""

    number: int
    name: str
    homes: int | None = Field(description="How many homes; null where all are seen.")


class Caseloads(BaseModel):
    """The operators whose caseload the account gives."""

    items: list[Caseload]


class Change(BaseModel):
    """A change of a document."""

    id: UUID
    thing: Thing
    number: int
    name: str
    before: dict[str, Any] | None = Field(description="The fields before; null where it was made.")
    after: dict[str, Any] | None = Field(description="The fields after; null where making it was undone.")
    made_at: datetime
    made_by: str
    undoes: UUID | None = Field(description="The change that this one undoes.")
    undone: bool
    can_be_undone: bool = Field(description="It still stands as this change left it.")


class Changes(BaseModel):
    """The latest changes, the latest first."""

    items: list[Change]


@router.get("/organisations", response_model=Organisations, responses=ROLE)
def organisations(request: Request, desk: DeskDependency, caller: AdministrationReader) -> Response:
    """Return the organisations that the account administers."""
    with desk.database.seen_by(caller.viewer) as view:
        found = _administered(view)
    shown = [
        Organisation(
            number=one.organisation_id,
            key=one.key,
            name=one.name,
            kind=one.kind,
            above=one.parent_id,
            homes=one.homes,
            persons=one.persons,
            accounts=one.accounts,
        )
        for one in found
    ]
    return send(request, Organisations(items=shown))


@router.get("/organisations/{number}/contents", response_model=Contents, responses=FOUND)
def in_organisation(request: Request, desk: DeskDependency, caller: AdministrationReader, number: Number) -> Response:
    """Return the homes, accounts and organisations in an organisation."""
    return _contents(request, desk, caller, Thing.ORGANISATION, number)


@router.get("/homes/{number}/contents", response_model=Contents, responses=FOUND)
def in_home(request: Request, desk: DeskDependency, caller: AdministrationReader, number: Number) -> Response:
    """Return who lives in a home, and its rooms."""
    return _contents(request, desk, caller, Thing.HOME, number)


@router.get("/persons/{number}/contents", response_model=Contents, responses=FOUND)
def of_person(request: Request, desk: DeskDependency, caller: AdministrationReader, number: Number) -> Response:
    """Return the contacts of a person, in the order of calling."""
    return _contents(request, desk, caller, Thing.PERSON, number)


@router.get("/accounts", response_model=Accounts, responses=ROLE)
def accounts(request: Request, desk: DeskDependency, caller: AdministrationReader) -> Response:
    """Return the accounts that the account administers, and how they sign in."""
    with desk.database.seen_by(caller.viewer) as view:
        _administered(view)
        found = second_factor.administered(view)
    shown = [
        Account(
            id=one.public_id,
            number=one.account_id,
            login=one.login,
            name=one.name,
            active=one.active,
            roles=one.roles,
            second_factor=one.second_factor,
            providers=one.providers,
            by_provider_only=one.by_provider_only,
        )
        for one in found
    ]
    return send(request, Accounts(items=shown))


@router.get("/caseloads", response_model=Caseloads, responses=ROLE)
def caseloads(request: Request, desk: DeskDependency, caller: AdministrationReader) -> Response:
    """Return the operators whose caseload the account gives, as coordinators and administrators do."""
    with desk.database.seen_by(caller.viewer) as view:
        if not (coordinated(view) or reads.administered(view)):
            raise ApiError(Kind.ROLE)
        found = administered.given_caseloads(view)
    shown = [Caseload(number=one.number, name=one.name, homes=one.homes) for one in found]
    return send(request, Caseloads(items=shown))


@router.get("/changes", response_model=Changes, responses=ROLE)
def changes(request: Request, desk: DeskDependency, caller: AdministrationReader, limit: Limit = USUAL) -> Response:
    """Return the latest changes of all that the account administers."""
    with desk.database.seen_by(caller.viewer) as view:
        _administered(view)
        found = reads.edits(view, most=limit)
    return send(request, Changes(items=[_change(one) for one in found]))


@router.get("/changes/{thing}/{number}", response_model=Changes, responses=FOUND)
def changes_of(
    request: Request, desk: DeskDependency, caller: AdministrationReader, thing: Thing, number: Number,
    limit: Limit = USUAL,
) -> Response:  # fmt: skip
    """Return the latest changes of one thing."""
    with desk.database.seen_by(caller.viewer) as view:
        administered.stands(view, thing, number)
        found = reads.edits(view, thing, number, limit)
    return send(request, Changes(items=[_change(one) for one in found]))


@router.post("/changes/{change}/undo", status_code=204, response_class=Response, responses=MAKING)
def undo(
    desk: DeskDependency, caller: AdministrationWriter, change: Annotated[UUID, InPath(description="Its `id`.")]
) -> Response:
    """Undo a change, if the thing still stands as it left it; what was made goes, if nothing refers to it."""
    with desk.database.seen_by(caller.viewer) as view:
        actions.undo(view, change, caller.now)
    return Response(status_code=204)


def _contents(request: Request, desk: Desk, caller: Caller, thing: Thing, number: int) -> Response:
    with desk.database.seen_by(caller.viewer) as view:
        administered.stands(view, thing, number)
        found = reads.parts(view, thing, number)
    return send(request, Contents(items=[Part(**one._asdict()) for one in found]))


def _administered(view: View) -> list[reads.Administered]:
    found = reads.administered(view)
    if not found:
        raise ApiError(Kind.ROLE)
    return found


def _change(one: reads.Edit) -> Change:
    return Change(
        id=one.public_id,
        thing=one.thing,
        number=one.thing_id,
        name=one.name,
        before=None if one.before is None else dict(one.before),
        after=None if one.after is None else dict(one.after),
        made_at=one.made_at,
        made_by=one.made_by_name,
        undoes=one.undoes,
        undone=one.undone,
        can_be_undone=one.can_be_undone,
    )

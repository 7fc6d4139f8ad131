"""The documents of what is administered: each is read, and changed as a whole."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboards.api.access import AdministrationReader, AdministrationWriter, DeskDependency
from dashboards.api.resources.administration import fields
from dashboards.api.resources.administration.serving import (
    CHANGING,
    FOUND,
    Document,
    IfMatch,
    Number,
    change,
    read,
)
from registry.administration.things import Thing

router = APIRouter(prefix="/administration", tags=["administration"])

Organisation = Document[fields.Organisation]
Home = Document[fields.Home]
Room = Document[fields.Room]
Person = Document[fields.Person]
Contact = Document[fields.Contact]
Account = Document[fields.Account]
Caseload = Document[fields.Caseload]


@router.get("/organisations/{number}", response_model=Organisation, responses=FOUND)
def organisation(request: Request, desk: DeskDependency, caller: AdministrationReader, number: Number) -> Response:
    """Return an organisation that the account may change."""
    return read(request, desk, caller, Thing.ORGANISATION, number, Organisation)


@router.put("/organisations/{number}", response_model=Organisation, responses=CHANGING)
def change_organisation(
    request: Request, desk: DeskDependency, caller: AdministrationWriter, number: Number, body: fields.Organisation,
    if_match: IfMatch = None,
) -> Response:  # fmt: skip
    """Change an organisation: all its fields at once."""
    return change(request, desk, caller, Thing.ORGANISATION, number, body, if_match, Organisation)


@router.get("/homes/{number}", response_model=Home, responses=FOUND)
def home(request: Request, desk: DeskDependency, caller: AdministrationReader, number: Number) -> Response:
    """Return a home that the account may change."""
    return read(request, desk, caller, Thing.HOME, number, Home)


@router.put("/homes/{number}", response_model=Home, responses=CHANGING)
def change_home(
    request: Request, desk: DeskDependency, caller: AdministrationWriter, number: Number, body: fields.Home,
    if_match: IfMatch = None,
) -> Response:  # fmt: skip
    """Change a home: all its fields at once."""
    return change(request, desk, caller, Thing.HOME, number, body, if_match, Home)


@router.get("/rooms/{number}", response_model=Room, responses=FOUND)
def room(request: Request, desk: DeskDependency, caller: AdministrationReader, number: Number) -> Response:
    """Return a room that the account may change."""
    return read(request, desk, caller, Thing.ROOM, number, Room)


@router.put("/rooms/{number}", response_model=Room, responses=CHANGING)
def change_room(
    request: Request, desk: DeskDependency, caller: AdministrationWriter, number: Number, body: fields.Room,
    if_match: IfMatch = None,
) -> Response:  # fmt: skip
    """Change a room: all its fields at once."""
    return change(request, desk, caller, Thing.ROOM, number, body, if_match, Room)


@router.get("/persons/{number}", response_model=Person, responses=FOUND)
def person(request: Request, desk: DeskDependency, caller: AdministrationReader, number: Number) -> Response:
    """Return a person that the account may change."""
    return read(request, desk, caller, Thing.PERSON, number, Person)


@router.put("/persons/{number}", response_model=Person, responses=CHANGING)
def change_person(
    request: Request, desk: DeskDependency, caller: AdministrationWriter, number: Number, body: fields.Person,
    if_match: IfMatch = None,
) -> Response:  # fmt: skip
    """Change a person: all its fields at once."""
    return change(request, desk, caller, Thing.PERSON, number, body, if_match, Person)


@router.get("/contacts/{number}", response_model=Contact, responses=FOUND)
def contact(request: Request, desk: DeskDependency, caller: AdministrationReader, number: Number) -> Response:
    """Return a contact that the account may change."""
    return read(request, desk, caller, Thing.CONTACT, number, Contact)


@router.put("/contacts/{number}", response_model=Contact, responses=CHANGING)
def change_contact(
    request: Request, desk: DeskDependency, caller: AdministrationWriter, number: Number, body: fields.Contact,
    if_match: IfMatch = None,
) -> Response:  # fmt: skip
    """Change a contact: all its fields at once."""
    return change(request, desk, caller, Thing.CONTACT, number, body, if_match, Contact)


@router.get("/accounts/{number}", response_model=Account, responses=FOUND)
def account(request: Request, desk: DeskDependency, caller: AdministrationReader, number: Number) -> Response:
    """Return an account that the account may change."""
    return read(request, desk, caller, Thing.ACCOUNT, number, Account)


@router.put("/accounts/{number}", response_model=Account, responses=CHANGING)
def change_account(
    request: Request, desk: DeskDependency, caller: AdministrationWriter, number: Number, body: fields.Account,
    if_match: IfMatch = None,
) -> Response:  # fmt: skip
    """Change an account: all its fields at once. Whoever is closed is signed out; nobody closes the own account."""
    return change(request, desk, caller, Thing.ACCOUNT, number, body, if_match, Account)


@router.get("/caseloads/{number}", response_model=Caseload, responses=FOUND)
def caseload(request: Request, desk: DeskDependency, caller: AdministrationReader, number: Number) -> Response:
    """Return a caseload that the account may change."""
    return read(request, desk, caller, Thing.CASELOAD, number, Caseload)


@router.put("/caseloads/{number}", response_model=Caseload, responses=CHANGING)
def change_caseload(
    request: Request, desk: DeskDependency, caller: AdministrationWriter, number: Number, body: fields.Caseload,
    if_match: IfMatch = None,
) -> Response:  # fmt: skip
    """Change a caseload: all its fields at once. A coordinator may, too."""
    return change(request, desk, caller, Thing.CASELOAD, number, body, if_match, Caseload)

"""What is made in something that is administered; undoing that takes it away again, as long as nothing refers to it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from dashboards.api.access import AdministrationWriter, DeskDependency
from dashboards.api.resources.administration import fields
from dashboards.api.resources.administration.serving import MAKING, Number, make
from dashboards.api.resources.administration.things import Account, Contact, Home, Organisation, Person, Room
from registry.administration.things import Thing

router = APIRouter(prefix="/administration", tags=["administration"])


@router.post("/organisations/{number}/organisations", status_code=201, response_model=Organisation, responses=MAKING)
def make_organisation(
    request: Request, desk: DeskDependency, caller: AdministrationWriter, number: Number, body: fields.Organisation
) -> Response:
    """Make an organisation below another one: `parent` says which."""
    return make(request, desk, caller, Thing.ORGANISATION, number, Thing.ORGANISATION, body, Organisation)


@router.post("/organisations/{number}/homes", status_code=201, response_model=Home, responses=MAKING)
def make_home(
    request: Request, desk: DeskDependency, caller: AdministrationWriter, number: Number, body: fields.Home
) -> Response:
    """Make a home."""
    return make(request, desk, caller, Thing.ORGANISATION, number, Thing.HOME, body, Home)


@router.post("/organisations/{number}/accounts", status_code=201, response_model=Account, responses=MAKING)
def make_account(
    request: Request, desk: DeskDependency, caller: AdministrationWriter, number: Number, body: fields.NewAccount
) -> Response:
    """Make an account, which needs a role."""
    return make(request, desk, caller, Thing.ORGANISATION, number, Thing.ACCOUNT, body, Account)


@router.post("/homes/{number}/rooms", status_code=201, response_model=Room, responses=MAKING)
def make_room(
    request: Request, desk: DeskDependency, caller: AdministrationWriter, number: Number, body: fields.Room
) -> Response:
    """Make a room in a home."""
    return make(request, desk, caller, Thing.HOME, number, Thing.ROOM, body, Room)


@router.post("/homes/{number}/persons", status_code=201, response_model=Person, responses=MAKING)
def make_person(
    request: Request, desk: DeskDependency, caller: AdministrationWriter, number: Number, body: fields.Person
) -> Response:
    """Make a person in a home."""
    return make(request, desk, caller, Thing.HOME, number, Thing.PERSON, body, Person)


@router.post("/persons/{number}/contacts", status_code=201, response_model=Contact, responses=MAKING)
def make_contact(
    request: Request, desk: DeskDependency, caller: AdministrationWriter, number: Number, body: fields.Contact
) -> Response:
    """Make a contact of a person."""
    return make(request, desk, caller, Thing.PERSON, number, Thing.CONTACT, body, Contact)

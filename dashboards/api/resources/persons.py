"""Who lives in the homes, and whom to call."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

import registry.listing.reads
import registry.reads
from core.database import View
from dashboards.api import cursors
from dashboards.api.access import DeskDependency, PersonsReader
from dashboards.api.answers import USUAL, Cursor, Limit, Page, page, send
from dashboards.api.problems import ApiError, Kind, documented
from dashboards.api.resources.homes import home_of, require

router = APIRouter(tags=["persons"])


class Contact(BaseModel):
    """Somebody to call."""

    key: str
    name: str
    relation: str
    phone: str
    email: str
    language: str


class Person(BaseModel):
    """Somebody who lives in a home."""

    id: UUID
    home: UUID
    key: str
    name: str
    birth_year: int | None
    sex: str | None
    phone: str
    language: str
    contacts: list[Contact] = Field(description="In the order of calling.")


@router.get("/persons", response_model=Page[Person], responses=documented(Kind.CURSOR, Kind.NOT_FOUND, Kind.ROLE))
def persons(
    request: Request,
    desk: DeskDependency,
    caller: PersonsReader,
    home: Annotated[UUID | None, Query(description="Only who lives in this home.")] = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> Response:
    """Return the persons whom the account may see, with their contacts."""
    after = cursors.after_uuid(cursor)
    with desk.database.seen_by(caller.viewer) as view:
        require(view, registry.reads.Sight.PEOPLE)
        home_id = None if home is None else home_of(view, home).home_id
        found = registry.listing.reads.page_of_persons(view, after, limit + 1, home_id)
        some, following = page(found, limit, lambda seen: cursors.encode(seen.person.public_id))
        items = _persons(view, some)
    return send(request, Page[Person](items=items, next=following))


@router.get("/persons/{person}", response_model=Person, responses=documented(Kind.NOT_FOUND))
def person_by_id(request: Request, desk: DeskDependency, caller: PersonsReader, person: UUID) -> Response:
    """Return one person with the contacts."""
    with desk.database.seen_by(caller.viewer) as view:
        found = registry.listing.reads.seen_person(view, person)
        items = _persons(view, [] if found is None else [found])
    if not items:
        raise ApiError(Kind.NOT_FOUND)
    return send(request, items[0])


def _persons(view: View, found: Sequence[registry.reads.SeenPerson]) -> list[Person]:
    homes = registry.listing.reads.public_homes(view, [seen.person.home_id for seen in found])
    return [
        Person(
            id=UUID(person.public_id),
            home=homes[person.home_id],
            key=person.key,
            name=person.name,
            birth_year=person.birth_year,
            sex=person.sex,
            phone=person.phone,
            language=person.language,
            contacts=[Contact(**contact._asdict()) for contact in contacts],
        )
        for person, contacts in found
        if person.home_id in homes
    ]

"""Persons and homes in parts, as a program reads them: by public id, from behind the last one on."""

from collections.abc import Collection, Sequence
from uuid import UUID

from core.database import View
from core.statements import Statements
from registry.reads import Contact, Home, Person, SeenPerson

SQL = Statements.beside(__file__)


def page_of_homes(view: View, after: UUID | None, limit: int, municipality: str | None = None) -> list[Home]:
    """Return at most `limit` homes the viewer may see, by public id, from behind `after` on; of one municipality."""
    given = {"after": after, "limit": limit, "municipality": municipality}
    found = [Home(**row) for row in view.connection.execute(SQL["page_of_homes"], given)]
    view.homes.update(home.home_id for home in found)
    return found


def page_of_persons(view: View, after: UUID | None, limit: int, home_id: int | None = None) -> list[SeenPerson]:
    """Return at most `limit` persons the viewer may see, by public id, from behind `after` on, with their contacts."""
    given = {"after": after, "limit": limit, "home_id": home_id}
    return _with_contacts(view, [Person(**row) for row in view.connection.execute(SQL["page_of_persons"], given)])


def seen_person(view: View, public_id: UUID) -> SeenPerson | None:
    """Return one person with the contacts, if the viewer may see them."""
    row = view.connection.execute(SQL["person_by_public_id"], {"public_id": public_id}).fetchone()
    return None if row is None else _with_contacts(view, [Person(**row)])[0]


def public_homes(view: View, home_ids: Collection[int]) -> dict[int, UUID]:
    """Return the public ids of some homes, by number; those that the viewer may not see are left out."""
    rows = view.connection.execute(SQL["public_homes"], {"homes": list(home_ids)})
    found = {row["home_id"]: row["public_id"] for row in rows}
    view.homes.update(found)
    return found


def public_persons(view: View, person_ids: Collection[int]) -> dict[int, UUID]:
    """Return the public ids of some persons, by number; those whom the viewer may not see are left out."""
    rows = view.connection.execute(SQL["public_persons"], {"persons": list(person_ids)})
    return {row["person_id"]: row["public_id"] for row in rows}


def _with_contacts(view: View, found: Sequence[Person]) -> list[SeenPerson]:
    view.listed.update(person.person_id for person in found)
    contacts: dict[int, list[Contact]] = {}
    for row in view.connection.execute(SQL["contacts_of_persons"], {"persons": [person.person_id for person in found]}):
        contacts.setdefault(row.pop("person_id"), []).append(Contact(**row))
    return [SeenPerson(person, contacts.get(person.person_id, [])) for person in found]

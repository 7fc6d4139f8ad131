"""Reads of the registry: those for services take a connection, those for a person take a `View`."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import DictRow

from core.database import View
from core.errors import VicinoError
from core.statements import Statements

_SQL = Statements.beside(__file__)


class Organisation(NamedTuple):
    """An organisation."""

    organisation_id: int
    key: str
    name: str
    kind: str
    parent_id: int | None


class SeenOrganisation(NamedTuple):
    """An organisation of a viewer; `roles` are those held in it or in one above it."""

    organisation_id: int
    key: str
    name: str
    kind: str
    parent_id: int | None
    roles: list[str]


class Home(NamedTuple):
    """A home; `organisation` is the key of its organisation."""

    home_id: int
    public_id: str
    organisation_id: int
    organisation: str
    key: str
    name: str
    municipality: str
    address: str
    access_notes: str
    timezone: str

    @property
    def zone(self) -> ZoneInfo:
        """The home's time zone."""
        return ZoneInfo(self.timezone)


class Room(NamedTuple):
    """A room."""

    room_id: int
    home_id: int
    key: str
    name: str
    kind: str


class Person(NamedTuple):
    """Somebody who lives in a home."""

    person_id: int
    public_id: str
    home_id: int
    key: str
    name: str
    birth_year: int | None
    sex: str | None
    phone: str
    language: str


class Contact(NamedTuple):
    """Somebody to call."""

    key: str
    name: str
    relation: str
    phone: str
    email: str
    language: str


class SeenPerson(NamedTuple):
    """A person with the contacts, in the order of calling."""

    person: Person
    contacts: list[Contact]


class OwnAccount(NamedTuple):
    """The account of the viewer."""

    account_id: int
    login: str
    name: str
    email: str
    language: str


class ToldPerson(NamedTuple):
    """Somebody whom messages may go to: an account or a contact, never both."""

    account_id: int | None
    contact_id: int | None
    name: str
    language: str


class Credentials(NamedTuple):
    """What sign-in needs; without a password hash nobody can sign in."""

    account_id: int
    name: str
    password_hash: str | None
    language: str


class AccountLine(NamedTuple):
    """An account as the administrator sees it; `memberships` are "role organisation"."""

    login: str
    name: str
    language: str
    active: bool
    can_sign_in: bool
    memberships: list[str]


def organisations(connection: Connection[DictRow]) -> list[Organisation]:
    """Return every organisation."""
    return [Organisation(**row) for row in connection.execute(_SQL["all_organisations"])]


def accounts(connection: Connection[DictRow]) -> list[AccountLine]:
    """Return every account."""
    return [AccountLine(**row) for row in connection.execute(_SQL["all_accounts"])]


def homes(connection: Connection[DictRow]) -> list[Home]:
    """Return every home."""
    return [Home(**row) for row in connection.execute(_SQL["homes"])]


def homes_of(connection: Connection[DictRow], home_ids: Sequence[int]) -> list[Home]:
    """Return some homes by their numbers; those that there are not are left out."""
    return [Home(**row) for row in connection.execute(_SQL["homes_of"], {"homes": list(home_ids)})]


def home(connection: Connection[DictRow], home_id: int) -> Home | None:
    """Return one home by its number; None if there is none."""
    return next(iter(homes_of(connection, [home_id])), None)


def rooms(connection: Connection[DictRow]) -> list[Room]:
    """Return every room."""
    return [Room(**row) for row in connection.execute(_SQL["all_rooms"])]


def persons(connection: Connection[DictRow]) -> list[Person]:
    """Return every person."""
    return [Person(**row) for row in connection.execute(_SQL["all_persons"])]


def zone_of_home(connection: Connection[DictRow], home_id: int) -> ZoneInfo:
    """Return the time zone of a home. Raises `VicinoError` if there is no such home."""
    row = connection.execute(_SQL["home_zone"], {"home_id": home_id}).fetchone()
    if row is None:
        raise VicinoError(f"There is no home with the number {home_id}.")
    return ZoneInfo(row["timezone"])


def zones(connection: Connection[DictRow], home_ids: Collection[int] | None = None) -> dict[int, ZoneInfo]:
    """Return the time zones of homes by their numbers: of all, or of some."""
    rows = connection.execute(_SQL["zones"], {"homes": None if home_ids is None else list(home_ids)})
    return {row["home_id"]: ZoneInfo(row["timezone"]) for row in rows}


def persons_of_home(connection: Connection[DictRow], home_id: int) -> list[Person]:
    """Return who lives in a home, the first described first."""
    return persons_of_homes(connection, [home_id])


def persons_of_homes(connection: Connection[DictRow], home_ids: Sequence[int]) -> list[Person]:
    """Return who lives in some homes, of each the first described first."""
    return [Person(**row) for row in connection.execute(_SQL["persons_of_homes"], {"homes": list(home_ids)})]


def rooms_of_home(connection: Connection[DictRow], home_id: int) -> list[Room]:
    """Return the rooms of a home."""
    return [Room(**row) for row in connection.execute(_SQL["rooms_of_home"], {"home_id": home_id})]


def told_account(connection: Connection[DictRow], login: str) -> ToldPerson | None:
    """Return an active account by its login, for a service; None if there is none."""
    row = connection.execute(_SQL["told_account"], {"login": login}).fetchone()
    return None if row is None else ToldPerson(**row)


def told_contact(connection: Connection[DictRow], person: str, contact: str) -> ToldPerson | None:
    """Return a contact by the keys of the person and its own, for a service; None if there is none."""
    row = connection.execute(_SQL["told_contact"], {"person": person, "contact": contact}).fetchone()
    return None if row is None else ToldPerson(**row)


def reached_at(
    connection: Connection[DictRow], account_ids: Collection[int], contact_ids: Collection[int]
) -> list[dict[str, Any]]:
    """Return the e-mail and the telephone of some active accounts and contacts, empty where they are not known.

    Each row has `account_id` or `contact_id`, the other being None.
    """
    given = {"accounts": list(account_ids), "contacts": list(contact_ids)}
    return connection.execute(_SQL["reached_at"], given).fetchall()


def credentials(connection: Connection[DictRow], login: str) -> Credentials | None:
    """Return what sign-in needs of the active account `login`, if there is one."""
    row = connection.execute(_SQL["account_for_login"], {"login": login}).fetchone()
    return None if row is None else Credentials(**row)


def seen_organisations(view: View) -> list[SeenOrganisation]:
    """Return the organisations of the viewer and all below them."""
    return [SeenOrganisation(**row) for row in view.connection.execute(_SQL["seen_organisations"])]


def seen_homes(view: View) -> list[Home]:
    """Return the homes the viewer may see, by name."""
    return [Home(**row) for row in view.connection.execute(_SQL["seen_homes"], {"public_id": None})]


def seen_home(view: View, public_id: str) -> Home | None:
    """Return one home by its public id, if the viewer may see it."""
    if "\0" in public_id:
        return None
    row = view.connection.execute(_SQL["seen_homes"], {"public_id": public_id}).fetchone()
    return None if row is None else Home(**row)


def seen_persons(view: View, home_id: int | None = None) -> list[SeenPerson]:
    """Return the persons the viewer may see, of all homes or of one, with their contacts."""
    given = {"home_id": home_id}
    contacts: dict[int, list[Contact]] = {}
    for row in view.connection.execute(_SQL["seen_contacts"], given):
        contacts.setdefault(_take(row, "person_id"), []).append(Contact(**row))
    found = (Person(**row) for row in view.connection.execute(_SQL["seen_persons"], given))
    return [SeenPerson(person, contacts.get(person.person_id, [])) for person in found]


def seen_rooms(view: View, home_id: int) -> list[Room]:
    """Return the rooms of a home, if the viewer may see it."""
    return [Room(**row) for row in view.connection.execute(_SQL["seen_rooms"], {"home_id": home_id})]


def own_account(view: View) -> OwnAccount | None:
    """Return the account of the viewer; None if it is no longer active."""
    row = view.connection.execute(_SQL["seen_account"], {"account_id": view.viewer.account_id}).fetchone()
    return None if row is None else OwnAccount(**row)


def _take(row: dict[str, Any], key: str) -> int:
    value: int = row.pop(key)
    return value

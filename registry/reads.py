"""Reads of the registry: those for services take a connection, those for a person take a `View`."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from psycopg import Connection
from psycopg.rows import DictRow

from core.database import Answer, Row, View, ask, only
from core.errors import VicinoError
from core.localtime import Interval
from core.statements import Statements
from registry.agreement import Capacity, Data
from registry.closeness import Basis, Close, CloseAccount, Decided, OpenInvitation, Recipient, Unwatched
from registry.hours import Hours

_SQL = Statements.beside(__file__)
Built = TypeVar("Built", bound=NamedTuple)
FAR = datetime(9999, 1, 1, tzinfo=UTC)  # the end of what has none


class Organisation(NamedTuple):
    """An organisation."""

    organisation_id: int
    key: str
    name: str
    kind: str
    parent_id: int | None
    phone: str = ""


class SeenOrganisation(NamedTuple):
    """An organisation of a viewer; `roles` are those held in it or in one above it."""

    organisation_id: int
    key: str
    name: str
    kind: str
    parent_id: int | None
    roles: list[str]


AnyOrganisation = TypeVar("AnyOrganisation", Organisation, SeenOrganisation)


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


class FirstContact(NamedTuple):
    """Who is called first for somebody in a home."""

    home_id: int
    name: str
    relation: str
    phone: str


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
    """An account as the administrator sees it: "role organisation" by `memberships`, where it has identities."""

    login: str
    name: str
    language: str
    active: bool
    can_sign_in: bool
    providers: list[str]
    memberships: list[str]


def organisations(connection: Connection[DictRow]) -> list[Organisation]:
    """Return every organisation."""
    return [Organisation(**row) for row in connection.execute(_SQL["all_organisations"])]


def below(key: str, among: Sequence[AnyOrganisation]) -> list[AnyOrganisation]:
    """Return the organisation `key` and those below it, of `among`; none where it is not there."""
    found = [each for each in among if each.key == key]
    ids = {each.organisation_id for each in found}
    while more := [each for each in among if each.parent_id in ids and each.organisation_id not in ids]:
        ids |= {each.organisation_id for each in more}
        found += more
    return found


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


CARING = frozenset({"operator", "coordinator"})  # whoever answers for people


class Sight(StrEnum):
    """A sort of data that roles see or do not: registry/sql/idempotent/0001_viewer.sql says which roles."""

    PLACE = "place"
    PEOPLE = "people"
    LIFE = "life"
    ADMINISTRATION = "administration"


def sees(view: View, sight: Sight) -> bool:
    """Tell whether the viewer sees a sort of data of any organisation."""
    row = view.connection.execute(_SQL["viewer_sees"], {"sight": sight}).fetchone()
    return row is not None and bool(row["sees"])


def sight_of(view: View) -> str:
    """Return what decides which rows the viewer sees, as one word: viewers of whom it is the same see the same."""
    return str(only(view.connection.execute(_SQL["sight_of"], {"account_id": view.viewer.account_id}))["sight"])


def seen_homes(view: View, *, cared: bool = False) -> list[Home]:
    """Return the homes the viewer may see, by name; `cared`: only those of which they see how people live there."""
    return ask_homes(view, cared=cared)()


def ask_homes(view: View, *, cared: bool = False) -> Answer[list[Home]]:
    """Ask for the same, without waiting."""

    def read(rows: list[Row]) -> list[Home]:
        found = [Home(**row) for row in rows]
        view.homes.update(home.home_id for home in found)
        return found

    return ask(view.connection, _SQL["seen_homes"], {"public_id": None, "cared": cared}, read)


def seen_homes_of(view: View, home_ids: Collection[int]) -> dict[int, Home]:
    """Return some homes by their numbers; those that the viewer may not see are left out."""
    found = {home.home_id: home for home in homes_of(view.connection, list(home_ids))}
    view.homes.update(found)
    return found


def seen_home(view: View, public_id: str, *, cared: bool = False) -> Home | None:
    """Return one home by its public id, if the viewer may see it; `cared`: if they see how people live there."""
    if "\0" in public_id:
        return None
    given = {"public_id": public_id, "cared": cared}
    return _noted(view, view.connection.execute(_SQL["seen_homes"], given).fetchone())


def cared_home_of_person(view: View, public_id: UUID) -> Home | None:
    """Return the home of a person, by the public id of the person, if the viewer may see how they live."""
    return _noted(view, view.connection.execute(_SQL["cared_home_of_person"], {"public_id": public_id}).fetchone())


def seen_persons(view: View, home_id: int | None = None) -> list[SeenPerson]:
    """Return the persons the viewer may see, of all homes or of one, with their contacts."""
    given = {"home_id": home_id}
    contacts: dict[int, list[Contact]] = {}
    for row in view.connection.execute(_SQL["seen_contacts"], given):
        contacts.setdefault(_take(row, "person_id"), []).append(Contact(**row))
    return [SeenPerson(person, contacts.get(person.person_id, [])) for person in seen_inhabitants(view, home_id)]


def seen_inhabitants(view: View, home_id: int | None = None) -> list[Person]:
    """Return the same persons without their contacts: of a union that is a third of what there is to read."""
    return ask_inhabitants(view, home_id)()


def ask_inhabitants(view: View, home_id: int | None = None) -> Answer[list[Person]]:
    """Ask for the same, without waiting."""

    def read(rows: list[Row]) -> list[Person]:
        found = [Person(**row) for row in rows]
        view.listed.update(person.person_id for person in found)
        return found

    return ask(view.connection, _SQL["seen_persons"], {"home_id": home_id}, read)


def seen_persons_of(view: View, home_ids: Collection[int]) -> list[Person]:
    """Return who lives in some homes, as far as the viewer may see it, of each the first described first."""
    found = persons_of_homes(view.connection, list(home_ids))
    view.listed.update(person.person_id for person in found)
    return found


def seen_first_contacts(view: View, home_ids: Collection[int]) -> list[FirstContact]:
    """Return who is called first of those who can be, for each person in some homes that the viewer may see."""
    found = view.connection.execute(_SQL["seen_first_contacts"], {"homes": list(home_ids)})
    return [FirstContact(**row) for row in found]


def seen_rooms(view: View, home_id: int) -> list[Room]:
    """Return the rooms of a home, if the viewer may see it."""
    return [Room(**row) for row in view.connection.execute(_SQL["seen_rooms"], {"home_id": home_id})]


def own_account(view: View) -> OwnAccount | None:
    """Return the account of the viewer; None if it is no longer active."""
    row = view.connection.execute(_SQL["seen_account"], {"account_id": view.viewer.account_id}).fetchone()
    return None if row is None else OwnAccount(**row)


def close_persons(view: View, now: datetime) -> list[Close]:
    """Return the persons the viewer is close to: as family, as a delegate, or as the person."""
    rows = view.connection.execute(_SQL["viewer_persons"], {"now": now})
    return [Close(**row | {"capacity": Capacity(row["capacity"])}) for row in rows]


def shared_now(view: View, now: datetime) -> dict[int, frozenset[Data]]:
    """Return which kinds of data are shared with the viewer at an instant, by person; nothing else may be shown."""
    found: dict[int, set[Data]] = {}
    for row in view.connection.execute(_SQL["viewer_shared"], {"now": now}):
        found.setdefault(row["person_id"], set()).add(Data(row["data"]))
    view.listed.update(found)
    return {person_id: frozenset(kinds) for person_id, kinds in found.items()}


def agreed(view: View, now: datetime) -> dict[int, dict[Data, Hours]]:
    """Return what is agreed for the viewer at whatever hour, by person."""
    found: dict[int, dict[Data, Hours]] = {}
    for row in view.connection.execute(_SQL["viewer_agreed"], {"now": now}):
        hours = Hours(row["from_minute"], row["to_minute"])
        found.setdefault(row["person_id"], {})[Data(row["data"])] = hours
    return found


def decided(view: View, public_id: UUID, now: datetime) -> Decided | None:
    """Return what stands of the data of a person; None if the viewer does not decide about it."""
    row = view.connection.execute(_SQL["decided"], {"public_id": public_id, "now": now}).fetchone()
    if row is None:
        return None
    view.listed.add(row["person_id"])
    accounts = tuple(CloseAccount(one["name"], Capacity(one["capacity"]), one["contact"]) for one in row["accounts"])
    return Decided(
        row["person_id"],
        row["public_id"],
        row["home_id"],
        row["name"],
        row["timezone"],
        row["language"],
        row["organisation"],
        row["organisation_phone"],
        Capacity(row["capacity"]) if row["capacity"] else None,
        tuple(_built(Basis, one) for one in row["consents"]),
        tuple(_recipient(one, row["shares"], accounts) for one in row["contacts"]),
        accounts,
        tuple(_built(Unwatched, one) for one in row["pauses"]),
        tuple(_built(OpenInvitation, one) for one in row["invitations"]),
    )


def unwatched(connection: Connection[DictRow], home_ids: Collection[int], start: datetime) -> dict[int, list[Interval]]:
    """Return when nothing of some homes may be looked at or recorded, as far as it reaches beyond an instant."""
    found: dict[int, list[Interval]] = {}
    for row in connection.execute(_SQL["unwatched"], {"homes": list(home_ids), "start": start}):
        found.setdefault(row["home_id"], []).append(Interval(row["started_at"], row["ended_at"] or FAR))
    return found


def _noted(view: View, row: dict[str, Any] | None) -> Home | None:
    if row is None:
        return None
    view.homes.add(row["home_id"])
    return Home(**row)


def _built(kind: type[Built], row: dict[str, Any]) -> Built:
    """Return a named tuple from an object of JSON that has its fields."""
    return msgspec.convert([row[field] for field in kind._fields], kind)


def _recipient(
    contact: dict[str, Any], shares: Sequence[dict[str, Any]], accounts: Sequence[CloseAccount]
) -> Recipient:
    key: str = contact["key"]
    shown = {Data(one["data"]): Hours(one["from_minute"], one["to_minute"]) for one in shares if one["contact"] == key}
    account = next((one.name for one in accounts if one.contact == key), "")
    return Recipient(
        key, contact["name"], contact["relation"], {kind: shown[kind] for kind in Data if kind in shown}, account
    )


def _take(row: dict[str, Any], key: str) -> int:
    value: int = row.pop(key)
    return value

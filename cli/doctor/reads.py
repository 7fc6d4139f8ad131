"""What the checks ask of the database. Connections act as the services do."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow

from core.migrations import Known
from core.statements import Statements
from embedded.postgres import ADMINISTRATOR
from registry.rules import CANARY_KEY

_sql = Statements.beside(__file__)
Dictionaries = Connection[DictRow]


class Server(NamedTuple):
    """The server: its version as a number (150004), its clock, that of TimescaleDB, and which variant it is."""

    version: int
    now: datetime
    timescale: str | None
    variant: str


class Power(NamedTuple):
    """A role that may more than it should."""

    name: str
    super: bool
    bypass: bool
    makes_roles: bool


class Gateway(NamedTuple):
    """A gateway and when it was last heard of, None if never; `clock` is what it says of its own."""

    key: str
    online: bool
    heard_at: datetime | None
    clock: str | None


class Zone(NamedTuple):
    """A time zone of homes, and what time the database says it is there at the instants that were asked for."""

    zone: str
    said: list[str]


class People(NamedTuple):
    """How many active accounts have a role, and how many people have an e-mail address."""

    accounts: int
    by_mail: int


class Staff(NamedTuple):
    """Accounts with a role that sign in by a password of ours, and how many of them have no second factor."""

    role: str
    accounts: int
    without: int


class Slots(NamedTuple):
    """How many connections there are, and how many there may be."""

    used: int
    allowed: int


def server(connection: Dictionaries) -> Server:
    """Return which server it is; fails where no migration was run."""
    return Server(**_one(connection, "server"))


def powers(connection: Dictionaries) -> list[Power]:
    """Return roles of Vicino that go around row-level security or may make roles."""
    rows = connection.execute(_sql["roles"], {"administrator": ADMINISTRATOR}).fetchall()
    return [Power(**row) for row in rows]


def crossing(connection: Dictionaries) -> list[str]:
    """Return logins of the pages that can become the services."""
    return _names(connection, "crossing")


def missing_roles(connection: Dictionaries, roles: Sequence[str]) -> list[str]:
    """Return those of `roles` that are not there."""
    return _names(connection, "missing_roles", roles=list(roles))


def unprotected(connection: Dictionaries, schemas: Sequence[str]) -> list[str]:
    """Return tables of `schemas` whose rows somebody sees whatever their organisation."""
    return _names(connection, "unprotected", schemas=list(schemas))


def without_policy(connection: Dictionaries, schemas: Sequence[str]) -> list[str]:
    """Return tables of `schemas` under row-level security without any policy."""
    return _names(connection, "without_policy", schemas=list(schemas))


def migrations(connection: Dictionaries) -> list[Known]:
    """Return the incremental files that were run."""
    return [Known(**row) for row in connection.execute(_sql["migrations"]).fetchall()]


def connected(connection: Dictionaries) -> dict[str, int]:
    """Return how many connections each service has, by the name it goes by."""
    rows = connection.execute(_sql["connected"]).fetchall()
    return {row["name"].removeprefix("vicino "): row["connections"] for row in rows}


def slots(connection: Dictionaries) -> Slots:
    """Return how many connections there are and may be."""
    return Slots(**_one(connection, "room_for_connections"))


def not_durable(connection: Dictionaries) -> list[str]:
    """Return settings of the server by which a commit may be lost."""
    return _names(connection, "durable")


def rejected(connection: Dictionaries, since: datetime) -> dict[str, int]:
    """Return how many readings were rejected since an instant, by reason."""
    rows = connection.execute(_sql["rejected"], {"since": since}).fetchall()
    return {row["reason"]: row["records"] for row in rows}


def gateways(connection: Dictionaries) -> list[Gateway]:
    """Return the gateways that may speak, those never heard of first."""
    return [Gateway(**row) for row in connection.execute(_sql["gateways"]).fetchall()]


def zones(connection: Dictionaries, instants: Sequence[datetime]) -> list[Zone]:
    """Return the time zones of homes, and what the database makes of `instants`; fails where it does not know one."""
    return [Zone(**row) for row in connection.execute(_sql["zones"], {"instants": list(instants)}).fetchall()]


def people(connection: Dictionaries) -> People:
    """Return how many people there are who can do or be told something."""
    return People(**_one(connection, "people", canary=CANARY_KEY))


def staff(connection: Dictionaries) -> list[Staff]:
    """Return by role how many sign in by password, and how many of them by nothing else."""
    return [Staff(**row) for row in connection.execute(_sql["staff"]).fetchall()]


def _one(connection: Dictionaries, statement: str, **parameters: object) -> DictRow:
    row = connection.execute(_sql[statement], parameters).fetchone()
    assert row is not None
    return row


def _names(connection: Dictionaries, statement: str, **parameters: object) -> list[str]:
    return [row["name"] for row in connection.execute(_sql[statement], parameters).fetchall()]

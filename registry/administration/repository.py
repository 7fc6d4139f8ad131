"""Writes what administrators change. The caller owns the transaction; the database decides who may."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection as PsycopgConnection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from core.statements import Statements
from registry.administration.things import State, Thing

_SQL = Statements.beside(__file__)

Connection = PsycopgConnection[DictRow]


class Came(NamedTuple):
    """What came of it: `done`, `same`, or why nothing was changed; the change, whose data, what was made."""

    came: str
    edit: UUID | None
    persons: list[int] | None
    number: int | None = None


def change(connection: Connection, thing: Thing, number: int, seen: str, wanted: State, now: datetime) -> Came:
    """Change a thing as the viewer of the connection, if it still stands as it was `seen`."""
    given = {"thing": thing, "number": number, "seen": seen, "wanted": Jsonb(dict(wanted)), "now": now}
    return _came(connection, "change_thing", given)


def make(connection: Connection, thing: Thing, above: int, key: str, wanted: State, now: datetime) -> Came:
    """Make a thing as the viewer, in the thing with the number `above`."""
    given = {"thing": thing, "above": above, "key": key, "wanted": Jsonb(dict(wanted)), "now": now}
    return _came(connection, "make_thing", given)


def undo(connection: Connection, edit: UUID, now: datetime) -> Came:
    """Undo a change as the viewer."""
    return _came(connection, "undo_edit", {"edit": edit, "now": now})


def _came(connection: Connection, statement: str, given: dict[str, Any]) -> Came:
    row = connection.execute(_SQL[statement], given).fetchone()
    assert row is not None
    return Came(**row)

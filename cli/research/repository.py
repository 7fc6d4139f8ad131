"""What exports for research read and write down."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.types.json import Jsonb

from core.database import Row
from core.statements import Statements

_sql = Statements.beside(__file__)


class Subject(NamedTuple):
    """A home all of whose residents agree, since when they do, and its pseudonym for research."""

    home_id: int
    subject: str
    timezone: str
    residents: int
    since: datetime


class Window(NamedTuple):
    """Of which days and instants of a home something is exported: from `since` up to `until`, without it."""

    first: date
    last: date
    since: datetime
    until: datetime


class Past(NamedTuple):
    """An export that was made."""

    export_id: int
    made_at: datetime
    query: dict[str, Any]
    digest: str
    rows: int
    subjects: list[str]


def snapshot(connection: Connection[Row]) -> None:
    """Let the transaction see one moment. To be called first in it."""
    connection.execute(_sql["snapshot"])


def cohort(connection: Connection[Row], now: datetime, organisations: Sequence[int] | None) -> list[Subject]:
    """Return the homes that may be used at an instant, ordered by pseudonym; of some organisations, or of all."""
    wanted = None if organisations is None else list(organisations)
    rows = connection.execute(_sql["cohort"], {"now": now, "organisations": wanted})
    return [Subject(**row) for row in rows]


def rows_of(connection: Connection[Row], table: str, home_id: int, window: Window) -> list[Row]:
    """Return the rows of a table (a statement's name) of a home within a window."""
    return connection.execute(_sql[table], {"home": home_id, **window._asdict()}).fetchall()


def record(
    connection: Connection[Row], now: datetime, query: dict[str, Any], digest: str, rows: int, subjects: Sequence[str]
) -> int:
    """Write down what was exported; return its number."""
    values = {"now": now, "query": Jsonb(query), "digest": digest, "rows": rows, "subjects": list(subjects)}
    row = connection.execute(_sql["record"], values).fetchone()
    assert row is not None
    return int(row["export_id"])


def exports(connection: Connection[Row]) -> list[Past]:
    """Return all exports, the latest first."""
    return [Past(**row) for row in connection.execute(_sql["exports"])]

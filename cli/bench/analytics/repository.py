"""What the measurement of the analysis does to the database that was made for it, and asks of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.sql import Identifier

from core.database import Row
from core.statements import Statements
from core.vocabulary import Retention

_sql = Statements.beside(__file__)


def put_readings(
    connection: Connection[Any], readings: Mapping[Retention, Iterable[tuple[datetime, float, int]]]
) -> None:
    """Store readings (time, value, series) of each class."""
    for retention, rows in readings.items():
        with connection.cursor() as cursor, cursor.copy(_sql["put_readings"].format(table=_kept(retention))) as copy:
            copy.set_types(["timestamptz", "float8", "int4"])
            for row in rows:
                copy.write_row(row)


def ensure_partitions(connection: Connection[Any], first: datetime, last: datetime) -> None:
    """Make room for readings from one instant to another."""
    connection.execute(_sql["ensure_partitions"], {"first": first, "last": last})


@contextmanager
def filling(address: str, password: str) -> Iterator[Connection[Row]]:
    """Give an administrator's connection that fills tables without looking up what the rows refer to."""
    with psycopg.connect(address, password=password, row_factory=dict_row) as connection:
        connection.execute(_sql["unchecked"])
        yield connection


def pair(connection: Connection[Any], copies: Sequence[tuple[str, str]]) -> None:
    """Remember on this connection which home is a copy of which pattern, by their keys."""
    given = {"homes": [home for home, _ in copies], "patterns": [pattern for _, pattern in copies]}
    connection.execute(_sql["same_home"], given)
    for name in ("same_room", "same_device", "same_series", "same_index", "copying"):
        connection.execute(_sql[name])


def copy_readings(connection: Connection[Any], retention: Retention, since: datetime) -> None:
    """Give every copy the readings of its pattern of one class, from an instant on."""
    connection.execute(_sql["copy_readings"].format(table=_kept(retention)), {"since": since})


def computed(connection: Connection[Row]) -> list[str]:
    """Return the tables of the schema `analytics` that hold what was computed of the days of homes."""
    return [str(row["name"]) for row in connection.execute(_sql["computed"])]


def copy_computed(connection: Connection[Any], table: str) -> None:
    """Give every copy what was computed of its pattern in a table of the schema `analytics`."""
    connection.execute(_sql["copy_rows"], {"table": f"analytics.{table}"})


def settle(connection: Connection[Any]) -> None:
    """Let the server take note of what was put into it."""
    connection.execute(_sql["analyze"])


def count_readings(connection: Connection[Row], start: datetime, end: datetime) -> int:
    """Return how many readings there are in an interval."""
    return _number(connection, "count_readings", {"start": start, "end": end})


def count_days(connection: Connection[Row], first: date, last: date) -> int:
    """Return how many days of homes have indicators."""
    return _number(connection, "count_days", {"first": first, "last": last})


def gateways_came(connection: Connection[Any], since: datetime) -> None:
    """Have every gateway there since an instant."""
    connection.execute(_sql["gateways_came"], {"since": since})


def gateways_speak(connection: Connection[Any], since: datetime, now: datetime) -> None:
    """Have every gateway say that it is there, since an instant."""
    connection.execute(_sql["gateways_speak"], {"since": since, "now": now})


def readings_come(connection: Connection[Any], now: datetime) -> None:
    """Say of every home that readings have come in for this hour."""
    connection.execute(_sql["readings_come"], {"now": now})


def make_due(connection: Connection[Any], days: Sequence[date], at: datetime) -> None:
    """Make days of every home due at an instant, and no others."""
    connection.execute(_sql["nothing_due"])
    for day in days:
        connection.execute(_sql["due"], {"day": day, "at": at})


def set_calendar(connection: Connection[Any], day: date) -> None:
    """Say that the calendar has come to a day in every home."""
    connection.execute(_sql["calendar"], {"day": day})


def spread_looks(connection: Connection[Any], now: datetime) -> None:
    """Let the looks at devices fall on the homes in turn from now on."""
    connection.execute(_sql["spread_looks"], {"now": now})


def spread_contexts(connection: Connection[Any], now: datetime) -> None:
    """Let the looks for contexts fall on the homes in turn from now on."""
    connection.execute(_sql["spread_contexts"], {"now": now})


def backend(connection: Connection[Row]) -> int:
    """Return the process id of the server's process that answers."""
    return _number(connection, "backend", {})


def _number(connection: Connection[Row], statement: str, given: Mapping[str, Any]) -> int:
    row = connection.execute(_sql[statement], given).fetchone()
    assert row is not None
    return int(next(iter(row.values())))


def _kept(retention: Retention) -> Identifier:
    return Identifier("ingest", f"reading_{retention}")

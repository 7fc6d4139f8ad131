"""What upkeep reads and writes. Connections are in autocommit; a function is one transaction unless it says more."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import Identifier

import ingest
from core.statements import Statements
from core.vocabulary import QUANTITIES, Retention
from ingest.upkeep.spans import Span

PRUNED_AT_ONCE = 20_000

_sql = Statements.beside(ingest.__file__ or "")
_QUANTITIES = {each: [quantity.id for quantity in QUANTITIES if quantity.retention is each] for each in Retention}
_PREFIXES = {"readings": "reading", "hourly": "hourly", "daily": "daily"}
_TABLES = {
    each: {name: Identifier("ingest", f"{prefix}_{each}") for name, prefix in _PREFIXES.items()} for each in Retention
}
_ROLL_HOURS = {
    each: _sql["roll_hours"].format(hourly=tables["hourly"], readings=tables["readings"])
    for each, tables in _TABLES.items()
}
_ROLL_DAYS = {
    each: _sql["roll_days"].format(hourly=tables["hourly"], daily=tables["daily"]) for each, tables in _TABLES.items()
}
_BUCKETS = {"hourly": "hour", "daily": "day"}

Dictionaries = Connection[DictRow]


class Cursor(NamedTuple):
    """A place among the touched hours."""

    xact: int
    touched_id: int


def take(connection: Dictionaries) -> bool:
    """Take the right to keep things in order, until the connection ends; False if another process has it."""
    return bool(_one(connection.execute(_sql["take_upkeep"]).fetchone())["taken"])


def has_timescale(connection: Dictionaries) -> bool:
    """Tell whether the series lie in TimescaleDB, and make the connection ready for it if so."""
    timescale = bool(_one(connection.execute(_sql["has_timescale"]).fetchone())["timescale"])
    if timescale:
        connection.execute(_sql["lift_limit_of_decompression"])
    return timescale


def cursor(connection: Dictionaries) -> Cursor:
    """Return up to where touched hours are in the figures."""
    return Cursor(**_one(connection.execute(_sql["rollup_cursor"]).fetchone()))


def cursor_ahead(connection: Dictionaries, done: Cursor, maximum: int) -> tuple[Cursor, int]:
    """Return the place at most `maximum` touched hours behind `done`, and how many they are."""
    found = connection.execute(_sql["touched_until"], {**done._asdict(), "maximum": maximum}).fetchone()
    return (Cursor(found["xact"], found["touched_id"]), found["touched"]) if found else (done, 0)


def touched(connection: Dictionaries, done: Cursor, until: Cursor) -> list[Span]:
    """Return the hours touched after `done` up to `until`."""
    parameters = {**done._asdict(), "until_xact": until.xact, "until_touched_id": until.touched_id}
    return [Span(**row) for row in connection.execute(_sql["touched_spans"], parameters)]


def set_cursor(connection: Dictionaries, done: Cursor) -> None:
    """Remember up to where touched hours are in the figures."""
    connection.execute(_sql["set_rollup_cursor"], done._asdict())


def dropped_before(connection: Dictionaries) -> dict[Retention, datetime | None]:
    """Return before which instant the readings of each class were dropped, None where none was."""
    return {Retention(row["class"]): row["dropped_before"] for row in connection.execute(_sql["dropped_before"])}


def roll_up(connection: Dictionaries, of: Retention, hours: Sequence[Span], days: Sequence[Span]) -> None:
    """Compute the hourly figures of `hours` and then the daily ones of `days`, where they are plain tables.

    Of one home no span may overlap another.
    """
    with connection.transaction():
        for statement, spans in ((_ROLL_HOURS[of], hours), (_ROLL_DAYS[of], days)):
            if spans:
                columns = {
                    "homes": [span.home_id for span in spans],
                    "starts": [span.start for span in spans],
                    "stops": [span.stop for span in spans],
                }
                connection.execute(statement, {**columns, "quantities": _QUANTITIES[of]})


def refresh(connection: Dictionaries, of: Retention, hours: Sequence[Span], days: Sequence[Span]) -> None:
    """Compute the hourly figures of `hours` and then the daily ones of `days`, where they are continuous aggregates.

    Each span is a transaction of its own.
    """
    for name, spans in (("hourly", hours), ("daily", days)):
        for span in spans:
            figures = {"figures": f"ingest.{name}_{of}"}
            connection.execute(_sql["refresh"], {**figures, "start": span.start, "stop": span.stop})


def drop_readings(connection: Dictionaries, of: Retention, before: datetime) -> int:
    """Drop the whole partitions or chunks that end at or before an instant; return how many."""
    parameters = {"retention": str(of), "before": before}
    return int(_one(connection.execute(_sql["drop_readings"], parameters).fetchone())["dropped"])


def drop_figures(connection: Dictionaries, of: Retention, before: datetime, *, timescale: bool) -> None:
    """Drop the hourly and daily figures before an instant; with TimescaleDB whole chunks of them."""
    for name, bucket in _BUCKETS.items():
        if timescale:
            figures = {"figures": f"ingest.{name}_{of}", "before": before}
            connection.execute(_sql["drop_figure_chunks"], figures)
        else:
            statement = _sql["drop_figures"].format(figures=_TABLES[of][name], bucket=Identifier(bucket))
            connection.execute(statement, {"before": before})


def compress_figures(connection: Dictionaries, before: datetime) -> int:
    """Compress the figures whose chunk ends before an instant, with TimescaleDB; return how many chunks."""
    return connection.execute(_sql["compress_figures"], {"before": before}).rowcount


def prune(connection: Dictionaries, before: datetime) -> int:
    """Delete touched hours and rows of commits before an instant that nobody needs; return how many.

    It goes in steps, each a transaction of its own.
    """
    pruned = 0
    for name in ("prune_touched", "prune_intake"):
        step = PRUNED_AT_ONCE
        while step == PRUNED_AT_ONCE:
            step = connection.execute(_sql[name], {"before": before, "maximum": PRUNED_AT_ONCE}).rowcount
            pruned += step
    return pruned


def prune_transitions(connection: Dictionaries, before: datetime) -> int:
    """Delete what changed in gateways' words before an instant, except the last of each; return how many rows."""
    return connection.execute(_sql["prune_transitions"], {"before": before}).rowcount


def prune_urgent(connection: Dictionaries, before: datetime) -> int:
    """Delete calls for help that happened and came in before an instant; return how many. Each step is its own."""
    pruned, step = 0, PRUNED_AT_ONCE
    while step == PRUNED_AT_ONCE:
        step = connection.execute(_sql["prune_urgent"], {"before": before, "maximum": PRUNED_AT_ONCE}).rowcount
        pruned += step
    return pruned


def prune_found_devices(connection: Dictionaries, before: datetime) -> int:
    """Delete what gateways last found before an instant and nobody installed; return how many devices."""
    return connection.execute(_sql["prune_found_devices"], {"before": before}).rowcount


def _one(row: DictRow | None) -> DictRow:
    assert row is not None
    return row

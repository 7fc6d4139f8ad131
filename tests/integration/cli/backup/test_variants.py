"""A backup moves between PostgreSQL with and without TimescaleDB."""

import pytest

from cli.backup import checking, keys, restoring
from cli.installation import STORING
from core.migrations import Variant, migrate, variant_of
from tests.integration.cli.backup.content import administrator, empty_database, export, fill, quiet, unread

WITHOUT = "TimescaleDB is not loaded: VICINO_TEST_POSTGRES and VICINO_TEST_PRELOAD name a server that has it"
COMPRESS = "SELECT compress_chunk(c) FROM show_chunks('ingest.reading_level') c"
COMPRESSED = "SELECT count(*) AS n FROM timescaledb_information.chunks WHERE is_compressed"


@pytest.fixture
def move(back_up, recovery_key):
    def run(source, target, variant):
        identity, path = keys.for_opening(recovery_key), back_up(source)
        found = checking.check(path, identity, quiet)
        restoring.restore(path, identity, found, target, None, quiet, variant)

    return run


def test_from_plain_to_timescale_and_back(timescale, postgres_url, empty, move, tmp_path):
    if not timescale:
        pytest.skip(WITHOUT)
    mark = f"{id(tmp_path):x}"
    with (
        empty_database(postgres_url, f"vicino_plain_{mark}") as plain,
        empty_database(postgres_url, f"vicino_back_{mark}") as back,
    ):
        with administrator(plain) as connection:
            migrate(connection, STORING, Variant.PLAIN)
            fill(connection)
            before, waiting = export(connection), unread(connection)
        move(plain, empty, Variant.TIMESCALE)
        with administrator(empty) as connection:
            assert variant_of(connection) is Variant.TIMESCALE
            assert export(connection) == before
            assert unread(connection) == waiting
            connection.execute(COMPRESS)
            assert connection.execute(COMPRESSED).fetchone()["n"] >= 1
        move(empty, back, Variant.PLAIN)
        with administrator(back) as connection:
            assert variant_of(connection) is Variant.PLAIN
            assert export(connection) == before
            assert unread(connection) == waiting


def test_what_lies_compressed_comes_back(timescale, filled, empty, move):
    if not timescale:
        pytest.skip(WITHOUT)
    with administrator(filled) as connection:
        before = export(connection)
        connection.execute(COMPRESS)
        assert export(connection) == before
    move(filled, empty, None)
    with administrator(empty) as connection:
        assert export(connection) == before
        connection.execute(COMPRESS)
        assert export(connection) == before

"""A filled installation, a key, and backups of it."""

import os
from itertools import count

import psycopg
import pytest

from cli.backup import checking, keys, making, restoring
from core.clock import SystemClock
from tests.integration.cli.backup.content import administrator, empty_database, fill, quiet

_numbers = count(1)


@pytest.fixture
def timescale(database_url):
    with administrator(database_url) as connection:
        return connection.execute("SELECT variant = 'timescale' AS it FROM vicino.installation").fetchone()["it"]


@pytest.fixture
def filled(database_url, timescale):
    with administrator(database_url) as connection:
        fill(connection, timescale=timescale)
    return database_url


@pytest.fixture
def making_key(tmp_path, recovery_key):
    return tmp_path / "making.key"


@pytest.fixture
def recovery_key(tmp_path):
    made = keys.new_pair()
    (tmp_path / "making.key").write_text(made.making)
    (tmp_path / "recovery.key").write_text(f"# kept in the safe\n{made.recovery}\n")
    return tmp_path / "recovery.key"


@pytest.fixture
def back_up(tmp_path, making_key):
    def run(url, *, to=None, files=(), progress=quiet):
        to = to or tmp_path / f"{next(_numbers)}.backup"
        making.make(url, files, to, keys.for_making(making_key), SystemClock(), progress)
        return to

    return run


@pytest.fixture
def empty(postgres_url):
    with empty_database(postgres_url, f"vicino_restored_{os.getpid()}_{next(_numbers)}") as url:
        yield url


@pytest.fixture
def restore(recovery_key):
    def run(path, url, *, key=recovery_key, files_to=None, progress=quiet):
        identity = keys.for_opening(key)
        restoring.refuse_unless_empty(url)
        made = checking.check(path, identity, quiet)
        return restoring.restore(path, identity, made, url, files_to, progress)

    return run


@pytest.fixture
def still_empty(empty):
    def check():
        with psycopg.connect(empty) as connection:
            found = connection.execute(
                "SELECT count(*) FROM pg_class WHERE relnamespace::regnamespace::text"
                " IN ('vicino', 'registry', 'ingest', 'public')"
                " AND relkind IN ('r', 'p', 'S') AND NOT EXISTS (SELECT FROM pg_depend"
                " WHERE objid = pg_class.oid AND deptype = 'e')"
            ).fetchone()
        assert found == (0,)

    return check

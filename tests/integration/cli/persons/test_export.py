"""`vicino person export`: for an administrator of the organisation, noted, in a file that is whole or not there."""

import zipfile
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg.rows import dict_row

from cli.persons.copying import write_copy
from core.clock import SimulatedClock
from core.database import Database, Role
from core.errors import VicinoError
from tests.integration.dashboards import filling

NOW = datetime(2026, 3, 16, 11, 12, tzinfo=UTC)


@pytest.fixture
def connection(database_url):
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def place(connection):
    place = filling.fill(connection, NOW)
    connection.execute(
        "UPDATE registry.membership SET role = 'administrator' WHERE account_id = %s", (place.accounts["anna"],)
    )
    return place


@pytest.fixture
def write(database_url, place, tmp_path):
    told = []

    def run(key="maria", login="anna", to="copy.zip"):
        with Database(database_url, Role.SERVICE, name="test") as database:
            clock = SimulatedClock(NOW)
            size = write_copy(database, key, tmp_path / to, login, clock, lambda *said: told.append(said))
        return size, tmp_path / to, told

    return run


def test_an_administrator_writes_it_and_is_noted(write, connection, place):
    size, path, told = write()
    assert path.stat().st_size == size
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        rows = archive.read("data/readings.csv").decode().count("\n") - 1
    assert told[-1][1] >= 0
    assert ("readings", rows) in told
    noted = connection.execute("SELECT account_id, method, route FROM dashboards.audit").fetchall()
    assert noted == [{"account_id": place.accounts["anna"], "method": "vicino", "route": "/sharing/{public_id}/copy"}]


@pytest.mark.parametrize(
    ("key", "login", "said"),
    [
        ("maria", "bruno", "does not administer"),
        ("ines", "anna", "does not administer"),
        ("nobody", "anna", "nobody with the key"),
        ("maria", "nobody", "no active account"),
    ],
)
def test_nobody_else_does(write, connection, tmp_path, key, login, said):
    with pytest.raises(VicinoError, match=said):
        write(key, login)
    assert list(tmp_path.iterdir()) == []
    assert connection.execute("SELECT count(*) AS n FROM dashboards.audit").fetchone() == {"n": 0}


def test_nothing_is_written_over(write):
    _, path, _ = write()
    before = path.read_bytes()
    with pytest.raises(VicinoError, match="is there already"):
        write()
    assert path.read_bytes() == before

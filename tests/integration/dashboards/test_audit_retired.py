"""Who looked goes when its time is over: whole batches, as they were sealed, and the chain still holds without them."""

import threading
from datetime import timedelta

import psycopg
import pytest

from cli.audit import look
from core.clock import SimulatedClock
from core.database import Database, Role
from core.viewer import Viewer
from dashboards import repository
from dashboards.sealing import retire_all, seal_all
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW

DAYS = 730
OLD = NOW - timedelta(days=DAYS + 10)


@pytest.fixture
def audited(connection, place, database):
    """Three batches of two entries each, the first two of which are too old, and readings of today."""
    maria = place.homes["maria"]
    connection.execute(
        "INSERT INTO ingest.touched (home_id, hour, received_at) VALUES (%s, %s, %s)", (maria.home_id, NOW, NOW)
    )
    for at in (OLD, OLD + timedelta(days=1), NOW - timedelta(days=1)):
        for _ in range(2):
            with database.seen_by(Viewer(place.accounts["anna"])) as view:
                repository.note_look(view.connection, [maria.person_id], [], "GET", "/persons/{public_id}", at)
        assert seal_all(database, SimulatedClock(at)) == 2
    return maria


@pytest.fixture
def seen(database_url):
    def verify():
        with Database(database_url, Role.SERVICE, name="test") as service, service.transaction() as connection:
            return look(connection)

    return verify


def retire(database, days=DAYS, now=NOW):
    return retire_all(database, SimulatedClock(now), threading.Event(), days)


def test_whole_batches_go_and_the_chain_still_holds(audited, database, connection, seen):
    assert retire(database) == 4
    found = seen()
    assert found.is_whole
    assert (found.retired, found.entries) == (4, 6)
    assert filling.one(connection, "SELECT count(*) FROM dashboards.audit") == 2
    assert filling.one(connection, "SELECT count(*) FROM dashboards.audit_seal") == 3
    assert retire(database) is None


def test_what_was_tampered_with_stays_and_is_found(audited, database, connection, seen):
    connection.execute("SET session_replication_role = replica")
    connection.execute("DELETE FROM dashboards.audit WHERE audit_id = (SELECT min(audit_id) FROM dashboards.audit)")
    assert retire(database) is None
    assert [fault.seal_id for fault in seen().faults] == [1]


def test_seals_of_what_was_dropped_are_still_looked_at(audited, database, connection, seen):
    retire(database)
    connection.execute("SET session_replication_role = replica")
    connection.execute("UPDATE dashboards.audit_seal SET sealed_at = sealed_at + interval '1 second' WHERE seal_id = 1")
    assert 1 in {fault.seal_id for fault in seen().faults}


def test_an_entry_put_back_or_taken_from_what_stays_is_found(audited, database, connection, seen):
    retire(database)
    connection.execute("SET session_replication_role = replica")
    connection.execute(
        "INSERT INTO dashboards.audit (audit_id, at, account_id, method, route, persons) OVERRIDING SYSTEM VALUE"
        " VALUES (1, %s, 1, 'GET', '/', %s)",
        (OLD, [b"x"]),
    )
    assert [fault.seal_id for fault in seen().faults] == [1]
    connection.execute("DELETE FROM dashboards.audit WHERE audit_id = 1")
    assert seen().is_whole
    connection.execute("DELETE FROM dashboards.audit WHERE audit_id = (SELECT max(audit_id) FROM dashboards.audit)")
    assert [fault.seal_id for fault in seen().faults] == [3]


def test_a_clock_that_jumps_ahead_and_a_few_days_drop_nothing(audited, database, connection):
    assert retire(database, days=DAYS + 100, now=NOW + timedelta(days=9_000)) is None
    with pytest.raises(psycopg.errors.RaiseException):
        retire(database, days=29)
    assert filling.one(connection, "SELECT count(*) FROM dashboards.audit") == 6


def test_nobody_else_removes_anything(audited, database):
    with database.connection() as people, pytest.raises(psycopg.errors.InsufficientPrivilege):
        people.execute("DELETE FROM dashboards.audit")

"""Alerts that were closed long ago go with all that hangs on them; open ones stay, and none opens again."""

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.rows import dict_row

from alerts.retention.removing import NAME, remove
from core.clock import SimulatedClock
from core.database import Database, Role
from tests.integration.dashboards import filling

NOW = datetime(2026, 3, 16, 11, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=2_000)
CLOSED = """\
INSERT INTO ingest.urgent (home_id, quantity_id, ts, value, received_at) VALUES (%(home)s, 20, %(at)s, 1,
    %(at)s);
INSERT INTO alerts.taken_in (source, source_id, alert_id, at) SELECT 'urgent', max(urgent_id), %(alert)s, %(at)s
    FROM ingest.urgent;
INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, contact_id, address, language,
    due_at, state, sent_at) SELECT %(o)s, %(alert)s, 1, 1, 'sms', contact_id, '+39 333', 'it', %(at)s, 'sent',
    %(at)s FROM registry.contact WHERE person_id = %(person)s;
INSERT INTO alerts.reply SELECT notification_id, organisation_id, alert_id, 'there', %(at)s FROM
    alerts.notification WHERE alert_id = %(alert)s;
INSERT INTO alerts.shift_handover (organisation_id, made_by, made_by_name, note, made_at, until, state,
    ended_at) VALUES (%(o)s, 1, 'Anna', 'Maria', %(at)s, %(at)s + interval '1 hour', 'expired', %(at)s);
INSERT INTO alerts.shift_handover_alert SELECT max(shift_handover_id), %(o)s, %(alert)s, 1 FROM
    alerts.shift_handover;
"""


@pytest.fixture
def connection(database_url):
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def maria(connection):
    place = filling.fill(connection, NOW, life=False)
    maria = place.homes["maria"]
    connection.execute(
        "INSERT INTO ingest.touched (home_id, hour, received_at) VALUES (%s, %s, %s)", (maria.home_id, NOW, NOW)
    )
    return maria


def closed(connection, maria, kind, at):
    """Open an alert, tell a contact of it, let it be handed over with a shift, and close it."""
    public_id = filling.alert(
        connection, maria, at, kind=kind, state="resolved", outcome="true", resolved_at=at + timedelta(hours=1)
    )
    given = {"alert": filling.one(connection, "SELECT alert_id FROM alerts.alert WHERE public_id = %s", public_id),
             "at": at, "o": maria.organisation_id, "home": maria.home_id, "person": maria.person_id}  # fmt: skip
    for statement in filter(str.strip, CLOSED.split(";\n")):
        connection.execute(statement, given)
    return given["alert"]


@pytest.fixture
def run(database_url, maria):
    with Database(database_url, Role.SERVICE, name="test") as database:

        def go(days=1_825, now=NOW):
            return remove(database, SimulatedClock(now), threading.Event(), NAME, days)

        yield go


def counts(connection):
    names = ("alert", "history", "notification", "reply", "shift_handover", "shift_handover_alert")
    return [filling.one(connection, f"SELECT count(*) FROM alerts.{name}") for name in names]  # noqa: S608


def test_what_was_closed_long_ago_goes_and_what_is_open_or_younger_stays(run, connection, maria):
    old = [closed(connection, maria, f"kind_{number}", LONG_AGO + timedelta(days=number)) for number in range(3)]
    young = closed(connection, maria, "young", NOW - timedelta(days=30))
    filling.alert(connection, maria, LONG_AGO, kind="open", group_of=old[0])
    assert counts(connection) == [5, 5, 4, 4, 4, 4]
    assert run() == 3 * 6
    assert counts(connection) == [2, 2, 1, 1, 1, 1]
    left = connection.execute("SELECT kind, group_of FROM alerts.alert ORDER BY kind").fetchall()
    assert left == [{"kind": "open", "group_of": None}, {"kind": "young", "group_of": None}]
    # What called then is still known: it calls nobody again.
    known = connection.execute("SELECT alert_id FROM alerts.taken_in ORDER BY source_id").fetchall()
    assert [row["alert_id"] for row in known] == [None, None, None, young]


def test_more_than_a_slice_goes_in_one_night_and_only_once(run, connection, maria, monkeypatch):
    monkeypatch.setattr("alerts.retention.removing.AT_ONCE", 2)
    for number in range(5):
        closed(connection, maria, f"kind_{number}", LONG_AGO)
    assert run() == 5 * 6
    assert counts(connection) == [0] * 6
    assert run() is None


def test_a_clock_that_jumps_ahead_removes_nothing(run, connection, maria):
    closed(connection, maria, "young", NOW - timedelta(days=30))
    assert run(now=NOW + timedelta(days=9_000)) == 0
    assert counts(connection)[0] == 1

"""What was worked out goes when its time is over, once a night, and what is younger stays."""

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.rows import dict_row

from analytics.retention import repository
from analytics.retention.removing import remove
from core.clock import SimulatedClock
from core.database import Database, Role
from tests.integration.dashboards import filling

NOW = datetime(2026, 3, 16, 11, 12, tzinfo=UTC)


@pytest.fixture
def connection(database_url):
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def place(connection):
    place = filling.fill(connection, NOW)
    maria = place.homes["maria"]
    connection.execute(
        "INSERT INTO ingest.touched (home_id, hour, received_at) VALUES (%s, %s, %s)", (maria.home_id, NOW, NOW)
    )
    for days in (4, 400):
        connection.execute(
            "INSERT INTO analytics.finding (organisation_id, home_id, family, kind, severity, started_at, ended_at,"
            " found_at, updated_at, coverage, detector, detector_version, explanation_it, explanation_en, evidence)"
            " SELECT %(o)s, %(h)s, 'wellbeing', 'k', 1, at, at, at, at, 1, 'd', '1', '', '', '{}'"
            " FROM (SELECT %(now)s - make_interval(days => %(days)s) AS at) AS day_of",
            {"o": maria.organisation_id, "h": maria.home_id, "now": NOW, "days": days},
        )
        filling.proposal(
            connection, maria, "away", NOW - timedelta(days=days, hours=2), "Via.", NOW - timedelta(days=days)
        )
    filling.proposal(connection, maria, "hospital", NOW - timedelta(days=900), "Via.")
    connection.execute(
        "INSERT INTO analytics.outcome (finding_id, organisation_id, home_id, judged_as, outcome, detector, kind,"
        " account_id, account_name, at) SELECT finding_id, organisation_id, home_id, gen_random_uuid(), 'true', 'd',"
        " 'k', %s, 'Anna', %s"
        " FROM analytics.finding",
        (place.accounts["anna"], NOW),
    )
    return place


@pytest.fixture
def run(database_url, place):
    with Database(database_url, Role.SERVICE, name="test") as database:

        def go(name="analysis", days=5, now=NOW):
            return remove(database, SimulatedClock(now), threading.Event(), name, days)

        yield go


def count(connection, table, where="true"):
    return filling.one(connection, f"SELECT count(*) FROM analytics.{table} WHERE {where}")  # noqa: S608 - our own names


def test_what_is_older_goes_and_what_is_younger_stays(run, connection):
    before = {name: count(connection, name) for name in ("episode", "indicator", "hourly", "baseline")}
    limit = f"'{NOW - timedelta(days=5)}'::timestamptz"
    younger = {name: count(connection, name, f"day >= ({limit})::date") for name in ("indicator", "hourly", "baseline")}
    younger["episode"] = count(connection, "episode", f"started_at >= {limit}")
    removed = run()
    assert {name: count(connection, name) for name in before} == younger
    assert removed == sum(before.values()) - sum(younger.values()) > 100
    assert count(connection, "finding") == 2


def test_findings_go_with_how_they_were_judged_and_contexts_that_are_over(run, connection):
    assert run("findings", 365) >= 2
    assert count(connection, "finding") == count(connection, "outcome") == 1
    kinds = connection.execute("SELECT kind FROM analytics.context ORDER BY kind").fetchall()
    assert [row["kind"] for row in kinds] == ["away", "hospital"]  # one that goes on is not over


def test_it_is_done_once_a_night(run, connection):
    assert run() > 0
    assert run() is None
    assert run(now=NOW + timedelta(hours=23)) is not None
    row = connection.execute("SELECT * FROM analytics.retention").fetchone()
    assert row["night"] == (NOW + timedelta(days=1)).date()


def test_a_clock_that_jumps_ahead_removes_nothing(run, connection):
    before = count(connection, "episode")
    assert run(days=30, now=NOW + timedelta(days=5_000)) == 0
    assert count(connection, "episode") == before


def test_nothing_goes_where_nothing_has_come_in_for_weeks(run, connection):
    connection.execute("DELETE FROM ingest.touched")
    assert run() is None


def test_every_table_of_days_and_instants_is_in_a_class(connection):
    """A table that grows by the day and is in no class would be kept for ever by mistake."""
    growing = {
        row["relname"]
        for row in connection.execute(
            "SELECT DISTINCT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
            " WHERE relnamespace = 'analytics'::regnamespace AND relkind = 'r'"
            " AND attname IN ('day', 'started_at', 'at')"
        )
    }
    ruled = {name.split("_", 1)[1] for names in repository.CLASSES.values() for name in names}
    kept = {
        "calendar": "one row for each home",
        "due_day": "goes when the day is worked out",
        "context_history": "goes with its context",
        "outcome": "goes with its finding",
    }
    assert growing - ruled - kept.keys() == set()

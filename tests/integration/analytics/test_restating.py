"""What an earlier version computed is computed again after an upgrade: once, and one home after the other."""

import threading
from datetime import date, timedelta

import pytest

from analytics.jobs import Pace, analyse_home, look
from analytics.restating.overtaken import DAYS, PAUSE, restate
from analytics.version import CODE_VERSION

NEVER = threading.Event()
SOON = Pace(settle=timedelta(0), cadence=timedelta(0))
LAST = date(2026, 2, 28)
FIGURES = "SELECT home_id, kind, day, value, coverage, readings FROM analytics.indicator ORDER BY home_id, kind, day"


def catch_up(database, clock) -> list[int]:
    due = look(database, clock, SOON, calendar=False)
    for home_id in due:
        analyse_home(database, clock, home_id, NEVER)
    return due


@pytest.fixture
def homes(installation, database, clock, days_of):
    """Two homes of two months, all of which is computed."""
    organisation = installation.organisation()
    made = [installation.home(organisation) for _ in range(2)]
    for home in made:
        installation.store(home, days_of(LAST - timedelta(days=55), LAST))
    restate(database, clock)
    catch_up(database, clock)
    installation.connection.execute("DELETE FROM analytics.due_day")
    return [home.home_id for home in made]


def upgraded_from(installation, version) -> None:
    """As if that version had computed everything, and what it made of nights had gone with the migration."""
    installation.connection.execute("UPDATE analytics.progress SET code_version = %s", (version,))
    installation.connection.execute("UPDATE analytics.indicator SET code_version = %s", (version,))
    installation.connection.execute("DELETE FROM analytics.indicator WHERE kind = 'night_bathroom_visits'")


def test_the_last_weeks_are_computed_again_one_home_after_the_other(installation, database, clock, homes):
    before = installation.rows(FIGURES)
    findings = installation.rows("SELECT * FROM analytics.finding ORDER BY finding_id")
    upgraded_from(installation, "3")
    since = (clock.now() - DAYS).date()
    assert restate(database, clock) == 2 * (LAST - since + timedelta(days=1)).days
    assert catch_up(database, clock) == homes[:1]
    assert catch_up(database, clock) == []
    clock.advance(PAUSE.total_seconds())
    assert catch_up(database, clock) == homes[1:]
    mended = [row for row in before if row["kind"] != "night_bathroom_visits" or row["day"] >= since]
    assert installation.rows(FIGURES) == mended
    lately = "SELECT DISTINCT code_version FROM analytics.indicator WHERE day >= %s AND day <= %s"
    assert installation.rows(lately, since, LAST) == [{"code_version": CODE_VERSION}]
    assert installation.rows("SELECT * FROM analytics.finding ORDER BY finding_id") == findings


def test_each_version_does_so_once_and_a_new_installation_has_nothing_to_do(installation, database, clock, homes):
    assert restate(database, clock) == 0
    upgraded_from(installation, "3")
    assert restate(database, clock) > 0
    installation.connection.execute("DELETE FROM analytics.due_day")
    assert restate(database, clock) == 0


def test_a_day_that_is_due_already_is_due_no_later(installation, database, clock, homes):
    sooner = clock.now() - timedelta(minutes=1)
    upgraded_from(installation, "3")
    installation.connection.execute(
        "INSERT INTO analytics.due_day (home_id, day, since, due_at) VALUES (%s, %s, %s, %s)",
        (homes[1], LAST, sooner, sooner),
    )
    restate(database, clock)
    at = "SELECT due_at FROM analytics.due_day WHERE home_id = %s AND day = %s"
    assert installation.rows(at, homes[1], LAST) == [{"due_at": sooner}]

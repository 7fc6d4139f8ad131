"""What outcomes do to the changes of a home: never to what was told before them, always to what comes after."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from analytics.backtest import backtest, days_until
from analytics.feedback.shift import Judged, shift_of
from analytics.homes import homes
from analytics.jobs import analyse
from analytics.reads import findings_that_hold
from analytics.rules.standing import CHANGES, ChangeSettings
from tests.unit.analytics.made import utc

BAD, LAST = date(2026, 2, 26), date(2026, 2, 27)
FIRST = BAD - timedelta(days=25)


@pytest.fixture
def home(installation, days_of, day_of_visits):
    made = installation.home(installation.organisation())
    installation.store(made, [*days_of(FIRST, BAD - timedelta(days=1)), *day_of_visits(BAD, 14), *days_of(LAST, LAST)])
    return made


def told(database, home):
    with database.transaction() as connection:
        rows = findings_that_hold(connection, utc(FIRST, "00:00"), utc(date(2026, 3, 2), "00:00"))
    return [row for row in rows if row["home_id"] == home.home_id and row["kind"] == "night_bathroom_visits"]


def judged_false(installation, home, at, *, times, of) -> None:
    """Somebody closed so many alerts about changes of nights at a home as false."""
    account = installation.viewer(home.organisation_id)
    for number in range(times):
        made = installation.one(
            "INSERT INTO analytics.finding (organisation_id, home_id, family, kind, severity, started_at, ended_at,"
            " found_at, updated_at, coverage, detector, detector_version, explanation_it, explanation_en, evidence)"
            " VALUES (%s, %s, 'wellbeing', 'night_walking', 0.5, %s, %s, %s, %s, 1, 'change', '1', '', '', '{}')"
            " RETURNING finding_id",
            home.organisation_id, of.home_id, *[at - timedelta(days=90, hours=number)] * 4,
        )  # fmt: skip
        installation.connection.execute(
            "INSERT INTO analytics.outcome VALUES (%s, %s, %s, %s, 'false', 'change', 'night_walking', 'night',"
            " 'sudden', %s, 'Anna', %s)",
            (made, home.organisation_id, of.home_id, uuid4(), account, at),
        )


def judged_anew(installation, database, clock) -> int:
    """All figures are restated, and with them what is told."""
    installation.connection.execute("DELETE FROM analytics.indicator")
    return analyse(database, FIRST, LAST, clock=clock)


def test_an_outcome_leaves_what_it_is_about_as_it_was(installation, database, clock, home) -> None:
    analyse(database, FIRST, LAST, clock=clock)
    (before,) = told(database, home)
    assert before["evidence"]["shift"] == 0
    judged_false(installation, home, utc(LAST, "11:00"), times=20, of=home)
    assert judged_anew(installation, database, clock) == 0
    assert told(database, home) == [before]


def test_what_comes_after_is_told_less_readily_and_says_so(installation, database, clock, home) -> None:
    analyse(database, FIRST, LAST, clock=clock)
    (before,) = told(database, home)
    judged_false(installation, home, utc(BAD, "12:00"), times=1, of=home)
    # What is judged next door counts from the next month on.
    neighbour = installation.home(home.organisation_id)
    judged_false(installation, home, utc(FIRST - timedelta(days=1), "12:00"), times=3, of=neighbour)
    judged_false(installation, home, utc(FIRST, "12:00"), times=9, of=neighbour)
    shift = shift_of(Judged(0, 1), Judged(0, 3))
    # Nobody else's outcomes count.
    stranger = installation.home(installation.organisation())
    judged_false(installation, stranger, utc(BAD, "12:00"), times=20, of=stranger)
    judged_anew(installation, database, clock)
    (after,) = told(database, home)
    assert after["evidence"]["shift"] == shift
    assert after["evidence"]["rarity"] == pytest.approx(before["evidence"]["rarity"] - shift, abs=0.011)
    assert after["severity"] < before["severity"]
    (day,) = installation.rows(
        "SELECT rarity, shift FROM analytics.change_day WHERE home_id = %s AND domain = 'night' AND pace = 'sudden'"
        " AND day = %s",
        home.home_id, BAD,
    )  # fmt: skip
    assert (day["shift"], round(day["rarity"], 2)) == (shift, after["evidence"]["rarity"])
    with database.transaction() as connection:
        known = homes(connection)[home.home_id]
        every = backtest(connection, known, CHANGES, ChangeSettings(), days_until(LAST, 20), clock.now())
    (again,) = [one for one in every if one.kind == "night_bathroom_visits"]
    assert again.evidence["shift"] == shift
    assert again.severity == pytest.approx(after["severity"], abs=0.001)


def test_what_later_data_refuted_moves_nothing(installation, database, clock, home) -> None:
    judged_false(installation, home, utc(BAD, "12:00"), times=20, of=home)
    installation.connection.execute("UPDATE analytics.finding SET withdrawn_at = updated_at")
    analyse(database, FIRST, LAST, clock=clock)
    assert told(database, home)[0]["evidence"]["shift"] == 0

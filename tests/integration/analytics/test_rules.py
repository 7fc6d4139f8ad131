"""Rules on stored readings: found, restated, on trial, off, and set by whom."""

import threading
from datetime import date, time, timedelta

import pytest

from analytics.backtest import backtest, settings_in
from analytics.frames import instant
from analytics.homes import homes
from analytics.jobs import analyse, analyse_home
from analytics.reads import findings_of_home, findings_that_hold
from analytics.repository import due_homes, due_of_homes
from analytics.rules.repository import (
    Scope,
    end_visit,
    put_setting,
    put_visit,
    settings_of_all,
    standings_of,
    temperatures_of,
    visits_of,
)
from analytics.rules.standing import Mode, Setting
from analytics.rules.timetable import ExpectedVisit
from analytics.telling.reads import findings_since
from core.clock import SimulatedClock
from core.errors import VicinoError
from core.viewer import Viewer
from tests.integration.analytics.conftest import SENSORS
from tests.unit.analytics.made import at, utc

FIRST, BAD, LAST = date(2026, 2, 1), date(2026, 2, 20), date(2026, 2, 24)
LONG_AGO = utc(date(2020, 1, 1), "00:00")
THERMOMETERS = (("bedroom", "bedroom", "temperature", "wall"), ("kitchen", "kitchen", "temperature", "ceiling"))


@pytest.fixture
def home(installation, days_of):
    made = installation.home(installation.organisation(), sensors=(*SENSORS, *THERMOMETERS))
    installation.store(made, [*days_of(FIRST, LAST), (at(BAD, "26:00"), "entrance_door")])
    return made


def run(database, clock, home):
    return analyse(database, FIRST, LAST, clock=clock, homes=[home.home_id])


def of_rules(database, home, kind):
    with database.transaction() as connection:
        rows = findings_that_hold(connection, LONG_AGO, utc(date(2100, 1, 1), "00:00"))
    return [row for row in rows if row["home_id"] == home.home_id and row["kind"] == kind]


def standing(database, home):
    with database.transaction() as connection:
        return standings_of(connection, homes(connection)[home.home_id])


def test_somebody_who_left_by_night_is_found_and_restated_by_what_comes_late(installation, database, clock, home):
    run(database, clock, home)
    (found,) = of_rules(database, home, "night_absence")
    assert found["started_at"] == utc(BAD + timedelta(days=1), "02:00")
    assert found["ended_at"] == utc(BAD + timedelta(days=1), "04:30")
    assert found["detector"] == "night_absence"
    assert "in the last" in found["explanation_en"]
    assert "2 ore e 30 minuti" in found["explanation_it"]
    assert run(database, clock, home) == 0
    installation.store(home, [(at(BAD, "26:05"), "bedroom")])
    assert run(database, clock, home) > 0
    assert of_rules(database, home, "night_absence") == []
    assert len(of_rules(database, home, "night_door_opened")) == 1


def test_on_trial_it_is_shown_and_never_alerts(database, people, installation, clock, home):
    with database.transaction() as connection:
        scope = Scope(home.organisation_id)
        put_setting(connection, scope, Setting("night_absence", Mode.SHADOW, {}), None, clock.now())
    run(database, clock, home)
    (found,) = of_rules(database, home, "night_absence")
    assert found["trial"]
    with database.transaction() as connection:
        alerting = findings_since(connection, LONG_AGO)
    assert [row for row in alerting if row["home_id"] == home.home_id and row["kind"] == "night_absence"] == []
    with people.seen_by(Viewer(installation.viewer(home.organisation_id))) as view:
        shown = findings_of_home(view, home.home_id, LONG_AGO, clock.now())
    assert [row["trial"] for row in shown if row["kind"] == "night_absence"] == [True]


def test_off_it_is_withdrawn_and_a_home_may_have_its_own(database, clock, home, installation):
    run(database, clock, home)
    with database.transaction() as connection:
        put_setting(connection, Scope(home.organisation_id), Setting("night_absence", Mode.OFF, {}), None, clock.now())
    assert run(database, clock, home) > 0
    assert of_rules(database, home, "night_absence") == []
    with database.transaction() as connection:
        own = Scope(home.organisation_id, home.home_id)
        put_setting(connection, own, Setting("night_absence", Mode.ACTIVE, {"least": 200}), None, clock.now())
    run(database, clock, home)
    assert of_rules(database, home, "night_absence") == []  # two and a half hours are allowed there
    assert standing(database, home)["night_absence"].settings.least == 200


def test_what_is_set_nearer_to_the_home_counts_field_by_field_and_the_last_of_it(database, clock, installation, home):
    union = installation.organisation()
    installation.connection.execute(
        "UPDATE registry.organisation SET parent_id = %s WHERE organisation_id = %s", (union, home.organisation_id)
    )
    account = installation.viewer(home.organisation_id)
    with database.transaction() as connection:
        for scope, fields in (
            (Scope(home.organisation_id, home.home_id), {"advised": 19}),
            (Scope(home.organisation_id), {"always": 15, "advised": 17}),
            (Scope(home.organisation_id), {"always": 14.5}),
            (Scope(union), {"colder": 3, "always": 10}),
            (Scope(union), {"no such": 1}),
        ):
            put_setting(connection, scope, Setting("cold", None, fields), account, clock.now())
        known = settings_of_all(connection)
    cold = standing(database, home)["cold"]
    assert (cold.mode, cold.settings.colder) == (Mode.ACTIVE, 2.0)  # what does not fit is left as it was above
    assert (cold.settings.always, cold.settings.advised) == (14.5, 19.0)
    assert {row["set_by"] for row in known if row["organisation_id"] == home.organisation_id} == {account}


def test_a_detector_can_be_on_trial_or_off_too(database, clock, home, installation, day_of_visits):
    installation.store(home, [row for row in day_of_visits(BAD, 8) if row[1] == "bathroom"])
    run(database, clock, home)
    assert [row["trial"] for row in of_rules(database, home, "night_bathroom_visits")] == [False]
    scope = Scope(home.organisation_id)
    for mode, trials in ((Mode.SHADOW, [True]), (Mode.OFF, []), (Mode.ACTIVE, [False])):
        with database.transaction() as connection:
            put_setting(connection, scope, Setting("night_bathroom_visits", mode, {}), None, clock.now())
        run(database, clock, home)
        assert [row["trial"] for row in of_rules(database, home, "night_bathroom_visits")] == trials


def test_a_visit_that_is_expected_and_missed(database, clock, home):
    every_day = ExpectedVisit(0, "Carla", frozenset(range(7)), time(10), time(10, 45), 30, BAD, None)
    with database.transaction() as connection:
        visit_id = put_visit(connection, home.home_id, every_day, None, clock.now())
        assert visits_of(connection, home.home_id) == [every_day._replace(visit_id=visit_id)]
    run(database, clock, home)
    # The door is moved in the night between two days and never again: it lived on both of them, and of later days
    # nothing is said, for its sensor may be stuck.
    missed = of_rules(database, home, "visit_missed")
    assert {row["started_at"] for row in missed} == {utc(BAD + timedelta(days=ahead), "10:00") for ahead in (0, 1)}
    with database.transaction() as connection:
        assert end_visit(connection, visit_id, BAD)
        assert not end_visit(connection, visit_id + 1000, BAD)
    run(database, clock, home)
    missed = of_rules(database, home, "visit_missed")
    assert [row["started_at"] for row in missed] == [utc(BAD, "10:00")], "the last day on which it was expected"


def thermometer(installation, home, day_values):
    rows = [
        (at(day, f"{half // 2}:{30 * (half % 2):02}"), series, value(half // 2))
        for day, value in day_values
        for half in range(48)
        for series in home.series_in_order[-2:]
    ]
    with installation.connection.transaction(), installation.connection.cursor() as cursor:
        stamped = [(instant(moment), series, value) for moment, series, value in rows]
        cursor.execute("SELECT ingest.ensure_partitions(%s, %s)", (stamped[0][0], stamped[-1][0]))
        cursor.executemany("INSERT INTO ingest.reading_level (ts, series_id, value) VALUES (%s, %s, %s)", stamped)


def test_a_home_that_cools_is_found_by_what_is_kept_of_its_rooms(database, clock, home, installation):
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    thermometer(installation, home, [(day, lambda _: 20.0) for day in days if day < BAD])
    thermometer(installation, home, [(BAD, lambda hour: 20.0 - max(0, hour - 16))])
    thermometer(installation, home, [(BAD + timedelta(days=1), lambda hour: 13.0 if hour < 9 else 20.0)])
    thermometer(installation, home, [(day, lambda _: 20.0) for day in days if day > BAD + timedelta(days=1)])
    run(database, clock, home)
    (found,) = of_rules(database, home, "cold")
    assert found["started_at"] == utc(BAD, "18:00")
    assert found["ended_at"] == utc(BAD + timedelta(days=1), "09:00")
    with database.transaction() as connection:
        kept = temperatures_of(connection, home.home_id, BAD, BAD)
    assert sorted(hours[23] for hours in kept[BAD].values()) == [13.0, 13.0]
    # An early day computed alone does not know how long it lasted: what is known stays.
    assert analyse(database, BAD, BAD, clock=clock, homes=[home.home_id]) == 0
    assert [row["ended_at"] for row in of_rules(database, home, "cold")] == [found["ended_at"]]


def test_a_backtest_tells_what_settings_would_have_raised_and_stores_nothing(database, clock, home, installation):
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    run(database, clock, home)
    before = installation.rows("SELECT xmin::text, finding_id FROM analytics.finding ORDER BY finding_id")
    with database.transaction() as connection:
        own = homes(connection)[home.home_id]
        as_set = backtest(
            connection, own, "night_absence", settings_in(connection, own, "night_absence", {}), days, clock.now()
        )
        patient = settings_in(connection, own, "night_absence", {"least": "200"})
        assert backtest(connection, own, "night_absence", patient, days, clock.now()) == []
        strict = settings_in(connection, own, "activity_hall", {"limit": 1})
        assert backtest(connection, own, "activity_hall", strict, days, clock.now()) == []
        with pytest.raises(VicinoError, match="while nothing moves"):
            backtest(connection, own, "stillness", None, days, clock.now())
        with pytest.raises(VicinoError, match="do not fit"):
            settings_in(connection, own, "night_absence", {"least": -1})
        with pytest.raises(VicinoError, match="no rule"):
            settings_in(connection, own, "no such", {})
    (stored,) = of_rules(database, home, "night_absence")
    (found,) = as_set
    assert (found.interval.start, found.explanation_it) == (stored["started_at"], stored["explanation_it"])
    assert installation.rows("SELECT xmin::text, finding_id FROM analytics.finding ORDER BY finding_id") == before


def test_a_backtest_of_changes_tells_what_was_told_and_what_another_budget_would(
    database, clock, home, installation, day_of_visits
):
    installation.store(home, [row for row in day_of_visits(BAD, 8) if row[1] == "bathroom"])
    run(database, clock, home)
    (stored,) = of_rules(database, home, "night_bathroom_visits")
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]

    def told(connection, own, rule, **fields):
        settings = settings_in(connection, own, rule, fields)
        return [
            (one.kind, one.interval.start, one.explanation_it)
            for one in backtest(connection, own, rule, settings, days, clock.now())
        ]

    with database.transaction() as connection:
        own = homes(connection)[home.home_id]
        assert told(connection, own, "night_bathroom_visits") == [
            ("night_bathroom_visits", stored["started_at"], stored["explanation_it"])
        ]
        assert told(connection, own, "meals") == []
        usual = told(connection, own, "changes")
        assert (
            len(told(connection, own, "changes", budget=0.02))
            <= len(usual)
            <= len(told(connection, own, "changes", budget=5))
        )
        with pytest.raises(VicinoError, match="do not fit"):
            settings_in(connection, own, "changes", {"budget": 0})


def test_a_budget_that_is_set_decides_what_is_told(database, clock, home, installation, day_of_visits):
    installation.store(home, [row for row in day_of_visits(BAD, 8) if row[1] == "bathroom"])
    scope = Scope(home.organisation_id)
    numbers = []
    for mode, budget in ((Mode.ACTIVE, 0.02), (Mode.ACTIVE, 5.0), (Mode.OFF, 5.0)):
        with database.transaction() as connection:
            put_setting(connection, scope, Setting("changes", mode, {"budget": budget}), None, clock.now())
        run(database, clock, home)
        numbers.append(len(of_rules(database, home, "night_bathroom_visits")))
    assert numbers[1:] == [1, 0]
    assert numbers[0] <= numbers[1]


def test_what_is_set_of_changes_has_the_homes_judged_again_once(database, home, installation, day_of_visits):
    installation.store(home, [row for row in day_of_visits(BAD, 8) if row[1] == "bathroom"])
    clock = SimulatedClock(utc(BAD + timedelta(days=1), "15:00"))
    other = installation.home(installation.organisation())
    for mode, found in ((Mode.OFF, 0), (Mode.ACTIVE, 1)):
        with database.transaction() as connection:
            put_setting(
                connection, Scope(home.organisation_id), Setting("changes", mode, {"budget": 5.0}), None, clock.now()
            )
            assert list(due_of_homes(connection, range(home.home_id, other.home_id + 1), clock.now())) == [home.home_id]
        if mode is Mode.OFF:
            analyse(database, FIRST, BAD, clock=clock, homes=[home.home_id])
        analyse_home(database, clock, home.home_id, stop=threading.Event())
        assert len(of_rules(database, home, "night_bathroom_visits")) == found
        with database.transaction() as connection:
            assert home.home_id not in due_homes(connection, clock.now())
            put_setting(connection, Scope(home.organisation_id), Setting("cold", mode, {}), None, clock.now())
            assert home.home_id not in due_homes(connection, clock.now()), "it is judged with each look as it is"

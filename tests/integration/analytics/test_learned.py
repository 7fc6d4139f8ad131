"""The learned detector in the nightly run: on trial in every home until somebody says otherwise."""

from datetime import date, timedelta

from analytics.jobs import analyse
from analytics.rules.repository import Scope, put_setting
from analytics.rules.standing import Mode, Setting
from tests.integration.analytics.conftest import SENSORS
from tests.unit.analytics.made import at

FIRST, RESTLESS, LAST = date(2026, 2, 1), date(2026, 2, 24), date(2026, 2, 26)


def going_about(day: date) -> list[tuple[int, str]]:
    rooms = ("kitchen", "bathroom", "bedroom")
    rows = [(hour, minute) for hour in range(7, 19) for minute in range(0, 60, 2)]
    return [(at(day, f"{hour}:{minute:02}"), rooms[n % 3]) for n, (hour, minute) in enumerate(rows)]


def findings(installation, home):
    return installation.rows(
        "SELECT started_at, trial, explanation_it, evidence FROM analytics.finding"
        " WHERE kind = 'learned' AND home_id = %s AND withdrawn_at IS NULL",
        home.home_id,
    )


def test_a_restless_day_is_found_on_trial_and_the_detector_can_be_set(database, installation, clock, days_of) -> None:
    home = installation.home(installation.organisation(), sensors=SENSORS)
    installation.store(home, days_of(FIRST, LAST))
    installation.store(home, going_about(RESTLESS))
    assert analyse(database, FIRST, LAST, clock=clock, homes=[home.home_id]) >= 1
    (found,) = findings(installation, home)
    assert found["trial"]
    assert found["evidence"]["day"] == RESTLESS.isoformat()
    assert "Un modello" in found["explanation_it"]
    states = installation.rows("SELECT state FROM analytics.wellbeing_day WHERE day = %s", RESTLESS)
    for mode, trials in ((Mode.ACTIVE, [False]), (Mode.OFF, []), (Mode.SHADOW, [True])):
        with database.transaction() as connection:
            put_setting(connection, Scope(home.organisation_id), Setting("learned", mode, {}), None, clock.now())
        analyse(database, RESTLESS, RESTLESS + timedelta(days=1), clock=clock, homes=[home.home_id])
        assert [row["trial"] for row in findings(installation, home)] == trials
    assert installation.rows("SELECT state FROM analytics.wellbeing_day WHERE day = %s", RESTLESS) == states

"""A home whose SOS button is not pressed as often as it is asked is found, once, until it is pressed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from psycopg.types.json import Jsonb

from analytics import test_alarms
from analytics.repository import Home, told_of_homes
from analytics.together import Together
from tests.integration.analytics.conftest import NOW, SENSORS, Installation, MadeHome

BUTTON = ("button", "bedroom", "sos_button", "")
ASKED = NOW - timedelta(days=100)


@pytest.fixture
def home(installation: Installation) -> MadeHome:
    made = installation.home(installation.organisation(), sensors=(*SENSORS, BUTTON))
    ask(installation, made, 30)
    return made


def ask(installation: Installation, home: MadeHome, days: int | None) -> None:
    installation.connection.execute(
        "INSERT INTO devices.offline_rules (home_id, organisation_id, rules, changed_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (home_id) DO UPDATE SET rules = excluded.rules",
        (home.home_id, home.organisation_id, Jsonb({} if days is None else {"test_alarm_days": days}), ASKED),
    )


def press(installation: Installation, home: MadeHome, at: datetime) -> None:
    installation.store(home, [(round(at.timestamp() * 1_000_000), "button")])


def check(installation, database, home, now=NOW) -> list[dict]:
    with database.transaction() as connection:
        made = Home(home.home_id, home.organisation_id, None, ZoneInfo("Europe/Rome"))
        together = Together(connection, [made.home_id])
        test_alarms.check(together, made, now, together.of(made.home_id, told_of_homes))
    return installation.rows("SELECT * FROM analytics.finding WHERE kind = 'no_test_alarm' ORDER BY finding_id")


def test_a_button_that_was_pressed_lately_is_no_finding(installation, database, home) -> None:
    press(installation, home, NOW - timedelta(days=29))
    assert check(installation, database, home) == []


def test_an_overdue_test_is_found_once_and_withdrawn_by_a_press(installation, database, home) -> None:
    pressed = NOW - timedelta(days=34)
    press(installation, home, pressed)
    (first,) = check(installation, database, home)
    assert (first["family"], first["started_at"]) == ("technical", pressed + timedelta(days=30))
    assert first["explanation_en"] == "No test alarm from this home for 34 days: ask for a press of the SOS button."
    assert first["explanation_it"].startswith("Da 34 giorni da questa casa non arriva un allarme di prova")
    assert first["person_id"] is None
    # It is not stale when it is found.
    assert first["found_at"] - first["ended_at"] < timedelta(hours=24)
    (later,) = check(installation, database, home, NOW + timedelta(hours=1))
    assert later["updated_at"] == first["updated_at"]
    (tomorrow,) = check(installation, database, home, NOW + timedelta(days=1))
    assert tomorrow["finding_id"] == first["finding_id"]
    assert "35 days" in tomorrow["explanation_en"]
    press(installation, home, NOW + timedelta(days=1))
    (gone,) = check(installation, database, home, NOW + timedelta(days=2))
    assert gone["withdrawn_at"] == NOW + timedelta(days=2)


def test_a_button_that_was_never_pressed_has_its_time_from_when_it_was_asked(installation, database, home) -> None:
    assert check(installation, database, home, ASKED + timedelta(days=29)) == []
    (found,) = check(installation, database, home)
    assert found["explanation_en"].startswith("The SOS button of this home has never been pressed")
    assert "100" in found["explanation_it"]


def test_who_is_not_asked_or_has_no_button_is_not_found(installation, database, home) -> None:
    ask(installation, home, None)
    assert check(installation, database, home) == []
    without = installation.home(home.organisation_id)
    ask(installation, without, 1)
    assert check(installation, database, without) == []

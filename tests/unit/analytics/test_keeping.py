"""What later days ask of a day is written once an hour while it goes on, and whenever it may be asked for soon."""

from datetime import date, datetime, timedelta

import pytest

from analytics.frames import MINUTE, micros
from analytics.home_day import HomeDay, compute
from analytics.keeping import is_kept
from analytics.memory import Memory
from analytics.repository import Home
from core.places import RoomKind
from tests.unit.analytics.made import ROME, at, readings, sensor, sensors

DAY = date(2026, 2, 10)
LAYOUT = sensors(sensor(1, "motion", RoomKind.LIVING))
ROWS = [(at(DAY, "0:00") + number * 20 * MINUTE, 1) for number in range(-72, 108)]


def home(home_id: int = 12) -> Home:
    return Home(home_id, 1, 1, ROME)


def clock(said: str) -> datetime:
    hour, minute = map(int, said.split(":"))
    return datetime(2026, 2, 10, tzinfo=ROME) + timedelta(hours=hour, minutes=minute)


def seen(now: datetime) -> HomeDay:
    table = readings([row for row in ROWS if row[0] < micros(now)])
    return compute(DAY, ROME, LAYOUT, table, Memory().before(DAY), now)


@pytest.mark.parametrize(
    ("stored", "now", "fresh"),
    [
        ("14:01", "14:06", True),
        ("14:01", "14:59", True),
        ("13:58", "14:03", False),  # another hour
        ("23:01", "23:20", False),  # the next day may ask for it soon
        ("-1:30", "0:20", False),  # that is of the day before
    ],
)
def test_within_the_hour_it_is_kept(stored: str, now: str, fresh: bool) -> None:
    last = clock("0:00") - timedelta(minutes=90) if stored.startswith("-") else clock(stored)
    assert is_kept(seen(clock(now)), micros(last), home(), clock(now)) is fresh


def test_a_day_that_is_over_or_was_never_stored_is_not_kept_yet() -> None:
    assert not is_kept(seen(clock("14:06")), None, home(), clock("14:06"))
    assert not is_kept(seen(clock("36:00")), micros(clock("35:55")), home(), clock("36:00"))


def test_the_hours_of_homes_begin_at_different_minutes() -> None:
    one = seen(clock("14:06"))
    fresh = {number: is_kept(one, micros(clock("13:58")), home(number), clock("14:06")) for number in range(12)}
    assert set(fresh.values()) == {True, False}

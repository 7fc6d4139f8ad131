"""What is learned of a device from the days on which it spoke."""

from datetime import date, timedelta

import numpy as np

from analytics.frames import HOUR
from analytics.home_day import Rhythm
from analytics.memory import Memory
from analytics.reports import DeviceDay
from tests.unit.analytics.made import BATHROOM, at

DAY = date(2026, 3, 2)


def spoke(day: date) -> tuple[date, int, DeviceDay]:
    """From 9:00 to 21:00, at most eight hours apart."""
    return (day, BATHROOM, DeviceDay(4, at(day, "9:00"), at(day, "21:00"), 8 * 3600.0, None))


def quiet(day: date, readings: int) -> Rhythm:
    return Rhythm(day, readings, None, None, np.zeros(24))


def days(count: int) -> list[date]:
    return [DAY - timedelta(days=number) for number in range(count, 0, -1)]


def test_a_device_is_missed_after_three_times_its_longest_silence() -> None:
    memory = Memory()
    memory.keep([], [spoke(day) for day in days(28)])
    heard = memory.before(DAY).heard[BATHROOM]
    assert heard.last_at == at(DAY - timedelta(days=1), "21:00")
    assert heard.limit == 36 * HOUR  # its nights are 12 hours


def test_one_holiday_does_not_make_it_patient_for_weeks() -> None:
    memory = Memory()
    memory.keep([], [spoke(day) for day in days(28) if not 10 <= (DAY - day).days <= 16])
    limit = memory.before(DAY).heard[BATHROOM].limit
    assert limit == 36 * HOUR


def test_a_device_of_which_little_is_known_is_not_missed() -> None:
    memory = Memory()
    memory.keep([], [spoke(day) for day in days(6)])
    assert memory.before(DAY).heard[BATHROOM].limit is None


def test_days_on_which_the_whole_home_said_nothing_do_not_count_against_it() -> None:
    memory = Memory()
    memory.keep([quiet(day, 0) for day in days(5)], [spoke(day) for day in days(28) if (DAY - day).days > 5])
    assert memory.before(DAY).heard[BATHROOM].limit == (36 + 5 * 24) * HOUR


def test_what_was_usual_is_remembered_however_long_it_has_been_silent() -> None:
    memory = Memory()
    memory.keep([], [spoke(day) for day in days(90) if (DAY - day).days > 50])
    assert memory.before(DAY).heard[BATHROOM].limit == 36 * HOUR

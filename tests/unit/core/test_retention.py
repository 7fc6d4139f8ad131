"""When a night begins, from when on data are kept, and that nothing fails for what the database cannot do."""

import threading
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.retention import LOOKS_EVERY_S, keep, kept_from, night_of

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "night"),
    [
        (datetime(2026, 3, 16, 2, 16, tzinfo=UTC), date(2026, 3, 15)),
        (datetime(2026, 3, 16, 2, 17, tzinfo=UTC), date(2026, 3, 16)),
        (datetime(2026, 7, 16, 1, 16, tzinfo=UTC), date(2026, 7, 15)),
        (datetime(2026, 7, 16, 1, 17, tzinfo=UTC), date(2026, 7, 16)),
    ],
)
def test_a_night_begins_at_seventeen_past_three_in_rome(at, night):
    assert night_of(at) == night


@given(st.integers(0, 15 * 365 * 24 * 60))
def test_each_day_has_one_night(minutes):
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    nights = {night_of(at + timedelta(minutes=10 * n)) for n in range(6 * 24 * 3)}
    assert 3 <= len(nights) <= 4


def test_days_are_counted_back_from_now_and_never_from_far_ahead_of_what_came_in():
    latest = NOW - timedelta(hours=3)
    assert kept_from(NOW, latest, 10) == NOW - timedelta(days=10)
    assert kept_from(NOW + timedelta(days=4_000), latest, 10) == latest - timedelta(days=9)
    assert kept_from(NOW, None, 10) is None
    assert kept_from(NOW, latest, 0) is None


class Ticks:
    """A clock whose waits are over at once, for so many of them."""

    def __init__(self, ticks):
        self.left = ticks
        self.waited = []

    def wait(self, stop, seconds):
        self.waited.append(seconds)
        self.left -= 1
        if self.left < 0:
            stop.set()
        return stop.is_set()


def test_what_fails_is_tried_again_and_what_is_kept_for_ever_is_not_touched():
    stop, asked, counted = threading.Event(), [], []

    def remove(name, days):
        asked.append((name, days))
        if len(asked) == 1:
            raise psycopg.OperationalError("away")
        return None if len(asked) == 2 else 7

    clock = Ticks(3)
    keep({"a": 5, "b": 0}, remove, lambda *told: counted.append(told), clock, stop).join(10)
    assert asked == [("a", 5)] * 3
    assert counted == [("a", 7)]
    assert clock.waited == [LOOKS_EVERY_S] * 4

"""What is remembered of the times without a sign of anybody in a home, as the services store it."""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from analytics.baseline import REACH
from analytics.frames import MINUTE, instant
from analytics.stillness.detector import Expected
from analytics.stillness.quiet import QuietDay, minute_of
from core.localtime import day_of

# What is expected of a day may still change a little when the night before it ends.
NEARLY = 0.8


class QuietTimes:
    """The quiet times of the days so far, and what is expected of a day by those before it."""

    def __init__(self, rooms: Mapping[int, int], zone: ZoneInfo) -> None:
        self.rooms = rooms
        self._fresh = Expected(rooms)
        self._zone = zone
        self._days: dict[date, QuietDay] = {}
        self._expected: dict[date, Expected] = {}

    def keep(self, day: QuietDay) -> None:
        """Remember the quiet times of a day, in place of what was known of it; forget what was learned from others."""
        known = self._days.get(day.day)
        if known is None or any(not np.array_equal(old, new) for old, new in zip(known[1:], day[1:], strict=True)):
            self._days[day.day] = day
            self._expected = {each: one for each, one in self._expected.items() if each <= day.day}

    def expected(self, day: date) -> Expected:
        """Return what is expected of the times that begin on a day."""
        if day not in self._expected:
            past = [self._days[each] for each in sorted(self._days) if day - REACH <= each < day]
            self._expected[day] = self._fresh.learn(past)
        return self._expected[day]

    def may_be_worth(self, start: int, end: int) -> bool:
        """Tell whether a time, from one instant to another (microseconds), is nearly long enough for any spot."""
        expected = self.expected(day_of(instant(start), self._zone))
        return (end - start) / MINUTE >= NEARLY * expected.soonest(minute_of(start, self._zone))

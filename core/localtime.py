"""Local days and nights of a home, right across daylight saving.

A local day runs from midnight to midnight of the home's zone and lasts 23, 24 or 25 hours. A night is named
after the day it begins on and runs from noon to noon, so that it is never cut at midnight.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Interval(NamedTuple):
    """Half-open interval of time `[start, end)`, both in UTC."""

    start: datetime
    end: datetime

    @property
    def duration(self) -> timedelta:
        """How long the interval lasts."""
        return self.end - self.start


# A home is asked for the same few days over and over.
@lru_cache(maxsize=8192)
def local_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant (UTC) at which a clock on the wall in `zone` shows `at` on `day`.

    A time that is skipped in spring maps to the instant the clock jumps past it; one that happens twice in
    autumn maps to the first.
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


@lru_cache(maxsize=2048)
def local_day(day: date, zone: ZoneInfo) -> Interval:
    """Return the interval from midnight to midnight of `day` in `zone`."""
    return Interval(local_instant(day, time.min, zone), local_instant(day + timedelta(days=1), time.min, zone))


@lru_cache(maxsize=2048)
def local_night(day: date, zone: ZoneInfo) -> Interval:
    """Return the interval from noon of `day` to noon of the next one in `zone`."""
    noon = time(12)
    return Interval(local_instant(day, noon, zone), local_instant(day + timedelta(days=1), noon, zone))


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """Return the local day in `zone` that contains `instant`."""
    return instant.astimezone(zone).date()


def night_of(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day on which the noon-to-noon night that contains `instant` begins."""
    local = instant.astimezone(zone)
    return local.date() if local.time() >= time(12) else local.date() - timedelta(days=1)

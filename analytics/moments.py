"""When the days of homes are computed.

A local day is computed at three moments of the next one: 0:30 (the day is over), 8:00 (its night's window is over
and the last readings had time to come in), 12:00 (the night is over: its figures are final). While it goes on, it is
due at a cadence, whether or not something comes in: that nobody moves, or that somebody who left by night is not back,
is told by nothing that comes in. What comes in later makes it due at once.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from analytics.repository import Due
from core.localtime import day_of, local_day, local_instant, night_of

MOMENTS = (time(0, 30), time(8), time(12))
ONE_DAY = timedelta(days=1)
CLOSEST = timedelta(minutes=1)  # between two computations of a day for which nothing comes in
CATCH_UP = 7  # days a home is looked at in arrears by the calendar, if nothing ran meanwhile


def next_moment(day: date, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return the next moment after `now` at which `day` is computed, None if its figures are final."""
    instants = (local_instant(day + ONE_DAY, moment, zone) for moment in MOMENTS)
    return next((instant for instant in instants if instant > now), None)


def due_again(day: date, zone: ZoneInfo, now: datetime, cadence: timedelta) -> datetime | None:
    """Return when `day`, computed at `now`, is computed again though nothing comes in; None if its figures are final.

    While the day goes on, that is at the cadence, and when it ends.
    """
    own, later = local_day(day, zone), next_moment(day, zone, now)
    if later is None or now >= own.end:
        return later
    return min(max(now + max(cadence, CLOSEST), own.start), own.end, later)


def days_touched(hour: datetime, zone: ZoneInfo) -> set[date]:
    """Return the local days whose figures a reading within `hour` (its beginning) can change.

    They are the night and the day it belongs to, and the day after, whose silences may begin in it.
    """
    last = hour + timedelta(minutes=59, seconds=59)
    return {night_of(hour, zone), day_of(hour, zone), day_of(last, zone), day_of(last, zone) + ONE_DAY}


def due_days(
    touched: Iterable[tuple[int, datetime]],
    zones: Mapping[int, ZoneInfo],
    now: datetime,
    settle: timedelta,
    cadence: timedelta,
) -> list[Due]:
    """Return the days to compute for (home, hour) pairs that readings came in for; unknown homes are left out."""
    found = {
        (home_id, day)
        for home_id, hour in set(touched)
        if home_id in zones
        for day in days_touched(hour, zones[home_id])
        if day <= day_of(now, zones[home_id])
    }
    return [
        Due(home_id, day, now + (cadence if next_moment(day, zones[home_id], now) else settle))
        for home_id, day in sorted(found)
    ]


def days_of_the_calendar(
    known: Mapping[int, date], zones: Mapping[int, ZoneInfo], now: datetime, cadence: timedelta
) -> list[Due]:
    """Return the days of homes that the calendar makes due, whether or not readings come in.

    `known` says up to which day that has been done; a home that is new begins with today.
    """
    found = []
    for home_id, zone in sorted(zones.items()):
        today = day_of(now, zone)
        day = max(known.get(home_id, today - ONE_DAY), today - CATCH_UP * ONE_DAY)
        while day < today:
            day += ONE_DAY
            found.append(Due(home_id, day, due_again(day, zone, now, cadence) or now))
    return found

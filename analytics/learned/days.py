"""From a home's readings to the days that the learned detector looks at, each as it was known at its own midnight."""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics import coverage
from analytics.activity import HALF, signs_in
from analytics.episodes import outing
from analytics.frames import Columns, Instants, Signs, Span, overlap, span
from analytics.layout import Layout
from analytics.learned.features import Lived
from analytics.learned.movement import PARTS, Floats, by_hour, transitions
from core.localtime import local_day

MOTION = ("motion", "occupancy", "presence")
BEFORE = timedelta(days=1)
ONE_DAY = timedelta(days=1)


def lived(readings: Columns, home: Layout, motion: Instants, days: Sequence[date], zone: ZoneInfo) -> Lived:
    """Return the days of a home from its `readings`; `motion` are its series of `MOTION`, `days` follow each other.

    Coverage is by the home's habit of the days before: of a home that is silent for longer nothing is known. What comes
    in after midnight changes nothing of the day before.
    """
    signs = signs_in(readings, home)
    times = signs.at
    share, present, habits = np.zeros((len(days), len(PARTS))), np.zeros(len(days), dtype=bool), list[Floats]()
    for row, day in enumerate(days):
        window = _window(day, zone)
        present[row] = _spoke(times, day, zone)
        share[row] = _coverage(day, window, signs, habits, zone)
        if present[row]:
            habits.append(coverage.longest_gap_by_hour(times, window, day, zone))
    at, room = _movement(readings, home, motion)
    counts = by_hour(transitions(at, room), days, zone)
    return Lived(days, counts, share, present)


def _coverage(day: date, window: Span, signs: Signs, habits: Sequence[Floats], zone: ZoneInfo) -> list[float]:
    seen = signs.within(window)
    limits = coverage.home_limits(np.array(habits[-coverage.DAYS :], dtype=np.float64).reshape(-1, 24))
    outings = outing.outings(seen, window.end)
    unknown = coverage.unknown(seen.at, window, limits, zone, outings)
    return [coverage.share(part.span(day, zone), unknown, {0: ()}) for part in PARTS]


def _window(day: date, zone: ZoneInfo) -> Span:
    """Return what is looked at to know a day: itself and the day before."""
    return Span(span(local_day(day - BEFORE, zone)).start, span(local_day(day, zone)).end)


def _spoke(times: Instants, day: date, zone: ZoneInfo) -> bool:
    own = span(local_day(day, zone))
    return bool(np.searchsorted(times, own.end) > np.searchsorted(times, own.start))


def _movement(readings: Columns, home: Layout, motion: Instants) -> tuple[Instants, Instants]:
    """Return when and in which room movement sensors saw somebody; doors tell of no room."""
    chosen = np.isin(readings.series_id, motion) & (readings.value >= HALF)
    return readings.at[chosen], home.room_id[home.moving_at(readings.series_id[chosen])]


def silences(
    readings: Columns, home: Layout, days: Sequence[date], between_days: tuple[date, date], zone: ZoneInfo
) -> list[Span]:
    """Return the silences beyond the home's habit that end on or touch two days and those between them.

    The habit is that of the `days` before the first of the two.
    """
    first, last = between_days
    signs = signs_in(readings, home)
    times = signs.at
    habits = [
        coverage.longest_gap_by_hour(times, _window(day, zone), day, zone)
        for day in days
        if first - timedelta(days=coverage.DAYS) <= day < first and _spoke(times, day, zone)
    ]
    limits = coverage.home_limits(np.array(habits, dtype=np.float64).reshape(-1, 24))
    asked = Span(span(local_day(first, zone)).start, span(local_day(last, zone)).end)
    window = Span(_window(first, zone).start, asked.end)
    seen = signs.within(window)
    unknown = coverage.unknown(seen.at, window, limits, zone, outing.outings(seen, window.end))
    return [one for one in unknown if overlap(one, asked)]

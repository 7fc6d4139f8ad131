"""What is kept of each day for indicators that look at several: hourly figures, and the rooms in their order.

The hours are those of the local clock, 0 to 23. The hour that is skipped in spring is not known; what happens in the
hour that comes twice in autumn is halved, so that an hour of the clock is always an hour.
"""

from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from analytics import coverage
from analytics.episodes import in_bed, outing
from analytics.frames import HOUR, MINUTE, Episode, Instants, Span, micros, overlap
from analytics.observed import Observed
from core.localtime import local_instant

Hours = npt.NDArray[np.float64]
HOURS = 24


class Hourly(NamedTuple):
    """An indicator of each hour of the clock; `value` returns 24 figures by where the hours begin (25 instants)."""

    kind: str
    unit: str
    formula: str
    value: Callable[[Observed, Instants], Hours]


class DayProfile(NamedTuple):
    """A day by its hours (NaN where too little is known), and the rooms that somebody was seen in, in order.

    `coverage` is the share of the day that is known of all that tells of movement, `readings` the signs it rests on.
    """

    day: date
    hours: dict[str, Hours]
    rooms: tuple[int, ...]
    coverage: float
    readings: int


def profile(observed: Observed, unknown: Sequence[Span], known: float) -> DayProfile:
    """Return the profile of a day; `unknown` are times of which nothing is known, `known` is the share of the day."""
    begins = hours_of(observed.day, observed.zone)
    lengths = np.diff(begins)
    missing = lengths <= 0
    if unknown:
        missing |= np.array([_known(Span(int(at), int(end)), unknown) < coverage.LIMIT for at, end in pairwise(begins)])
    rows = {}
    for each in HOURLY:
        hours = each.value(observed, begins) / np.maximum(1, lengths / HOUR)
        rows[each.kind] = np.where(missing, np.nan, np.round(hours, 3))
    moves = observed.passages.within(Span(int(begins[0]), int(begins[-1])))
    first, last = np.searchsorted(observed.signs.at, (begins[0], begins[-1]))
    return DayProfile(observed.day, rows, tuple(moves.came_room.tolist()), round(known, 4), int(last - first))


def _known(hour: Span, unknown: Sequence[Span]) -> float:
    return coverage.share(hour, unknown, {0: ()})


@lru_cache(maxsize=512)
def hours_of(day: date, zone: ZoneInfo) -> Instants:
    """Return where the hours of the local clock begin on a day, and where the last ends: 25 instants; read-only."""
    starts = [micros(local_instant(day, time(hour), zone)) for hour in range(HOURS)]
    starts.append(micros(local_instant(day + timedelta(days=1), time.min, zone)))
    # A skipped hour begins where the next one does: it is empty.
    begins: Instants = np.minimum.accumulate(np.array(starts, dtype=np.int64)[::-1])[::-1]
    begins.flags.writeable = False
    return begins


def active_minutes(at: Instants, start: int) -> Instants:
    """Return the minutes, counted from `start`, in which there is one of some instants (in order), each once."""
    minutes = (at - start) // MINUTE
    return minutes if not len(minutes) else minutes[np.concatenate(([True], minutes[1:] != minutes[:-1]))]


def _activity(observed: Observed, begins: Instants) -> Hours:
    signs = observed.signs.within(Span(int(begins[0]), int(begins[-1])))
    minutes = active_minutes(signs.at[~signs.left], int(begins[0]))
    return _between(np.searchsorted(minutes, (begins - begins[0]) // MINUTE))


def _room_changes(observed: Observed, begins: Instants) -> Hours:
    return _between(np.searchsorted(observed.passages.came_at, begins))


def _between(places: npt.NDArray[np.int64]) -> Hours:
    """Return how many lie between one place and the next."""
    counts: Hours = np.diff(places).astype(np.float64)
    return counts


def _lasting(kind: str) -> Callable[[Observed, Instants], Hours]:
    def minutes(observed: Observed, begins: Instants) -> Hours:
        found = np.zeros(HOURS)
        for episode in observed.of(kind):
            _add(found, episode, begins)
        return found

    return minutes


def _add(minutes: Hours, episode: Episode, begins: Instants) -> None:
    first = max(0, int(np.searchsorted(begins, episode.start, side="right")) - 1)
    last = min(HOURS, int(np.searchsorted(begins, episode.end)))
    for hour in range(first, last):
        part = overlap(Span(episode.start, episode.end), Span(int(begins[hour]), int(begins[hour + 1])))
        minutes[hour] += part / MINUTE


HOURLY: tuple[Hourly, ...] = (
    Hourly(
        "activity", "min", "Minutes of the hour in which somebody was seen to move anywhere in the home.", _activity
    ),
    Hourly("room_changes", "1", "How often somebody was seen in another room than before.", _room_changes),
    Hourly("time_out", "min", "Minutes of the hour that lie in outings.", _lasting(outing.KIND)),
    Hourly("time_in_bed", "min", "Minutes of the hour that lie in stretches in bed.", _lasting(in_bed.KIND)),
)

"""How a battery goes: how much is left, how fast it falls, and for how long it will last.

The slope is Theil's and Sen's: the median of the slopes between all pairs of points (Theil 1950, Sen 1968), which a
third of wild values does not move; its interval is that of the quantiles of those slopes whose points are at least a
third of the time apart: between neighbours there is hardly anything but noise. One point for each day, the lowest.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.frames import HOUR, Instants
from analytics.silence.evidence import Series

DAY = 24 * HOUR
EMPTY = 3.0  # percent at which a device falls silent
LOW = 10.0  # percent at which a battery wants to be changed
FALLEN = 8.0  # percent within `RECENT` that no healthy battery loses
RECENT = 10 * DAY
NEARLY = 6 * DAY  # at such a slope, the end is near
LEAST_DAYS = 7  # points from which a slope is told
FLAT = 0.02  # percent a day that is none: ten years
MOST_DAYS = 3650.0
REFILLED = 20.0  # percent by which it rises when it is changed
INTERVAL = (0.1, 0.9)


class Forecast(NamedTuple):
    """A battery: its charge (percent) and for how many days it lasts, with an interval; None where nobody can tell."""

    percent: float | None
    days: float | None
    earliest: float | None
    latest: float | None


def charge(series: Sequence[Series]) -> Series | None:
    """Return the charge that a device reports (percent), since its battery was last changed; None without any."""
    found = next((each for each in series if each.quantity == "battery" and len(each.times)), None)
    if found is None:
        return None
    first = _changed_at(found.values)
    return Series(found.quantity, found.times[first:], found.values[first:])


def low_since(series: Sequence[Series]) -> int | None:
    """Return since when a battery is low: by its charge, told twice or told and then fallen further, or by its flag."""
    since = []
    said = charge(series)
    if said is not None and _is_low(said.values):
        high = np.flatnonzero(said.values > LOW)
        since.append(int(said.times[int(high[-1]) + 1 if len(high) else 0]))
    for flag in series:
        if flag.quantity == "battery_low" and len(flag.times) and flag.values[-1] >= 0.5:  # noqa: PLR2004 - half of true
            good = np.flatnonzero(flag.values < 0.5)  # noqa: PLR2004
            since.append(int(flag.times[int(good[-1]) + 1 if len(good) else 0]))
    return min(since, default=None)


def ended_by_battery(series: Sequence[Series], end: int) -> bool:
    """Tell whether a device that fell silent at `end` did so for its battery: it was low, or fell too fast to last."""
    if low_since(series) is not None:
        return True
    said = charge(series)
    if said is None:
        return False
    if said.values[-1] <= LOW:
        return True
    recent = said.times >= end - RECENT
    if recent.sum() < 2:  # noqa: PLR2004 - a slope needs two
        return False
    at, value = said.times[recent], said.values[recent]
    fallen = float(value.max() - value[-1])
    if fallen < FALLEN:
        return False
    # Of a charge that falls in steps, the last step counts in full: it may be about to fall again.
    lasts = (at[-1] - at[0]) * float(value[-1]) / fallen
    return bool(lasts - (end - at[-1]) <= NEARLY)


def forecast(at: Instants, percent: npt.NDArray[np.float64], now: int) -> Forecast:
    """Return for how many days from `now` a battery lasts, from its charges at instants (microseconds, ordered)."""
    if not len(at):
        return Forecast(None, None, None, None)
    first = _changed_at(percent)
    day, value = _by_day(at[first:], percent[first:])
    left = float(value[-1])
    if len(day) < LEAST_DAYS or left - EMPTY <= 0:
        return Forecast(left, None, None, None) if left - EMPTY > 0 else Forecast(left, 0.0, 0.0, 0.0)
    slopes, apart = _slopes(day, value)
    age = (now / DAY) - float(day[-1])
    slow, fast = np.quantile(-slopes[apart >= (day[-1] - day[0]) / 3], INTERVAL)
    median = float(np.median(-slopes))
    if median <= FLAT:
        return Forecast(left, None, None, None)
    days = max(0.0, (left - EMPTY) / median - age)
    latest = MOST_DAYS if slow <= FLAT else min(MOST_DAYS, max(days, (left - EMPTY) / float(slow) - age))
    return Forecast(left, days, max(0.0, min(days, (left - EMPTY) / float(fast) - age)), latest)


def _changed_at(percent: npt.NDArray[np.float64]) -> int:
    """Return the index of the first charge since the battery was last changed: two that are higher than two before."""
    if len(percent) < 3:  # noqa: PLR2004 - one before, two after
        return 0
    before = np.maximum(percent[:-2], np.concatenate((percent[:1], percent[:-3])))
    after = np.minimum(percent[1:-1], percent[2:])
    rises = np.flatnonzero(after - before >= REFILLED)
    return int(rises[-1]) + 1 if len(rises) else 0


def _is_low(value: npt.NDArray[np.float64]) -> bool:
    return bool(value[-1] <= LOW) and (len(value) == 1 or bool(value[-2] <= 2 * LOW))


def _by_day(at: Instants, value: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    day = at // DAY
    starts = np.flatnonzero(np.diff(day, prepend=day[0] - 1))
    return day[starts].astype(np.float64), np.minimum.reduceat(value, starts)


def _slopes(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the slopes between all pairs of points, and how far apart the two of each pair are."""
    first, second = np.triu_indices(len(x), 1)
    apart = x[second] - x[first]
    return (y[second] - y[first]) / apart, apart

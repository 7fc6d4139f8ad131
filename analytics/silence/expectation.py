"""For how long a device may be silent: declared by the catalogue, or learned from its own reports.

Gaps that an outage of the gateway touches teach nothing, and time in which it was not heard is no silence of a device.
Longest means: on nine of ten days, so that one day out of reach does not teach patience either.
"""

import math
from collections.abc import Sequence

import numpy as np

from analytics.frames import HOUR, MINUTE, Instants, Span
from analytics.silence.spans import taken_before

DAY = 24 * HOUR
LEARNED_FROM = 5 * DAY
FACTOR = 2.0  # times the longest silence on nine of ten days
MISSED = 4.3  # check-ins in a row that may be lost
FLOOR = 45 * MINUTE
CEILING = 4 * DAY
USUAL, DAYS = 0.95, 0.9


def patience(reports: Instants, not_heard: Sequence[Span], declared: int | None) -> int | None:
    """Return for how long (microseconds) a device may be silent; None where too little is known of it.

    `reports` are the instants at which it reported. `declared` is the check-in interval that the catalogue names: it
    holds until enough is learned, for how a device is set and what its radio loses only its own reports can tell.
    """
    known = _gaps(reports, not_heard)
    if known is None:
        return None if declared is None else _within(int(MISSED * declared))
    gaps, ends = known
    day = ends // DAY
    starts = np.flatnonzero(np.diff(day, prepend=day[0] - 1))
    habit, interval = _lower_quantile(np.maximum.reduceat(gaps, starts), DAYS), _lower_quantile(gaps, USUAL)
    return _within(int(max(FACTOR * habit, MISSED * interval)))


def _lower_quantile(values: Instants, share: float) -> float:
    """Return the value that a share of them does not exceed: as numpy's method `lower`, at a tenth of its time."""
    return float(np.sort(values)[math.floor((len(values) - 1) * share)])


def _gaps(reports: Instants, not_heard: Sequence[Span]) -> tuple[Instants, Instants] | None:
    """Return the gaps between reports that no outage touches, and their ends; None if they are of too few days."""
    gaps = np.diff(reports)
    untouched = np.diff(taken_before(reports, not_heard)) == 0
    if gaps[untouched].sum() < LEARNED_FROM:
        return None
    return gaps[untouched], reports[1:][untouched]


def silences(reports: Instants, not_heard: Sequence[Span], limit: int, now: int) -> list[Span]:
    """Return the silences of a device beyond `limit`, the last of which may reach to `now`."""
    points = np.append(reports, now)
    heard = points - taken_before(points, not_heard)
    return [Span(int(points[i]), int(points[i + 1])) for i in np.flatnonzero(np.diff(heard) > limit)]


def _within(limit: int) -> int:
    return min(CEILING, max(FLOOR, limit))

"""Changes of rooms: how often somebody was seen in another room than the one before.

Transitions between rooms, and not activations, because an activation says as much about the sensor (its blind time, how
many walk past it) as about the person. Counted by the hour of the local clock, within parts of the day.
"""

from collections.abc import Sequence
from datetime import date, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from analytics.frames import HOUR, Instants, Span, micros
from core.localtime import local_instant

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Part(NamedTuple):
    """A part of the day, from and up to an hour of the local clock. No clock is put forward or back within one."""

    first: int
    last: int

    def span(self, day: date, zone: ZoneInfo) -> Span:
        """Return the instants it covers on `day`."""
        return Span(
            micros(local_instant(day, time(self.first), zone)), micros(local_instant(day, time(self.last), zone))
        )


MORNING, AFTERNOON = Part(7, 13), Part(13, 19)
PARTS = (MORNING, AFTERNOON)
HOURS = 6  # of each part


def transitions(at: Instants, room: npt.NDArray[np.int64]) -> Instants:
    """Return when movement was seen in another room than the movement before; `at` is ordered."""
    changed: Instants = at[1:][room[1:] != room[:-1]]
    return changed


def by_hour(changes: Instants, days: Sequence[date], zone: ZoneInfo) -> Floats:
    """Return the number of `changes` in each hour of each part of each day: days x parts x hours."""
    spans = [[part.span(day, zone) for part in PARTS] for day in days]
    edges = np.array(
        [[[span.start + hour * HOUR for hour in range(HOURS + 1)] for span in row] for row in spans], dtype=np.int64
    ).reshape(len(days), len(PARTS), HOURS + 1)
    counts: Floats = np.diff(np.searchsorted(changes, edges), axis=-1).astype(np.float64)
    return counts

"""How far the last days lie from what was usual before them.

The mean of the last `days` days is compared with the person's own baseline, which ends before they begin, so that a
change does not hide in what it is compared with: z = (mean - median) / spread * sqrt(days there are), the standardised
sum of a moving window (MOSUM, Hušková, J. Statist. Plann. Inference 1990), with the robust median and spread of
`analytics.baseline`. One day alone is the robust z of Iglewicz and Hoaglin (1993).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics import baseline
from analytics.baseline import Baseline
from analytics.indicators.protocol import Direction

Values = npt.NDArray[np.float64]

REACH = baseline.REACH.days
BETWEEN_TENTHS = 2.563  # spreads of a normal distribution between its 10 % and 90 % quantiles
LEAST_SHARE = 0.5  # of the days of a window there must be a verdict on


class Departure(NamedTuple):
    """The mean `value` of the last `days` days, what was `usual` before, and how far off it is.

    `z` is in spreads of such a mean, positive in the direction that matters; where both matter, never negative.
    """

    days: int
    value: float
    usual: Baseline
    z: float


def departure(values: Values, days: int, direction: Direction, spread_floor: float) -> Departure | None:
    """Return how far the last `days` of `values` depart from the ones before; None where that cannot be told.

    `values` has one figure for each day in order, the last of them the day in question, NaN without verdict. None if
    that day, half of the window or enough of a baseline is missing.
    """
    window = values[-days:]
    there = window[~np.isnan(window)]
    if not len(window) or math.isnan(window[-1]) or len(there) < math.ceil(LEAST_SHARE * days):
        return None
    past = values[:-days][-REACH:]
    usual = baseline.baseline(past[~np.isnan(past)][-baseline.DAYS :], spread_floor)
    if usual is None:
        return None
    value = float(np.sum(there)) / len(there)
    z = (value - usual.median) / _spread(usual) * math.sqrt(len(there))
    return Departure(days, value, usual, _towards(z, direction))


def departures(values: Values, scales: Sequence[int], direction: Direction, spread_floor: float) -> list[Departure]:
    """Return the departures over each number of days in `scales` that can be told."""
    found = (departure(values, days, direction, spread_floor) for days in scales)
    return [one for one in found if one is not None]


def _spread(usual: Baseline) -> float:
    """Return the spread of single days: that of the middle half may be nothing where a few days are quite different."""
    return max(usual.spread, (usual.high - usual.low) / BETWEEN_TENTHS)


def _towards(z: float, direction: Direction) -> float:
    if direction in (Direction.MORE, Direction.LATER):
        return z
    return -z if direction in (Direction.LESS, Direction.EARLIER) else abs(z)

"""How far the last days lie from what was usual before them.

The mean of the last few days is compared with the person's own days before they begin, so that a change does not hide
in what it is compared with (a standardised moving sum, MOSUM, Hušková, J. Statist. Plann. Inference 1990). What is
usual is the mean and the standard deviation of at most 28 days after drawing in what lies further out than `DRAWN_IN`
spreads (Winsorised, Dixon and Tukey, Technometrics 1968): of so few days they are a good deal more precise than the
median and its deviation, and a few quite different days do not spoil them. The spread is moderated by that which is
typical of many homes (Smyth, Stat. Appl. Genet. Mol. Biol. 2004, eq. 1), which counts as `TYPICAL_DAYS` days: two weeks
that happened to be alike make nobody alarming.

    z = (mean of the days - usual) / (spread * sqrt(1 / days there are + 1 / days that what is usual rests on))
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics import baseline
from analytics.baseline import Baseline
from analytics.change.cohort import TENTH, Drawn, Prior, drawn, is_early
from analytics.change.domains import Look
from analytics.indicators.protocol import Direction

Values = npt.NDArray[np.float64]
Odd = npt.NDArray[np.bool_]

REACH = baseline.REACH.days
BETWEEN_TENTHS = 2.563  # spreads of a normal distribution between its 10 % and 90 % quantiles
A_WEEK = 7
LEAST_SHARE = 0.5  # of the days of a window there must be a verdict on; on all of them where it is shorter than a week
DRAWN_IN = 2.5
DRAWN_IN_COSTS = 1.011  # by which the deviation of a normal distribution is smaller for it
TYPICAL_DAYS = 3.0
BY_ITSELF = 0.5  # spreads from which on a single day departs
HALF_OF_ROOT = 0.5  # the deviation of the root of a count, whatever its mean
TO_BE_STEADY = 0.375  # Anscombe 1948, eq. 2.3


class Departure(NamedTuple):
    """The mean `value` of the last `days` days, what was `usual` before, and how far off it is.

    `z` is positive for more than usual, in spreads of such a mean of such an indicator. `shown_on` is on how many of
    the days, of less than a week, it departs the same way by itself.
    """

    days: int
    value: float
    usual: Baseline
    z: float
    shown_on: int = 0


class Spread(NamedTuple):
    """The usual mean and spread on the scale on which an indicator is judged, on how many days."""

    middle: float
    spread: float
    days: int


def departure(
    values: Values,
    days: int,
    look: Look,
    floor: float,
    typical: float | None = None,
    odd: Odd | None = None,
    prior: Prior | None = None,
) -> Departure | None:
    """Return how far the last `days` of `values` depart from the ones before; None where that cannot be told.

    `values` has one figure for each day in order, the last of them the day in question, NaN without verdict. None if
    that day, half of the window or enough of a baseline is missing. `floor` is the least spread of single days, in the
    unit of the indicator; `typical` that of many homes, on the scale of judging (None: not known). Days that are `odd`
    teach nothing of what is usual. With a `prior` (`analytics.change.cohort`) a few days are enough for what is sudden.
    """
    window = values[-days:]
    if not len(window) or math.isnan(window[-1]):
        return None
    there = window[~np.isnan(window)]
    least = days if days < A_WEEK else math.ceil(LEAST_SHARE * days)
    if len(there) < least:
        return None
    past = values if odd is None else np.where(odd, np.nan, values)
    past = past[:-days][-REACH:]
    past = past[~np.isnan(past)][-baseline.DAYS :]
    if is_early(len(past)) and days < A_WEEK and prior is not None and typical is not None:
        own = drawn(judged_as(past, look), typical, TYPICAL_DAYS, _least(past, look, floor), prior)
        usual, spread = _usual(own, len(past), look), own.spread
    else:
        known = baseline.baseline(past, floor)
        if known is None:
            return None
        days_own = spread_of_days(past, look, floor)
        spread = days_own.spread if typical is None else moderated(days_own, typical)
        usual, own = known, Drawn(days_own.middle, spread, days_own.days)
    figures = judged_as(there, look)
    z = (_mean(figures) - own.middle) / (spread * math.sqrt(1 / len(there) + 1 / own.days))
    beyond = own.middle + math.copysign(BY_ITSELF * spread, z)
    shown_on = 0 if days >= A_WEEK else sum(one >= beyond if z > 0 else one <= beyond for one in figures.tolist())
    return Departure(days, _mean(there), usual, z, shown_on)


def departures(
    values: Values,
    look: Look,
    floor: float,
    typical: float | None = None,
    odd: Odd | None = None,
    prior: Prior | None = None,
) -> list[Departure]:
    """Return the departures over each number of days at which an indicator is looked at, where they can be told."""
    found = (departure(values, days, look, floor, typical, odd, prior) for days in look.scales)
    return [one for one in found if one is not None]


def spread_of_days(past: Values, look: Look, floor: float) -> Spread:
    """Return the usual mean and spread of single days; `past` are figures of enough days for a baseline, none NaN.

    Raises `ValueError` for fewer.
    """
    figures, least = judged_as(past, look), _least(past, look, floor)
    usual = baseline.baseline(figures, least)
    if usual is None:
        raise ValueError(f"{len(past)} days are not enough for a baseline.")
    # The spread of the middle half may be nothing where a few days are quite different.
    border = DRAWN_IN * max(usual.spread, (usual.high - usual.low) / BETWEEN_TENTHS)
    drawn_in = np.minimum(np.maximum(figures, usual.median - border), usual.median + border)
    middle = _mean(drawn_in)
    off = drawn_in - middle
    deviation = math.sqrt(float(np.add.reduce(off * off)) / (len(off) - 1))
    return Spread(middle, max(DRAWN_IN_COSTS * deviation, least), len(figures))


def moderated(own: Spread, typical: float) -> float:
    """Return the spread of a person's days, drawn towards that which is typical."""
    return math.sqrt((own.days * own.spread**2 + TYPICAL_DAYS * typical**2) / (own.days + TYPICAL_DAYS))


def judged_as(values: Values, look: Look) -> Values:
    """Return figures on the scale on which they are judged."""
    return np.sqrt(np.maximum(values, 0) + TO_BE_STEADY) if look.is_amount else values


def _usual(own: Drawn, days: int, look: Look) -> Baseline:
    """Return what is usual for somebody who is drawn towards a cohort, in the unit of the indicator."""
    within = TENTH * own.spread * math.sqrt(1 + 1 / own.days)
    median, low, high = (_in_unit(each, look) for each in (own.middle, own.middle - within, own.middle + within))
    return Baseline(median, (high - low) / (2 * TENTH), low, high, days)


def _in_unit(figure: float, look: Look) -> float:
    return max(0.0, max(0.0, figure) ** 2 - TO_BE_STEADY) if look.is_amount else figure


def towards(z: float, look: Look, days: int) -> float:
    """Return a departure over some days as positive in the direction that matters; where both do, never negative."""
    direction = look.over(days)
    if direction in (Direction.MORE, Direction.LATER):
        return z
    return -z if direction in (Direction.LESS, Direction.EARLIER) else abs(z)


def _least(past: Values, look: Look, floor: float) -> float:
    """Return the least spread on the scale of judging."""
    if not look.is_amount:
        return floor
    return floor * HALF_OF_ROOT / math.sqrt(max(0.0, baseline.middle(np.sort(past))) + TO_BE_STEADY)


def _mean(values: Values) -> float:
    """Return the mean: as numpy's, at a third of its time for so few."""
    return float(np.add.reduce(values)) / len(values)

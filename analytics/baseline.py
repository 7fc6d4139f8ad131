"""A person's own usual range: robust, from the days before the day in question only."""

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.frames import History

DAYS = 28  # verdicts that are looked back on
LEAST_DAYS = 14
REACH = timedelta(days=60)  # how far back those verdicts may lie
MAD_TO_SIGMA = 1.4826  # makes the median absolute deviation of a normal distribution its standard deviation
LOW, HIGH = 0.1, 0.9


class Baseline(NamedTuple):
    """What is usual: median, spread (1.4826 MAD, not below a floor), the 10 % and 90 % quantiles, on how many days."""

    median: float
    spread: float
    low: float
    high: float
    days: int


def known_before(history: History, day: date) -> npt.NDArray[np.float64]:
    """Return the last `DAYS` values with a verdict before `day`, at most `REACH` back, in the order of days."""
    days = history["day"]
    chosen = history["value"][(days < day) & (days >= day - REACH)]
    known: npt.NDArray[np.float64] = chosen[~np.isnan(chosen)][-DAYS:]
    return known


def baseline(values: npt.NDArray[np.float64], spread_floor: float) -> Baseline | None:
    """Return what is usual in `values`, or None while there are fewer than `LEAST_DAYS` of them.

    The floor keeps a person with the same figure every day from being alarming at the first difference.
    """
    if len(values) < LEAST_DAYS:
        return None
    ordered = np.sort(values)
    median = middle(ordered)
    spread = MAD_TO_SIGMA * middle(np.sort(np.abs(ordered - median)))
    # The quantiles are values that there were, the nearest ones.
    low, high = (float(ordered[round((len(ordered) - 1) * share)]) for share in (LOW, HIGH))
    return Baseline(median, max(spread, spread_floor), low, high, len(ordered))


def middle(ordered: npt.NDArray[np.float64]) -> float:
    """Return the median of values in order: as numpy's, at a tenth of its time for so few."""
    half = len(ordered) // 2
    return float(ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2)

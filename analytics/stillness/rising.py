"""By when somebody is up: the minute of the clock by which something moves again after a night.

How long a time by night lasts tells little where no sensor in the bed says who lies in it: who sleeps on looks like
who fell in the hall. People rise by the clock, though, and the morning on which nothing moves at an hour at which
something always did is the same in both. Of each night the end of its last long time is taken; as in `habit` the
excesses of the latest quarter over its bound are taken as exponential (Pickands 1975), so

    limit = bulk + excess * ln(nights a week that end later than the bulk / findings a week that are allowed)
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.baseline import LEAST_DAYS
from analytics.stillness.habit import BULK, DAY, DAY_BEGINS, DAY_ENDS, DAYS_OF_A_WEEK, FLOOR_NIGHT, USUAL, WORTH
from analytics.stillness.quiet import QuietDay, Where

LONG = 60  # minutes from which a time by night is one of rest
ALLOWED = 0.03  # findings for nothing a week
EXCESS = 25.0  # minutes over the bulk, of people of whom little is known
BY_THE_CLOCK = 30.0  # minutes: whose excess is longer rises at any hour
BEYOND = 30.0  # minutes at least between the latest that was seen and the limit
ONCE = 60.0  # minutes beyond the next latest that a single late morning counts at most
LATEST = 12 * 60.0  # from here on it is no morning any more
# Somebody who is up at five may sit still at seven: what began before each of these is by itself, minutes of the clock.
CUTS = (300.0, 360.0, 420.0, DAY_BEGINS)


class Morning(NamedTuple):
    """By when something moves, minutes of the clock: in nine of ten, and from when on it is worth a finding."""

    usual: float
    limit: float


class Rising(NamedTuple):
    """The mornings after what began before each of `CUTS`; None where they come at no hour."""

    mornings: tuple[Morning | None, ...]

    def of(self, begin: float) -> Morning | None:
        """Return by when a time ends that began at a minute of the clock; None by day."""
        if DAY_BEGINS <= begin < DAY_ENDS:
            return None
        return next(
            morning for cut, morning in zip(CUTS, self.mornings, strict=True) if begin >= DAY_ENDS or begin < cut
        )

    def left(self, begin: float) -> float:
        """Return for how many minutes a time that began at a minute of the clock may last, two hours at least."""
        morning = self.of(begin)
        return float("inf") if morning is None else max(FLOOR_NIGHT, (morning.limit - begin) % DAY)


def rising(days: Sequence[QuietDay]) -> Rising:
    """Return by when somebody is up, as some days tell."""
    ends = [np.sort(np.array(list(_ends(days, cut).values()), dtype=np.float64)) for cut in CUTS]
    rested = float(np.quantile(ends[-1], BULK, method="inverted_cdf")) if len(ends[-1]) else LATEST
    return Rising(tuple(_morning(each, rested) for each in ends))


def _morning(ends: npt.NDArray[np.float64], rested: float) -> Morning | None:
    """Return what is usual of mornings (sorted); never worth a finding before three of four nights are `rested`."""
    if len(ends) < LEAST_DAYS:
        return None
    ends = np.minimum(ends, ends[-2] + ONCE)
    bulk, usual = (float(np.quantile(ends, share, method="inverted_cdf")) for share in (BULK, USUAL))
    over = ends[ends > bulk] - bulk
    mean = (float(over.sum()) + WORTH * EXCESS) / (len(over) + WORTH)
    a_week = max(len(over), 0.5) / len(ends) * DAYS_OF_A_WEEK
    limit = bulk + mean * float(np.log(max(1.0, a_week / ALLOWED)))
    limit = max(limit, float(ends[-1]) + BEYOND, rested)
    return Morning(usual, round(limit, 1)) if mean <= BY_THE_CLOCK and limit <= LATEST else None


def _ends(days: Sequence[QuietDay], cut: float) -> dict[date, float]:
    """Return of each morning at which minute of its clock the last long time ended that began before `cut`."""
    found: dict[date, float] = {}
    for each in days:
        for begin, lasted, where in zip(each.begin.tolist(), each.lasted.tolist(), each.where.tolist(), strict=True):
            if lasted < LONG or where == Where.AWAY or cut <= begin < DAY_ENDS:
                continue
            before = begin >= DAY_ENDS
            morning = each.day + timedelta(days=1) if before else each.day
            end = begin + lasted - (DAY if before else 0.0)
            found[morning] = max(end, found.get(morning, end))
    # Of the morning after the last day only what began in the evening before it is known.
    known = {each.day for each in days}
    return {morning: end for morning, end in found.items() if morning in known}

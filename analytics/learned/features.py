"""What a day looks like to the learned detector. Every feature of a day rests on that day and the days before it.

| feature | what | unit |
|---|---|---|
| transitions | changes of rooms in the part of the day | count |
| sustained | mean of the third to fifth of its six hours, ordered: high only if most hours are | per hour |
| against_habit | (transitions - mean) / (standard deviation + 3), of the last 28 known days; 0 before 7 | - |
| newcomer | exp(-known days before / 7): whoever labels holds back while they get to know a person | 0 to 1 |
| labelled_share | labels / (known days + 7), both before the block of the day | 0 to 1 |
| labelled_lately | exp(-days since the last label before the block / 14), 0 without any | 0 to 1 |

Labels become known some time after the day they speak of. Days are therefore grouped in blocks of a week, and a day
sees the labels before its block only, in training as in use: no model learns from fresher labels than it will have.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from analytics.coverage import LIMIT
from analytics.learned.movement import PARTS, Bools, Floats

BLOCK = 7  # days
HABIT_DAYS, HABIT_REACH, HABIT_LEAST = 28, 60, 7
HABIT_FLOOR = 3.0  # transitions added to the standard deviation
HABIT_RANGE = (-3.0, 5.0)
NEWCOMER_DAYS = 7.0
PRIOR_DAYS = 7.0  # without a label, by which the share of labelled days is held back
RECENT_DAYS = 14.0
NAMES = ("transitions", "sustained", "against_habit", "newcomer", "labelled_share", "labelled_lately")
MIDDLE = slice(2, 5)  # of six ordered hours


class Lived(NamedTuple):
    """The days of a home in their order, without a gap.

    `counts` are transitions (days x parts x hours), `coverage` is that of each part (days x parts, 0 to 1); `present`
    says on which days anything at all was recorded.
    """

    days: Sequence[date]
    counts: Floats
    coverage: Floats
    present: Bools

    @property
    def known(self) -> Bools:
        """Of which parts (days x parts) enough is known for a verdict."""
        known: Bools = self.present[:, None] & (self.coverage >= LIMIT)
        return known


def block_start(day: date, last: date) -> date:
    """Return the first day of the block of `day`; blocks of a week are counted from the one that ends on `last`."""
    behind = (last - day).days // BLOCK
    return last - timedelta(days=BLOCK * (behind + 1) - 1)


def features(lived: Lived, labelled: Collection[date], last: date) -> Floats:
    """Return the features (days x parts x `NAMES`) of a home whose days in `labelled` were labelled.

    `last` is the last day of a block. A part of which too little is known is NaN, and teaches the others nothing.
    """
    totals = lived.counts.sum(axis=2)
    table = np.zeros((len(lived.days), len(PARTS), len(NAMES)))
    table[..., 0] = totals
    table[..., 1] = np.sort(lived.counts, axis=2)[..., MIDDLE].mean(axis=2)
    table[..., 2] = against_habit(totals, lived.known)
    known = lived.known.any(axis=1)
    table[..., 3] = np.exp(-(np.cumsum(known) - known) / NEWCOMER_DAYS)[:, None]
    table[..., 4:6] = label_history(lived, labelled, last)[:, None, :]
    table[~lived.known] = np.nan
    return table


def against_habit(totals: Floats, known: Bools) -> Floats:
    """Return how far each part of each day is from the mean of the known ones before it, in standard deviations."""
    far = np.zeros_like(totals)
    for day, part in np.argwhere(known):
        before = habit(totals[:, part], known[:, part], int(day))
        if len(before) >= HABIT_LEAST:
            far[day, part] = (totals[day, part] - before.mean()) / (before.std() + HABIT_FLOOR)
    clipped: Floats = np.clip(far, *HABIT_RANGE)
    return clipped


def habit(totals: Floats, known: Bools, day: int) -> Floats:
    """Return the figures of one part on the last `HABIT_DAYS` known days before `day`, at most `HABIT_REACH` back."""
    first = max(0, day - HABIT_REACH)
    before: Floats = totals[first:day][known[first:day]][-HABIT_DAYS:]
    return before


def label_history(lived: Lived, labelled: Collection[date], last: date) -> Floats:
    """Return the share of labelled days and how recent the last one is (days x 2), as known before each day's block."""
    table = np.zeros((len(lived.days), 2))
    marks = np.array(sorted(day.toordinal() for day in labelled), dtype=np.int64)
    known = np.array([day.toordinal() for day in lived.days], dtype=np.int64)[lived.known.any(axis=1)]
    for row, day in enumerate(lived.days):
        start = block_start(day, last).toordinal()
        before = marks[marks < start]
        table[row, 0] = len(before) / (np.count_nonzero(known < start) + PRIOR_DAYS)
        if len(before):
            table[row, 1] = np.exp((before[-1] - day.toordinal()) / RECENT_DAYS)
    return table

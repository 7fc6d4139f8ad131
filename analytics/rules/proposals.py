"""Visits that nobody entered but that take place: proposed where the door shows a fixed rhythm.

By day it is known when the door was moved by somebody else (`analytics.rules.visits`): a visit begins with the first
and ends with the last of these uses within `WITHIN`. Days of the week are taken together as people arrange visits: all
days, working days, single weekdays. What happens on `REGULAR` of them, and at least `LEAST` times, is proposed; it
never alerts before somebody has entered it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import NamedTuple

import numpy as np

REGULAR = 0.7
LEAST = 4
WITHIN = 90  # minutes from the first to the last use of the door by one visit
QUARTER = 15
LAST = 24 * 60 - 1
GROUPS: tuple[frozenset[int], ...] = (
    frozenset(range(7)),
    frozenset(range(5)),
    *(frozenset({weekday}) for weekday in range(7)),
)


class Proposed(NamedTuple):
    """A visit that takes place on some weekdays: from when to when, and on how many of how many days."""

    weekdays: frozenset[int]
    begins: time
    ends: time
    came: int
    days: int


def proposed(uses: Mapping[date, Sequence[float]]) -> list[Proposed]:
    """Return the visits that a home shows, by the uses of its door by others (minutes after midnight) on known days."""
    left = {day: sorted(minutes) for day, minutes in uses.items()}
    found: list[Proposed] = []
    for group in GROUPS:
        while (one := _most_regular(left, group)) is not None:
            found.append(one)
            begin, end = _minutes(one.begins) - WITHIN / 3, _minutes(one.ends) + WITHIN / 3
            for day, minutes in left.items():
                if day.weekday() in group:
                    left[day] = [at for at in minutes if not begin <= at <= end]
    return sorted(found, key=lambda one: (one.begins, sorted(one.weekdays)))


def _most_regular(uses: Mapping[date, Sequence[float]], group: frozenset[int]) -> Proposed | None:
    days = [day for day in uses if day.weekday() in group]
    weekdays = {day.weekday() for day in days}
    best: tuple[int, float] | None = None
    for start in sorted({at for day in days for at in uses[day]}):
        came = [day for day in days if any(start <= at <= start + WITHIN for at in uses[day])]
        # Of several weekdays each must show it, else it is a visit of some of them.
        each = all(_share(came, days, weekday) >= REGULAR for weekday in weekdays)
        if each and len(came) >= LEAST and (best is None or len(came) > best[0]):
            best = len(came), start
    if best is None or weekdays != group:
        return None
    spans = [[at for at in uses[day] if best[1] <= at <= best[1] + WITHIN] for day in days]
    spans = [span for span in spans if span]
    begins, ends = np.median([span[0] for span in spans]), np.median([span[-1] for span in spans])
    return Proposed(
        group, _clock(float(begins)), _clock(max(float(ends), float(begins) + QUARTER)), len(spans), len(days)
    )


def _share(came: Sequence[date], days: Sequence[date], weekday: int) -> float:
    there = sum(day.weekday() == weekday for day in days)
    return sum(day.weekday() == weekday for day in came) / there if there else 0.0


def _clock(minutes: float) -> time:
    whole = min(LAST, QUARTER * round(minutes / QUARTER))
    return time(whole // 60, whole % 60)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute

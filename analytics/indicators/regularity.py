"""Regularity over seven days: how alike the days are, how broken up they are, and how predictable the next room is.

Interdaily stability, intradaily variability and relative amplitude are those of Van Someren et al. (1999), as
nparACT computes them, of the minutes of each hour in which somebody was seen to move; of a wrist they are known by
its accelerations, so that norms for wrists (about 0.6 for the first) do not hold here, and only changes tell something.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from analytics.indicators.protocol import MIDNIGHT, Direction, OfDays
from analytics.profiles.profile import DayProfile, Hours
from analytics.sensors import all_movement

DAYS = 7
LEAST_MOVES = 50
VAN_SOMEREN = "Van Someren et al., Chronobiology International 1999; Blume et al., MethodsX 2016 (nparACT)"
LEAST_ACTIVE, MOST_ACTIVE = 5, 10  # hours


def interdaily_stability(days: Sequence[DayProfile]) -> float | None:
    """Return IS = (n Σ_h (mean_h - mean)²) / (p Σ_i (x_i - mean)²), 0 (no daily rhythm) to 1 (each day the same).

    Unit: 1. x_i are the n hours, mean_h the mean of each of the p = 24 hours of the day. Where hours are unknown, each
    hour of the day has the weight of its known ones instead of n / p: it remains a share of the variance.
    """
    hours = _activity(days)
    by_hour = _mean_day(hours)
    known = hours[~np.isnan(hours)]
    spread = float(np.sum((known - known.mean()) ** 2)) if len(known) else 0.0
    if by_hour is None or not spread:
        return None
    weight = (~np.isnan(hours)).sum(axis=0)
    return round(float(np.sum(weight * (by_hour - known.mean()) ** 2)) / spread, 4)


def intradaily_variability(days: Sequence[DayProfile]) -> float | None:
    """Return IV = (n Σ_i (x_i - x_{i-1})²) / ((n-1) Σ_i (x_i - mean)²), near 0 (one rest a day) to 2 (noise); unit: 1.

    Only differences between hours that follow each other and are both known count, and n - 1 is their number.
    """
    hours = _activity(days)
    known = hours[~np.isnan(hours)]
    steps = np.diff(hours.ravel())
    steps = steps[~np.isnan(steps)]
    spread = float(np.sum((known - known.mean()) ** 2)) if len(known) else 0.0
    if not spread or not len(steps):
        return None
    return round(len(known) * float(np.sum(steps**2)) / (len(steps) * spread), 4)


def relative_amplitude(days: Sequence[DayProfile]) -> float | None:
    """Return RA = (M10 - L5) / (M10 + L5) of the mean day, 0 (day and night the same) to 1; unit: 1.

    M10 is the mean of its ten most active hours that follow each other round the clock, L5 of the five least active.
    """
    by_hour = _mean_day(_activity(days))
    if by_hour is None or not by_hour.any():
        return None
    most, least = max(_runs(by_hour, MOST_ACTIVE)), min(_runs(by_hour, LEAST_ACTIVE))
    return round((most - least) / (most + least), 4)


def room_entropy(days: Sequence[DayProfile]) -> float | None:
    """Return the entropy rate of the sequence of rooms, in bits a move: 0 is fully predictable.

    The Lempel-Ziv estimator S = n log2(n) / Σ_i Λ_i of Kontoyiannis et al. (1998) as Song et al. (Science 2010) use it:
    Λ_i is the length of the shortest run of rooms from i on that does not occur before i. In homes about 70 % of moves
    can be predicted (PMC7728271). None with fewer than `LEAST_MOVES` moves.
    """
    rooms = [room for day in days for room in day.rooms]
    if len(rooms) < LEAST_MOVES:
        return None
    letters = {room: chr(number) for number, room in enumerate(sorted(set(rooms)))}
    text = "".join(letters[room] for room in rooms)
    total, length = 0, 0
    for index in range(len(text)):
        # One that fits from i - 1 on fits without its first room from i on: it is looked for from that length on.
        length = max(0, length - 1)
        while index + length < len(text) and text.find(text[index : index + length + 1], 0, index) >= 0:
            length += 1
        total += length + 1
    return round(len(text) * float(np.log2(len(text))) / total, 4)


def _activity(days: Sequence[DayProfile]) -> Hours:
    return np.array([day.hours["activity"] for day in days])


def _mean_day(hours: Hours) -> Hours | None:
    """Return the mean of each hour over the days, None where an hour is known on no day."""
    known = ~np.isnan(hours)
    count = known.sum(axis=0)
    mean: Hours = np.where(known, hours, 0.0).sum(axis=0) / np.maximum(count, 1)
    return mean if count.all() else None


def _runs(by_hour: Hours, length: int) -> list[float]:
    """Return the means of all runs of so many hours round the clock."""
    total = np.concatenate(([0.0], np.cumsum(np.concatenate((by_hour, by_hour[:length])))))
    return [float(each) for each in (total[length : length + len(by_hour)] - total[: len(by_hour)]) / length]


_WEEK: dict[str, Any] = {
    "begins": MIDNIGHT,
    "ends": MIDNIGHT,
    "days": DAYS,
    "unit": "1",
    "watched": all_movement,
    "rests_on": "movement anywhere in the home on seven days; hours of which too little is known are left out",
}

INDICATORS = (
    OfDays(
        kind="interdaily_stability",
        value=interdaily_stability,
        direction=Direction.LESS,
        source=VAN_SOMEREN,
        formula="IS = n·Σ_h(x̄_h-x̄)² / (p·Σ_i(x_i-x̄)²) over hourly minutes of activity, p = 24: 1 is every day the "
        "same, 0 no daily rhythm.",
        spread_floor=0.04,
        least_excess=0.15,
        **_WEEK,
    ),
    OfDays(
        kind="intradaily_variability",
        value=intradaily_variability,
        direction=Direction.MORE,
        source=VAN_SOMEREN,
        formula="IV = n·Σ_i(x_i-x_{i-1})² / ((n-1)·Σ_i(x_i-x̄)²): near 0 for one rest and one active time a day, about "
        "2 for noise.",
        spread_floor=0.06,
        least_excess=0.3,
        **_WEEK,
    ),
    OfDays(
        kind="relative_amplitude",
        value=relative_amplitude,
        direction=Direction.LESS,
        source=VAN_SOMEREN,
        formula="RA = (M10-L5)/(M10+L5) of the mean day: ten most and five least active hours that follow each other.",
        spread_floor=0.04,
        least_excess=0.15,
        **_WEEK,
    ),
    OfDays(
        kind="room_entropy",
        value=room_entropy,
        direction=Direction.MORE,
        source="Kontoyiannis et al. 1998; Song et al., Science 2010; PMC7728271",
        formula="Lempel-Ziv entropy rate of the sequence of rooms, n·log₂n / ΣΛ_i, in bits a move; no figure with "
        "fewer than 50 moves.",
        spread_floor=0.1,
        least_excess=0.4,
        **_WEEK,
    ),
)

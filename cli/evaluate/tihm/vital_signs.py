"""Vital signs against plain limits: what a team that looks at every measurement would have labelled.

Limits, and not learned ones, because a limit can be said in a sentence and be set by whoever is responsible. These are
the ones at which clinical practice looks twice; a programme sets its own.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from cli.evaluate.tihm.recorded import ONE_DAY, Measured, Person


class Limits(NamedTuple):
    """Values at or beyond which a measurement stands out, in the unit of the vocabulary."""

    low: float
    high: float


LIMITS: Mapping[str, Mapping[str, Limits]] = {
    "Blood pressure": {"systolic_pressure": Limits(90, 160), "diastolic_pressure": Limits(50, 100)},
    "Pulse": {"heart_rate": Limits(50, 100)},
    "Body temperature": {"body_temperature": Limits(35, 38)},
    "Body water": {"body_water": Limits(40, 65)},
}
WEIGHT, WEIGHT_CHANGE, WEIGHT_WITHIN = "Weight", 2.0, timedelta(days=3)  # kg
KINDS = (*LIMITS, WEIGHT)


class Recall(NamedTuple):
    """How the labels of one kind were found, on the day of the label or the day before it.

    `measured` is the number of labels for which there is a measurement of those days at all; `findings` counts the
    days with one, `right` those of them with a label on the day or the next.
    """

    labels: int
    found: int
    measured: int
    findings: int
    right: int


def recall(persons: Sequence[Person]) -> dict[str, Recall]:
    """Return how the labels of each kind are found in the whole recording; nothing is learned, so nothing leaks."""
    return {kind: _recall(kind, persons) for kind in KINDS}


def _recall(kind: str, persons: Sequence[Person]) -> Recall:
    counts = np.zeros(5, dtype=np.int64)
    for person in persons:
        labels = person.labels.get(kind, frozenset())
        measured, findings = outstanding(kind, person.measured)
        counts += [
            len(labels),
            sum(1 for day in labels if _near(day, findings)),
            sum(1 for day in labels if _near(day, measured)),
            len(findings),
            sum(1 for day in findings if day in labels or day + ONE_DAY in labels),
        ]
    return Recall(*map(int, counts))


def outstanding(kind: str, measured: Sequence[Measured]) -> tuple[set[date], set[date]]:
    """Return the days on which something of a kind was measured, and those on which it stood out."""
    if kind == WEIGHT:
        return _weight([one for one in measured if one.quantity == "body_weight"])
    limits = LIMITS[kind]
    of_kind = [one for one in measured if one.quantity in limits]
    out = {one.day for one in of_kind if not limits[one.quantity].low < one.value < limits[one.quantity].high}
    return {one.day for one in of_kind}, out


def _weight(measured: Sequence[Measured]) -> tuple[set[date], set[date]]:
    """Return the days with a weight, and those on which it differs by `WEIGHT_CHANGE` from one of the days before."""
    of_day: dict[date, list[float]] = {}
    for one in measured:
        of_day.setdefault(one.day, []).append(one.value)
    weight = {day: float(np.median(values)) for day, values in of_day.items()}
    out = {
        day
        for day, value in weight.items()
        for before, other in weight.items()
        if timedelta(0) < day - before <= WEIGHT_WITHIN and abs(value - other) >= WEIGHT_CHANGE
    }
    return set(weight), out


def _near(day: date, days: set[date]) -> bool:
    return day in days or day - ONE_DAY in days

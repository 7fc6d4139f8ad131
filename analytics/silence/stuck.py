"""Sensors that report, but always the same: by their own history, never by a figure for all.

* An activation that never ends: longer than `FACTOR` times the longest before, and at least a floor of its kind.
* No change although the home lives around it: more signs of somebody from the other sensors since its last change than
  `FACTOR` times the most that ever came between two of its changes.
* A level that is exactly the same for longer than `LEVEL_FACTOR` times the longest before.
* A door through which somebody came and went, as the sensor beside it saw, and that was not moved.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.frames import HOUR, MINUTE, Instants
from analytics.silence.evidence import Series
from analytics.silence.verdict import Cause

HALF = 0.5
FACTOR = 2.5
LEVEL_FACTOR = 4.0
HELD_FLOOR = {"occupancy": 5 * HOUR, "presence": 30 * HOUR, "bed_occupancy": 30 * HOUR, "chair_occupancy": 24 * HOUR}
LEVELS = frozenset({"temperature", "humidity", "carbon_dioxide", "pressure", "illuminance"})
LEVEL_FLOOR = 10 * HOUR
LEVEL_REPORTS = 6
CHANGING = frozenset({"occupancy", "presence", "contact", "bed_occupancy", "chair_occupancy"})
LEAST_CHANGES = 8
LEAST_SIGNS = 60
LEARNED_FROM = 5 * 24 * HOUR
ABSENCE = 25 * MINUTE
BESIDE = 3 * MINUTE
PASSED = 3  # times that somebody went through a door that was not moved


class Stuck(NamedTuple):
    """Since when (microseconds) a series is stuck, and how."""

    since: int
    cause: Cause
    confidence: float


def held(series: Series, signs: Instants, own: Instants) -> Stuck | None:
    """Return the activation of a state that has not ended for too long.

    Somebody may lie in a bed for days: what holds counts only if the other sensors gave many signs of somebody
    meanwhile. `signs` are those of the whole home, of which `own` are the device's, both in order.
    """
    floor = HELD_FLOOR.get(series.quantity)
    if floor is None or not len(series.times) or series.values[-1] < HALF:
        return None
    starts, ends = _runs(series.values >= HALF)
    since, last = int(series.times[starts[-1]]), int(series.times[-1])
    before = [int(series.times[end] - series.times[start]) for start, end in zip(starts[:-1], ends[:-1], strict=True)]
    limit = max(floor, int(FACTOR * max(before, default=0)))
    if not before or last - since <= limit:
        return None
    others = np.diff(np.searchsorted(signs, (since, last))) - np.diff(np.searchsorted(own, (since, last)))
    if series.quantity != "occupancy" and int(others[0]) < LEAST_SIGNS:
        return None
    return Stuck(since, Cause.HELD, 0.95)


def unchanged(series: Series, signs: Instants, own: Instants) -> Stuck | None:
    """Return since when a state has not changed although the other sensors gave many `signs` of somebody.

    `signs` are those of the whole home, of which `own` are the device's, both in order.
    """
    if series.quantity not in CHANGING or len(series.times) < 2:  # noqa: PLR2004 - nothing can have changed
        return None
    changes = series.times[1:][np.diff(series.values >= HALF)]
    if len(changes) < LEAST_CHANGES or changes[-1] - series.times[0] < LEARNED_FROM:
        return None
    points = np.concatenate((series.times[:1], changes, series.times[-1:]))
    others = np.searchsorted(signs, points, side="right") - np.searchsorted(own, points, side="right")
    between = np.diff(others)
    limit = max(LEAST_SIGNS, FACTOR * int(between[:-1].max()))
    if between[-1] <= limit:
        return None
    return Stuck(int(changes[-1]), Cause.BLIND, 0.9)


def frozen(series: Sequence[Series]) -> Stuck | None:
    """Return since when all levels of a device have been exactly the same."""
    levels = [each for each in series if each.quantity in LEVELS and len(each.times) > LEVEL_REPORTS]
    found = [_constant(each) for each in levels]
    if not found or None in found:
        return None
    return Stuck(max(since for since in found if since is not None), Cause.FROZEN, 0.9)


def passed(door: Series, beside: Instants, signs: Instants) -> Stuck | None:
    """Return since when a door was not moved though somebody left and came back by it several times.

    `beside` are the signs of the sensors beside the door, `signs` all others of the home but the door's, both in order.
    Whoever is seen there last, then nowhere for long, then there first, went out and came back.
    """
    changes = door.times[1:][np.diff(door.values >= HALF)] if len(door.times) > 1 else door.times[:0]
    if len(changes) < LEAST_CHANGES:
        return None
    everything = np.unique(np.concatenate((beside, signs)))
    there = np.isin(everything, beside)
    gaps = np.diff(everything)
    absences = np.flatnonzero((gaps >= ABSENCE) & there[:-1] & there[1:])
    through = [
        int(everything[index])
        for index in absences
        if not _near(changes, int(everything[index])) and not _near(changes, int(everything[index + 1]))
    ]
    before = sum(at < changes[-1] for at in through)
    since_last = [at for at in through if at >= changes[-1]]
    # Where it was seen before that somebody stayed beside the door for long, it says little.
    if len(since_last) < PASSED + 2 * before:
        return None
    return Stuck(int(changes[-1]), Cause.PASSED, 0.85)


def _near(changes: Instants, at: int) -> bool:
    return bool(np.searchsorted(changes, at - BESIDE) < np.searchsorted(changes, at + BESIDE, side="right"))


def _constant(series: Series) -> int | None:
    """Return since when a level has been the same, if that is longer than it ever was."""
    same = np.append(np.flatnonzero(np.diff(series.values)) + 1, len(series.times))
    starts = np.concatenate(([0], same[:-1]))
    lengths = series.times[same - 1] - series.times[starts]
    last = int(starts[-1])
    longest = int(lengths[:-1].max()) if len(lengths) > 1 else 0
    if len(lengths) <= LEVEL_REPORTS or len(series.times) - last < LEVEL_REPORTS:
        return None
    return int(series.times[last]) if lengths[-1] > max(LEVEL_FLOOR, int(LEVEL_FACTOR * longest)) else None


def _runs(on: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return where runs of true begin, and the index of what ends each, or of the last where nothing does."""
    edges = np.diff(np.concatenate(([0], on.astype(np.int8), [0])))
    return np.flatnonzero(edges == 1), np.minimum(np.flatnonzero(edges == -1), len(on) - 1)

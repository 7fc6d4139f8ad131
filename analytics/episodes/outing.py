"""Outings: a door to the outside is moved, and nobody moves inside afterwards.

The rule of Petersen et al., *Unobtrusive in-home detection of time spent out-of-home* (2014, PMC4159765):
a door event that no motion follows means that the person has left. Here "no motion" allows for the seconds in
which sensors still see the person who is leaving. That a door ended it as well is asked of short absences, because who
stays behind when a visitor leaves, and sits down, looks the same; and of long ones, because a failure of the sensors
does. In between a return that the sensor of the door missed is more likely than either.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from analytics.frames import HOUR, MINUTE, Episode, Flags, Instants, Signs

KIND = "outing"
QUIET = "quiet_after_door"
LEAVING = 2 * MINUTE  # how long after the door a sensor may still see somebody who is leaving
SHORTEST = 15 * MINUTE
WITHOUT_RETURN = (45 * MINUTE, 4 * HOUR)  # absences that are believed without a door at their end
# Sensors repeat what they saw: who comes home passes the door and is seen for a moment after it.
RETURNED = 15 * MINUTE


class _Quiets(NamedTuple):
    """After the door nobody is seen for a while: from the last sign to the next, uses of the door at either end."""

    start: Instants
    end: Instants
    leaving: Instants
    returning: Instants
    goes_on: Flags


def outings(signs: Signs, until: int) -> list[Episode]:
    """Return the outings in `signs`; one that has not ended lasts until `until` (microseconds)."""
    quiet = _after_door(signs, until)
    return [
        Episode(KIND, int(start), int(end), None, int(leaving) + int(returning > 0))
        for start, end, leaving, returning, _ in _each(quiet, _believed(quiet))
    ]


def quiets(signs: Signs, until: int) -> list[Episode]:
    """Return when nobody was seen after the door without this being an outing: who left, or who is sitting quietly."""
    quiet = _after_door(signs, until)
    return [
        Episode(QUIET, int(start), int(end), None, int(leaving))
        for start, end, leaving, _, goes_on in _each(quiet, ~_believed(quiet))
        if not goes_on
    ]


def _each(quiet: _Quiets, which: Flags) -> Iterator[tuple[Any, ...]]:
    return zip(*(column[which] for column in quiet), strict=True)


def _believed(quiet: _Quiets) -> Flags:
    lasted = quiet.end - quiet.start
    shortest, longest = WITHOUT_RETURN
    without_return: Flags = (quiet.goes_on | (lasted >= shortest)) & (lasted <= longest)
    return (quiet.returning > 0) | without_return


def _after_door(signs: Signs, until: int) -> _Quiets:
    at, door = signs.at[~signs.left], signs.door[~signs.left]
    following = np.append(at[1:], until) if len(at) else at
    gaps = np.flatnonzero(following - at >= SHORTEST)
    moved = np.concatenate(([0], np.cumsum(door)))  # how often the door was, before each sign
    first = np.searchsorted(at, at[gaps] - LEAVING)
    last = np.searchsorted(at, following[gaps] + LEAVING, side="right")
    leaving, returning = moved[gaps + 1] - moved[first], moved[np.maximum(last, gaps + 1)] - moved[gaps + 1]
    after = leaving > 0
    goes_on: Flags = gaps == len(at) - 1
    return _Quiets(at[gaps][after], following[gaps][after], leaving[after], returning[after], goes_on[after])


def leaving(at: Instants, door: Flags, index: int) -> bool:
    """Tell whether the sign at `index`, which nobody's movement followed, was of somebody who left by the door.

    `at` are the signs of somebody, `door` those of the door to the outside. Who was out, opens the door and is seen
    inside has come home: that he is not seen any more is no absence.
    """
    first = int(np.searchsorted(at, at[index] - LEAVING))
    if not door[first : index + 1].any():
        return False
    # Back to the beginning of this coming or going: what follows each other closely.
    while first > 0 and at[first] - at[first - 1] < LEAVING:
        first -= 1
    if first == 0 or at[first] - at[first - 1] < RETURNED:
        return True
    before = int(np.searchsorted(at, at[first - 1] - LEAVING))
    was_out = bool(door[before:first].any())
    came_home = bool(door[first]) and not door[first : index + 1].all()
    return not (was_out and came_home)

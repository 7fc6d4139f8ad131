"""Outings: a door to the outside is moved, and nobody moves inside afterwards.

The rule of Petersen et al., *Unobtrusive in-home detection of time spent out-of-home* (2014, PMC4159765):
a door event that no motion follows means that the person has left. Here "no motion" allows for the seconds in
which sensors still see the person who is leaving. That a door ended it as well is asked of short absences, because who
stays behind when a visitor leaves, and sits down, looks the same; and of long ones, because a failure of the sensors
does. In between a return that the sensor of the door missed is more likely than either.
"""

import numpy as np

from analytics.frames import HOUR, MINUTE, Episode, Flags, Instants, Signs

KIND = "outing"
QUIET = "quiet_after_door"
LEAVING = 2 * MINUTE  # how long after the door a sensor may still see somebody who is leaving
SHORTEST = 15 * MINUTE
WITHOUT_RETURN = (45 * MINUTE, 4 * HOUR)  # absences that are believed without a door at their end
# Sensors repeat what they saw: who comes home passes the door and is seen for a moment after it.
RETURNED = 15 * MINUTE


def after_door(signs: Signs, until: int) -> list[Episode]:
    """Return when nobody was seen after the door was moved: the outings, and the quiet times that are none.

    In those of the second sort somebody left, or stayed behind and sits quietly. An outing that has not ended lasts
    until `until` (microseconds); whether a quiet time is one is not known before it has ended.
    """
    if not signs.door.any():
        return []
    at, door = signs.at[~signs.left], signs.door[~signs.left]
    following = np.append(at[1:], until)
    gaps = np.flatnonzero(following - at >= SHORTEST)
    moved = np.concatenate(([0], np.cumsum(door)))  # how often the door was, before each sign
    first = np.searchsorted(at, at[gaps] - LEAVING)
    last = np.searchsorted(at, following[gaps] + LEAVING, side="right")
    leaving, returning = moved[gaps + 1] - moved[first], moved[np.maximum(last, gaps + 1)] - moved[gaps + 1]
    lasted = following[gaps] - at[gaps]
    goes_on = gaps == len(at) - 1
    without_return = (goes_on | (lasted >= WITHOUT_RETURN[0])) & (lasted <= WITHOUT_RETURN[1])
    believed = (returning > 0) | without_return
    return [
        Episode(KIND, int(at[gap]), int(following[gap]), None, int(doors) + int(back > 0))
        if out
        else Episode(QUIET, int(at[gap]), int(following[gap]), None, int(doors))
        for gap, doors, back, out, open_still in zip(gaps, leaving, returning, believed, goes_on, strict=True)
        if doors > 0 and (out or not open_still)
    ]


def outings(signs: Signs, until: int) -> list[Episode]:
    """Return the outings in `signs`; one that has not ended lasts until `until` (microseconds)."""
    return [one for one in after_door(signs, until) if one.kind == KIND]


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

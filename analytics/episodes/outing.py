"""Outings: a door to the outside is moved, and nobody moves inside afterwards.

The rule of Petersen et al., *Unobtrusive in-home detection of time spent out-of-home* (2014, PMC4159765):
a door event that no motion follows means that the person has left. Here "no motion" allows for the seconds in
which sensors still see the person who is leaving, and a long absence counts only if a door ended it as well,
because a door event followed by a failure of the sensors looks the same.
"""

import numpy as np

from analytics.frames import HOUR, MINUTE, Episode, Signs

KIND = "outing"
LEAVING = 2 * MINUTE  # how long after the door a sensor may still see somebody who is leaving
SHORTEST = 15 * MINUTE
WITHOUT_RETURN = 4 * HOUR  # the longest absence that is believed without a door at its end


def outings(signs: Signs, until: int) -> list[Episode]:
    """Return the outings in `signs`; one that has not ended lasts until `until` (microseconds)."""
    if not signs.door.any():
        return []
    at, door = signs.at[~signs.left], signs.door[~signs.left]
    following = np.append(at[1:], until)
    gaps = np.flatnonzero(following - at >= SHORTEST)
    moved = np.concatenate(([0], np.cumsum(door)))  # how often the door was, before each sign
    first = np.searchsorted(at, at[gaps] - LEAVING)
    last = np.searchsorted(at, following[gaps] + LEAVING, side="right")
    leaving, returning = moved[gaps + 1] - moved[first], moved[np.maximum(last, gaps + 1)] - moved[gaps + 1]
    believed = (leaving > 0) & ((returning > 0) | (following[gaps] - at[gaps] <= WITHOUT_RETURN))
    return [
        Episode(KIND, int(at[gap]), int(following[gap]), None, int(doors) + int(back > 0))
        for gap, doors, back in zip(gaps[believed], leaving[believed], returning[believed], strict=True)
    ]

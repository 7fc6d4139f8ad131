"""Outings: a door to the outside is moved, and nobody moves inside afterwards.

The rule of Petersen et al., *Unobtrusive in-home detection of time spent out-of-home* (2014, PMC4159765):
a door event that no motion follows means that the person has left. Here "no motion" allows for the seconds in
which sensors still see the person who is leaving, and a long absence counts only if a door ended it as well,
because a door event followed by a failure of the sensors looks the same.
"""

import numpy as np
import pandas as pd

from analytics.frames import HOUR, MINUTE, Episode

KIND = "outing"
LEAVING = 2 * MINUTE  # how long after the door a sensor may still see somebody who is leaving
SHORTEST = 15 * MINUTE
WITHOUT_RETURN = 4 * HOUR  # the longest absence that is believed without a door at its end


def outings(activity: pd.DataFrame, until: int) -> list[Episode]:
    """Return the outings in `activity`; one that has not ended lasts until `until` (microseconds)."""
    if not activity["door"].any():
        return []
    signs = ~activity["left"].to_numpy()
    at, door = activity["at"].to_numpy()[signs], activity["door"].to_numpy()[signs]
    following = np.append(at[1:], until)
    found = []
    for index in np.flatnonzero(following - at >= SHORTEST):
        first = np.searchsorted(at, at[index] - LEAVING)
        doors = first + np.flatnonzero(door[first : index + 1])
        if not len(doors):
            continue
        start, end = int(at[index]), int(following[index])
        last = np.searchsorted(at, end + LEAVING, side="right")
        returned = bool(door[index + 1 : last].any())
        if returned or end - start <= WITHOUT_RETURN:
            found.append(Episode(KIND, start, end, None, len(doors) + int(returned)))
    return found

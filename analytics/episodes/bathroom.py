"""Visits to the bathroom: signs of somebody there, with short pauses bridged.

Counting by room occupancy with gaps merged was accurate to 0.32 misdetections a day (PMC6333356; PLOS ONE
0209909); the gap that is merged is 5 to 10 minutes there. The shorter one is taken, so that two visits of one
restless hour stay two.
"""

import numpy as np
import pandas as pd

from analytics.frames import MINUTE, Episode
from core.places import RoomKind

KIND = "bathroom_visit"
MERGED = 5 * MINUTE


def visits(activity: pd.DataFrame) -> list[Episode]:
    """Return the visits, from the first to the last sign of each, ordered by time."""
    there = (activity["room_kind"].to_numpy() == RoomKind.BATHROOM) & ~activity["left"].to_numpy()
    at, room = activity["at"].to_numpy()[there], activity["room_id"].to_numpy()[there]
    if not len(at):
        return []
    firsts = np.concatenate(([0], np.flatnonzero(np.diff(at) >= MERGED) + 1))
    lasts = np.concatenate((firsts[1:] - 1, [len(at) - 1]))
    return [
        Episode(KIND, int(at[first]), int(at[last]), int(room[first]) or None, int(last - first + 1))
        for first, last in zip(firsts, lasts, strict=True)
    ]

"""Visits to the bathroom: signs of somebody there, with short pauses bridged.

Counting by room occupancy with gaps merged was accurate to 0.32 misdetections a day (PMC6333356; PLOS ONE
0209909); the gap that is merged is 5 to 10 minutes there. The shorter one is taken, so that two visits of one
restless hour stay two.
"""

from analytics.frames import MINUTE, ROOMS, Episode, Signs, together
from core.places import RoomKind

KIND = "bathroom_visit"
MERGED = 5 * MINUTE


def visits(signs: Signs) -> list[Episode]:
    """Return the visits, from the first to the last sign of each, ordered by time."""
    there = (signs.room_kind == ROOMS[RoomKind.BATHROOM]) & ~signs.left
    at, room = signs.at[there], signs.room_id[there]
    return [
        Episode(KIND, int(at[first]), int(at[last]), int(room[first]) or None, last - first + 1)
        for first, last in together(at, MERGED)
    ]

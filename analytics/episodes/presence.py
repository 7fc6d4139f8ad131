"""Presence per room: who moves in a room is in it until somebody moves in another.

Motion sensors tell when they see a movement and not that a person sits still, so a stay begins with the first
sign in a room and ends with the first sign in another one, with the beginning of an outing, or where a radar says
that the room is empty. A silence longer than `LONGEST_SILENCE` is not believed to be a stay.
"""

from collections.abc import Sequence

import numpy as np

from analytics.frames import HOUR, MINUTE, Episode, Signs

KIND = "presence"
LONGEST_SILENCE = 10 * HOUR  # a long night's sleep
SHORTEST = 1 * MINUTE  # walking through a room is not a stay


def stays(signs: Signs, outings: Sequence[Episode], until: int) -> list[Episode]:
    """Return the stays in rooms, ordered by time; the last one lasts at most until `until` (microseconds)."""
    inside = signs.inside()
    at, room = inside.at, inside.room_id
    if not len(at):
        return []
    emptied_at, emptied = signs.at[signs.left], signs.room_id[signs.left]
    away = np.array([outing.start for outing in outings], dtype=np.int64)
    following = np.append(at[1:], until)
    gone = np.searchsorted(away, following) > np.searchsorted(away, at)
    broken = (following - at > LONGEST_SILENCE) | gone
    broken[:-1] |= room[1:] != room[:-1]
    broken[-1] = True
    lasts = np.flatnonzero(broken)
    firsts = np.concatenate(([0], lasts[:-1] + 1))
    found = []
    for first, last in zip(firsts, lasts, strict=True):
        end = int(at[last]) if gone[last] or following[last] - at[last] > LONGEST_SILENCE else int(following[last])
        if len(emptied):
            empty = emptied_at[(emptied == room[last]) & (emptied_at > at[last]) & (emptied_at < end)]
            end = int(empty[0]) if len(empty) else end
        if end - at[first] >= SHORTEST:
            found.append(Episode(KIND, int(at[first]), end, int(room[first]), int(last - first + 1)))
    return found

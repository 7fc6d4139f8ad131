"""Long stillness: nobody moves anywhere in the home while somebody is in it and the sensors are alive.

The silence between two signs of somebody, as in Cuddihy et al., *An algorithm for automatic detection of long
periods of inactivity* (HealthNet 2007). A silence during which the person is out, or of which nobody knows whether
the sensors were alive, is none; nor is one that begins with somebody leaving by the door, however long it lasts and
whether or not a door ends it: a stay in hospital is no outing, but it is no stillness either.
"""

from collections.abc import Sequence

import numpy as np

from analytics.episodes.outing import leaving
from analytics.frames import MINUTE, Episode, Signs, Span, overlap

KIND = "stillness"
SHORTEST = 30 * MINUTE


def stillnesses(
    signs: Signs,
    outings: Sequence[Episode],
    unknown: Sequence[Span],
    until: int,
    confirmed: int | None = None,
) -> list[Episode]:
    """Return the stillnesses of at least `SHORTEST`, ordered by time; the last one lasts at most until `until`.

    They are `confirmed` only up to an instant (None: up to `until`): what follows it may be the silence of a sensor.
    """
    at, room, door = signs.at[~signs.left], signs.room_id[~signs.left], signs.door[~signs.left]
    if not len(at):
        return []
    following = np.append(at[1:], until)
    not_there = [Span(outing.start, outing.end) for outing in outings] + list(unknown)
    found = []
    for index in np.flatnonzero(following - at >= SHORTEST):
        silence = Span(int(at[index]), min(int(following[index]), until if confirmed is None else confirmed))
        if silence.length < SHORTEST or any(overlap(silence, span) for span in not_there):
            continue
        if not leaving(at, door, int(index)):
            found.append(Episode(KIND, silence.start, silence.end, int(room[index]) or None, 2))
    return found

"""Several people in the home: movement in two rooms at once that one person cannot make.

Two signs within `AT_ONCE` in different rooms are a sign of two people if the rooms do not adjoin. Which do is not
entered anywhere: rooms adjoin when the moves between them are usually quick (`NEAR`, the median of those that take no
longer than `WALK`); of pairs with fewer than `LEAST_MOVES` moves nothing is said. Two residents are told apart by
speed only if they differ by 15 cm/s (PMC3402166), so nothing is said of who.

What it can tell: that at least two people moved, from when to when. Sensors that are still for a minute after each
movement seldom see both at once: in simulated homes it is told on four of ten days with a second resident and on a
quarter of those with a visit of two hours, and never of somebody alone (docs/reference/recorded.md). What it cannot:
how many, who, nor that somebody is alone, for two people in one room, or one who sits, leave no such sign; a dog that
a PIR sensor sees is a person to it. It is a context for other figures, not a finding.
"""

import numpy as np

from analytics.frames import MINUTE, SECOND, Episode, together
from analytics.observed import Passages

KIND = "company"
AT_ONCE = 3.5  # seconds
NEAR = 5.0  # seconds
WALK = 30.0  # seconds
LEAST_MOVES = 5
MERGED = 120 * MINUTE
LEAST_SIGNS = 2


def together_in_rooms(passages: Passages) -> list[Episode]:
    """Return from when to when several people were seen, by the moves between rooms of one or two days."""
    taken = passages.seconds
    quick = np.flatnonzero(taken <= WALK)
    low = np.minimum(passages.left_room, passages.came_room)[quick]
    pair = low * 1_000_003 + (passages.left_room + passages.came_room)[quick]
    at = passages.came_at[quick]
    signs = []
    for one in np.unique(pair):
        of_pair = taken[quick][pair == one]
        if len(of_pair) >= LEAST_MOVES and float(np.median(of_pair)) > NEAR:
            signs.append(at[pair == one][of_pair <= AT_ONCE])
    moments = np.sort(np.concatenate(signs)) if signs else np.array([], dtype=np.int64)
    return [
        Episode(KIND, int(moments[first]), int(moments[last]) + SECOND, None, last - first + 1)
        for first, last in together(moments, MERGED)
        if last - first + 1 >= LEAST_SIGNS
    ]

"""Walking about at night, and the outer door at night.

A walk is a run of moves from room to room between 23:00 and 5:00, no more than `PAUSE` apart, of at least `LEAST`
moves: to the bathroom and back is fewer. In community studies 17 to 63 % of people with dementia wander (PMC7864330);
how much is too much is for each person's own habit to say.

The door is an episode whenever it is moved in those hours, once for movements within `PAUSE` of each other. It does not
tell who moved it, nor whether somebody went out; that is an `outing` if nobody moves inside afterwards.
"""

from collections.abc import Sequence

from analytics.frames import MINUTE, Episode, Signs, Span, together
from analytics.observed import Passages

WALK = "night_walk"
DOOR = "night_door"
PAUSE = 10 * MINUTE
LEAST = 4


def walks(passages: Passages, windows: Sequence[Span]) -> list[Episode]:
    """Return the walks in each of `windows`, from the first to the last move."""
    found = []
    for window in windows:
        at = passages.within(window).came_at
        found += [
            Episode(WALK, int(at[first]), int(at[last]), None, last - first + 1)
            for first, last in together(at, PAUSE)
            if last - first + 1 >= LEAST
        ]
    return found


def doors(signs: Signs, windows: Sequence[Span]) -> list[Episode]:
    """Return the times the door to the outside was moved in each of `windows`."""
    moved = signs.at[signs.door & ~signs.left]
    found = []
    for window in windows:
        at = moved[(moved >= window.start) & (moved < window.end)]
        found += [
            Episode(DOOR, int(at[first]), int(at[last]), None, last - first + 1) for first, last in together(at, PAUSE)
        ]
    return found

"""Who uses the door to the outside: the person who goes out and comes back, or somebody who comes and leaves.

Between the two door uses of an outing nobody moves at home. Whatever other use there is, is of somebody else, or of the
person who only opens the door.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from analytics.contexts.traces import Traces

LEAVING, ARRIVING = 120, 60  # seconds in which somebody is still seen after the door, and already before it
SHORTEST_OUTING = 600  # seconds


class Stay(NamedTuple):
    """Two uses of the door one after the other, none of them of an outing, and somebody moved between (seconds)."""

    start: int
    end: int
    moves: int


def stays(days: Iterable[Traces], shortest: int, longest: int) -> list[Stay]:
    """Return the stays of other people that may be, between two door uses `shortest` to `longest` seconds apart."""
    known = sorted(days, key=lambda one: one.day)
    doors = sorted(at for one in known for at in one.doors)
    moves = sorted(each.at for one in known for each in one.moves)
    own = _own(doors, moves)
    others = [at for at in doors if at not in own]
    found = []
    for start, end in pairwise(others):
        if shortest <= end - start <= longest and not _goes_out(doors, own, start, end):
            found.append(Stay(start, end, _between(moves, start, end)))
    return [one for one in found if one.moves]


def _own(doors: Sequence[int], moves: Sequence[int]) -> set[int]:
    """Return the door uses at the ends of outings."""
    own: set[int] = set()
    for start, end in pairwise(doors):
        if end - start >= SHORTEST_OUTING and not _between(moves, start + LEAVING, end - ARRIVING):
            own |= {start, end}
    return own


def _goes_out(doors: Sequence[int], own: set[int], start: int, end: int) -> bool:
    first, last = bisect_left(doors, start), bisect_left(doors, end)
    return any(at in own for at in doors[first + 1 : last])


def _between(moves: Sequence[int], start: int, end: int) -> int:
    return max(0, bisect_left(moves, end) - bisect_left(moves, start))

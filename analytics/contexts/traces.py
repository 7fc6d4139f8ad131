"""What a day tells of who is in the home, kept small: for each day what the detectors of contexts look at over weeks.

Instants are whole seconds since 1970. Kept are every move from one room to another, when the door to the outside was
moved, and the long silences of the day with what stood at their ends.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec
import numpy as np

from analytics.episodes.outing import LEAVING
from analytics.frames import HOUR, MINUTE, SECOND, Signs, Span
from analytics.observed import Passages

SAME_DOOR = 2 * MINUTE
LONG = 2 * HOUR
DAY = 24 * HOUR // SECOND


class Move(NamedTuple):
    """Somebody was seen in a room, and next in another one: when there, from which room, to which, after how long."""

    at: int
    left: int
    came: int
    seconds: float


class Traces(NamedTuple):
    """The traces of a local day from `start`, and how far it was seen: `until` may lie in the morning after it.

    `first` and `last` are the first and last sign of anybody (None: nobody was seen), `left_by_door` whether the door
    to the outside was moved within two minutes of the last one, `came_by_door` the same of the first. `silences` are
    those of at least two hours between two signs of the day: from, to, and the same two facts of their ends.
    `followed` is the first sign after the day, as far as that was seen. `unknown` is of which time nothing is known.
    """

    day: date
    start: int
    until: int
    first: int | None
    last: int | None
    came_by_door: bool
    left_by_door: bool
    silences: tuple[tuple[int, int, bool, bool], ...]
    doors: tuple[int, ...]
    moves: tuple[Move, ...]
    followed: int | None = None
    unknown: tuple[tuple[int, int], ...] = ()

    @property
    def known(self) -> float:
        """Which share of the day is known of all sensors that tell of movement, as far as it was seen; 0 to 1."""
        return share_known(self.start, min(self.until, self.start + DAY), self.unknown)


def traces(day: date, own: Span, until: int, signs: Signs, passages: Passages, unknown: Sequence[Span] = ()) -> Traces:
    """Return the traces of a day whose local span is `own`; all was seen up to `until` (microseconds)."""
    end = min(own.end, until)
    within = signs.within(Span(own.start, end))
    seen = within.where(~within.left)
    at = seen.at
    door_at = signs.at[signs.door & ~signs.left]
    moved = passages.within(Span(own.start, end))
    after = signs.at[~signs.left & (signs.at >= own.end)]
    gaps = np.flatnonzero(np.diff(at) >= LONG)

    def by_door(moment: int) -> bool:
        first, last = np.searchsorted(door_at, (moment - LEAVING, moment + LEAVING))
        return bool(last > first)

    return Traces(
        day,
        own.start // SECOND,
        until // SECOND,
        int(at[0]) // SECOND if len(at) else None,
        int(at[-1]) // SECOND if len(at) else None,
        bool(len(at)) and by_door(int(at[0])),
        bool(len(at)) and by_door(int(at[-1])),
        tuple(
            (int(at[gap]) // SECOND, int(at[gap + 1]) // SECOND, by_door(int(at[gap])), by_door(int(at[gap + 1])))
            for gap in gaps
        ),
        tuple(int(each) // SECOND for each in _apart(seen.at[seen.door])),
        tuple(
            Move(int(came) // SECOND, int(left_room), int(came_room), round(float(came - left) / SECOND, 1))
            for left, came, left_room, came_room in zip(*moved, strict=True)
        ),
        int(after[0]) // SECOND if len(after) else None,
        tuple(
            (max(each.start, own.start) // SECOND, min(each.end, until) // SECOND)
            for each in sorted(unknown)
            if each.start < until and each.end > own.start
        ),
    )


def share_known(start: int, end: int, unknown: Sequence[tuple[int, int]]) -> float:
    """Return which share of the time from one instant to another is known, 0 to 1; of `unknown` times nothing is."""
    missing, reached = 0, start
    for first, last in sorted(unknown):
        missing += max(0, min(end, last) - max(reached, first))
        reached = max(reached, last)
    return 1 - missing / max(1, end - start)


def _apart(at: Any) -> Any:
    """Return the first of each group of instants that lie less than `SAME_DOOR` apart."""
    return at[np.concatenate(([True], np.diff(at) >= SAME_DOOR))] if len(at) else at


class _Stored(msgspec.Struct):
    """Traces as they are stored; times of moves are seconds since the start of the day."""

    start: int
    until: int
    ends: tuple[int | None, int | None, bool, bool]
    followed: int | None
    silences: tuple[tuple[int, int, bool, bool], ...]
    doors: tuple[int, ...]
    moves: list[tuple[int, int, int, float]]
    unknown: tuple[tuple[int, int], ...]


_STORED = msgspec.json.Decoder(_Stored)  # two months are read at a time: text, straight to what it stands for


def to_text(one: Traces) -> str:
    """Return traces as JSON."""
    stored = _Stored(
        one.start,
        one.until,
        (one.first, one.last, one.came_by_door, one.left_by_door),
        one.followed,
        one.silences,
        one.doors,
        [(each.at - one.start, each.left, each.came, each.seconds) for each in one.moves],
        one.unknown,
    )
    return msgspec.json.encode(stored).decode()


def of_text(day: date, text: str) -> Traces:
    """Return the traces of a day from what `to_text` made of them."""
    row = _STORED.decode(text)
    first, last, came_by_door, left_by_door = row.ends
    start = row.start
    return Traces(
        day,
        start,
        row.until,
        first,
        last,
        came_by_door,
        left_by_door,
        row.silences,
        row.doors,
        tuple([Move(at + start, left, came, seconds) for at, left, came, seconds in row.moves]),
        row.followed,
        row.unknown,
    )

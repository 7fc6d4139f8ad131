"""Rooms to sit in where somebody would have been seen by now, if their sensors saw anybody.

A motion sensor that is stuck at rest still reports, and is told as stuck after a day or more. Until then whoever rests
in its room looks as if lying where the last sign was. But that nobody came into a room from when it was last left until
that sign can be held against the days before: between the same times of the clock, on how many of them was nobody there
either? Where on nearly none, its sensor may not see. Somebody who falls an hour after leaving it is not doubted by
that. It is asked of the room to sit in alone: from the bedroom people stay away all day, on some days and not others.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import numpy as np

from analytics.contexts.traces import Traces
from analytics.frames import ROOMS, SECOND, Instants
from analytics.stillness.quiet import Quiet
from core.places import RoomKind

TO_SIT_IN = ROOMS[RoomKind.LIVING]
DAYS, LEAST_DAYS = 28, 14
HARDLY_EVER = 0.05  # share of the days on which nobody was there between the same times of the clock
LEAST, LEFT = 90 * 60, 60  # seconds: who has left shortly before is not missed yet


class _Stays(NamedTuple):
    """From when to when (seconds) somebody was seen in each room, one stay after the other."""

    start: Instants
    end: Instants
    room_id: Instants

    def of(self, room_id: int) -> tuple[Instants, Instants]:
        there = self.room_id == room_id
        return self.start[there], self.end[there]


def unvisited(quiet: Quiet, days: Mapping[date, Traces], day: date, rooms: Mapping[int, int]) -> tuple[int, ...]:
    """Return the rooms to sit in, but that of the last sign, where nobody has been for unusually long before it.

    `days` are the traces of the day on which the time begins, `day`, and of the days before it; `rooms` are the kinds
    of the home's rooms (`analytics.frames.ROOMS`).
    """
    if day not in days:
        return ()
    begun, stays = quiet.start // SECOND, _stays(days)
    own = days[day].start
    lived = [days[each].start for each in sorted(days) if each < day and days[each].first is not None][-DAYS:]
    if len(lived) < LEAST_DAYS:
        return ()
    return tuple(
        room
        for room, kind in sorted(rooms.items())
        if kind == TO_SIT_IN and room != quiet.room_id and _is_missed(stays.of(room), begun, own, np.array(lived))
    )


def _is_missed(stays: tuple[Instants, Instants], begun: int, own: int, lived: Instants) -> bool:
    """Tell whether nobody was there from when it was last left, though on nearly all days somebody was."""
    starts, ends = stays
    before = int(np.searchsorted(starts, begun)) - 1
    if before < 0 or begun - ends[before] < LEAST:
        return False
    shift = lived - own
    # The first stay that is not over when the same time begins: is it there before that ends?
    following = np.searchsorted(ends, ends[before] + LEFT + shift, side="right")
    comes = np.append(starts, np.iinfo(np.int64).max)[following]
    return bool(np.mean(comes >= begun + shift) <= HARDLY_EVER)


def _stays(days: Mapping[date, Traces]) -> _Stays:
    moves = [move for each in sorted(days) for move in days[each].moves]
    at = np.array([move.at for move in moves], dtype=np.int64)
    left_at = np.array([move.at - round(move.seconds) for move in moves], dtype=np.int64)
    room = np.array([move.came for move in moves], dtype=np.int64)
    last = max((each.last for each in days.values() if each.last is not None), default=0)
    return _Stays(at, np.maximum(at, np.append(left_at[1:], last)), room)

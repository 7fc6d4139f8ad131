"""Times without a sign of anybody anywhere in the home, from the last sign to the next.

Each begins with its last sign, which says where somebody was: in which room, and, where a sensor in the bed tells,
whether in it. Nobody is at home in those that begin at the door to the outside (`episodes.outing.leaving`).
"""

from collections.abc import Sequence
from datetime import date
from enum import IntEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from analytics.episodes.outing import LEAVING, leaving
from analytics.frames import MINUTE, ROOMS, Signs, Span, instant, overlap
from analytics.observed import HALF, LYING, Track
from core.places import RoomKind

SHORTEST = 10 * MINUTE  # shorter ones say nothing about what is long


class Where(IntEnum):
    """What is known of where somebody was when nothing moved any more, beside the room."""

    ROOM = 0
    IN_BED = 1  # a sensor in the bed says so
    AWAY = 2


class Quiet(NamedTuple):
    """One time without a sign, in microseconds. `ended` says that somebody moved at its end.

    `room_id` is the room of the last sign, 0 where unknown.
    """

    start: int
    end: int
    room_id: int
    where: Where
    ended: bool

    @property
    def span(self) -> Span:
        """From the last sign to the next, or as far as it is known."""
        return Span(self.start, self.end)


class QuietDay(NamedTuple):
    """What is kept of the quiet times that began on a day, as arrays of equal length, in order.

    `begin` is the minute of the local clock at which each began (0 to 1439), `lasted` its length in minutes.
    """

    day: date
    begin: npt.NDArray[np.int64]
    lasted: npt.NDArray[np.int64]
    room_id: npt.NDArray[np.int64]
    where: npt.NDArray[np.int64]


def quiets(signs: Signs, tracks: Sequence[Track], until: int) -> list[Quiet]:
    """Return the times of at least `SHORTEST` without a sign, in order; the last one lasts until `until`."""
    moved = signs.where(~signs.left)
    if not len(moved.at):
        return []
    following = np.append(moved.at[1:], until)
    found = []
    gaps = np.flatnonzero(following - moved.at >= SHORTEST)
    doors = np.concatenate(([0], np.cumsum(moved.door)))
    lately = np.searchsorted(moved.at, moved.at[gaps] - LEAVING)
    for index, at_door in zip(gaps, doors[gaps + 1] > doors[lately], strict=True):
        in_bedroom = moved.room_kind[index] == ROOMS[RoomKind.BEDROOM]
        lies = bool(in_bedroom) and lying(tracks, int(moved.at[index]))
        out = bool(at_door) and not lies and leaving(moved.at, moved.door, int(index))
        where = Where.AWAY if out else Where.IN_BED if lies else Where.ROOM
        found.append(
            Quiet(
                int(moved.at[index]),
                int(following[index]),
                int(moved.room_id[index]),
                where,
                int(index) + 1 < len(moved.at),
            )
        )
    return found


def after_rests(found: Sequence[Quiet], rests: Sequence[Span]) -> list[Quiet]:
    """Return the quiet times as they can be judged where nothing was recorded in some `rests`.

    One that goes on beyond a rest begins with its end: whoever has not moved since may have fallen in it. Where that
    was is not known, but for somebody who had gone out before.
    """
    return [_after_rests(each, rests) for each in found]


def _after_rests(quiet: Quiet, rests: Sequence[Span]) -> Quiet:
    ends = [one.end for one in rests if overlap(quiet.span, one) and one.end < quiet.end]
    if not ends:
        return quiet
    where = quiet.where if quiet.where is Where.AWAY else Where.ROOM
    return quiet._replace(start=max(ends), room_id=0, where=where)


def lying(tracks: Sequence[Track], at: int) -> bool:
    """Tell whether a sensor in a bed said at `at` that somebody lies in it."""
    beds = (track for track in tracks if track.source.quantity in LYING)
    lasts = ((track, int(np.searchsorted(track.at, at, side="right")) - 1) for track in beds)
    return any(last >= 0 and track.value[last] >= HALF for track, last in lasts)


def kept(found: Sequence[Quiet], day: date, own: Span, unknown: Sequence[Span], zone: ZoneInfo) -> QuietDay:
    """Return what is kept of those that began on a day, `own`: of which everything is known, and that ended.

    An absence may go on: how long it has lasted is known.
    """
    chosen = [
        each
        for each in found
        if own.start <= each.start < own.end
        and (each.ended or each.where is Where.AWAY)
        and not any(overlap(each.span, one) for one in unknown)
    ]
    return QuietDay(
        day,
        np.array([minute_of(each.start, zone) for each in chosen], dtype=np.int64),
        np.array([(each.end - each.start) // MINUTE for each in chosen], dtype=np.int64),
        np.array([each.room_id for each in chosen], dtype=np.int64),
        np.array([each.where for each in chosen], dtype=np.int64),
    )


def minute_of(at: int, zone: ZoneInfo) -> int:
    """Return the minute of the local clock at an instant, 0 to 1439."""
    local = instant(at).astimezone(zone)
    return local.hour * 60 + local.minute

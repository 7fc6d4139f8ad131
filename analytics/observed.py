"""What was observed of a home around one day: all that an indicator may look at."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from analytics.frames import MINUTE, SECOND, Columns, Episode, Instants, Signs, Span
from core.places import Place
from core.vocabulary import QUANTITIES, Retention

CLIMATE = frozenset({"temperature", "humidity", "carbon_dioxide"})
VITALS = frozenset(each.name for each in QUANTITIES if each.retention is Retention.VITAL)
LYING = frozenset({"bed_occupancy"})
SWITCHED = frozenset({"appliance_on", "power"})
HOT_DRINKS = frozenset({Place.KETTLE, Place.COFFEE_MACHINE})
# A level is taken to hold until the next report, but no longer than this: sensors report every hour or so.
HOLD = 3 * 60 * MINUTE
ON_W = 20.0  # from which power on something that is plugged in is in use (the published threshold for a television)
HALF = 0.5


class Source(NamedTuple):
    """A series whose values are looked at as such: what it measures, in which room, and what it is fixed to.

    `room_id` is 0 where the room is not known.
    """

    series_id: int
    quantity: str
    room_kind: str
    place: str
    room_id: int


class Track(NamedTuple):
    """The readings of one source, ordered by time."""

    source: Source
    at: Instants
    value: npt.NDArray[np.float64]


class Passages(NamedTuple):
    """Moves from one room to another, in order: last seen in a room, first seen in the next (microseconds), which."""

    left_at: Instants
    came_at: Instants
    left_room: npt.NDArray[np.int64]
    came_room: npt.NDArray[np.int64]

    def within(self, window: Span) -> "Passages":
        """Return those that end in `window`."""
        first, last = np.searchsorted(self.came_at, window)
        return Passages(*(column[first:last] for column in self))

    @property
    def seconds(self) -> npt.NDArray[np.float64]:
        """How long each took: from the last sign in the one room to the first in the other."""
        return (self.came_at - self.left_at) / SECOND


class Observed(NamedTuple):
    """What was observed of a home from before a day up to noon of the next one, as far as it is known.

    `signs` of somebody and `tracks` of measured values reach over `window`; `passages` are the moves between rooms
    among the signs; `episodes` are ordered by time, by their kind.
    """

    day: date
    zone: ZoneInfo
    window: Span
    signs: Signs
    passages: Passages
    tracks: Sequence[Track]
    episodes: Mapping[str, Sequence[Episode]]

    def of(self, kind: str) -> Sequence[Episode]:
        """Return the episodes of one kind."""
        return self.episodes.get(kind, ())

    def begun(self, kind: str, window: Span) -> int:
        """Return how many episodes of one kind begin in `window`."""
        return sum(window.start <= episode.start < window.end for episode in self.of(kind))


def passages(signs: Signs) -> Passages:
    """Return the moves between rooms that signs tell of. Where rooms are unknown, nothing is told."""
    inside = signs.inside()
    moved = np.flatnonzero(inside.room_id[1:] != inside.room_id[:-1])
    return Passages(inside.at[moved], inside.at[moved + 1], inside.room_id[moved], inside.room_id[moved + 1])


def tracks(seen: Columns, sources: Sequence[Source]) -> list[Track]:
    """Return the readings of each of some sources."""
    if not sources:
        return []
    order = np.argsort(seen.series_id, kind="stable")
    series, times, value = seen.series_id[order], np.take(seen.at, order), seen.value[order]
    wanted = [source.series_id for source in sources]
    firsts, lasts = np.searchsorted(series, wanted), np.searchsorted(series, wanted, side="right")
    return [
        Track(source, times[first:last], value[first:last])
        for source, first, last in zip(sources, firsts, lasts, strict=True)
    ]


def switched_on(track: Track) -> Instants:
    """Return when something was switched on: its state or power rose. What was on at first does not count."""
    is_on = track.value >= (ON_W if track.source.quantity == "power" else HALF)
    return track.at[1:][is_on[1:] & ~is_on[:-1]]


def held(track: Track, moments: Instants) -> npt.NDArray[np.float64]:
    """Return the value that holds at each of some moments, NaN where the last report is older than `HOLD`."""
    if not len(track.at):
        return np.full(len(moments), np.nan)
    last = np.searchsorted(track.at, moments, side="right") - 1
    fresh = (last >= 0) & (moments - track.at[np.maximum(last, 0)] < HOLD)
    return np.where(fresh, track.value[np.maximum(last, 0)], np.nan)

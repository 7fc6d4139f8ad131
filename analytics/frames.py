"""The tables that flow through the analysis, and the one way time is written in them.

Inside the analysis an instant is a whole number of **microseconds since 1970 (UTC)**, columns named `at`: cheap to
compare, free of time zones. Local days come in as windows made by `core.localtime`.

`sensors`, one row for each series of a home, indexed by `series_id`:

| column | type | what |
|---|---|---|
| device_id | int64 | the device the series belongs to |
| quantity | object | name of the quantity in `core.vocabulary` |
| room_id | int64 | the room the device is in, 0 where it is in none |
| room_kind | object | kind of that room (`core.places.RoomKind`), "" where there is none |
| place | object | what the device is fixed to (`core.places.Place`), "" where unknown |

`readings`, ordered by time: at (int64), series_id (int64), value (float64, in the unit of the quantity).

`history`, ordered by day, the values of one indicator, as an array of records: day (date), value (float64, NaN without
verdict), coverage (float64, 0 to 1). A home has dozens of them, short ones: a frame for each would take longer to make
than to judge.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.localtime import Interval
from core.places import RoomKind
from devices.reads import Sensor
from ingest.reads import Readings

Instants = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
History = npt.NDArray[np.void]
HISTORY = np.dtype([("day", object), ("value", np.float64), ("coverage", np.float64)])
MILLISECOND = 1_000
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

# Kinds of rooms as numbers, to compare columns of them; 0 where a room or its kind is not known.
ROOMS: dict[str, int] = {"": 0, **{kind: number for number, kind in enumerate(RoomKind, start=1)}}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Span(NamedTuple):
    """Half-open interval `[start, end)` in microseconds since 1970."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Microseconds from start to end."""
        return self.end - self.start


class Columns(NamedTuple):
    """Readings as arrays of equal length, ordered by time: the `readings` table without its index."""

    at: Instants
    series_id: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]

    def within(self, window: Span) -> "Columns":
        """Return those that lie in `window`."""
        first, last = np.searchsorted(self.at, window)
        return Columns(self.at[first:last], self.series_id[first:last], self.value[first:last])


class Signs(NamedTuple):
    """Signs of somebody as arrays of equal length, ordered by time (made by `analytics.activity`).

    `at` says when, `room_id` where (0 where unknown), `room_kind` which kind of room that is (its place in `ROOMS`),
    `place` what the sensor is fixed to. `door` says that the door by which one leaves the home was moved, `left` that a
    radar saw that the room is empty now: not a movement but its end.
    """

    at: Instants
    room_id: npt.NDArray[np.int64]
    room_kind: npt.NDArray[np.int64]
    place: npt.NDArray[np.object_]
    door: Flags
    left: Flags

    def where(self, chosen: Flags) -> "Signs":
        """Return the signs for which `chosen` is true."""
        return self._of(chosen)

    def within(self, window: Span) -> "Signs":
        """Return those that lie in `window`."""
        return self._of(slice(*np.searchsorted(self.at, window)))

    def _of(self, rows: Flags | slice) -> "Signs":
        return Signs(
            self.at[rows], self.room_id[rows], self.room_kind[rows], self.place[rows], self.door[rows], self.left[rows]
        )

    def inside(self) -> "Signs":
        """Return the movements in rooms that are known: no door to the outside, no radar that sees nobody."""
        return self.where(~self.left & ~self.door & (self.room_id != 0) & (self.room_kind != ROOMS[RoomKind.OUTSIDE]))


class Episode(NamedTuple):
    """Something that lasted: its kind, when, in which room (None where that says nothing), on how many readings."""

    kind: str
    start: int
    end: int
    room_id: int | None
    readings: int


def micros(instant: datetime) -> int:
    """Return an instant in microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def instant(at: int) -> datetime:
    """Return the instant (UTC) that lies `at` microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=int(at))


def span(interval: Interval) -> Span:
    """Return an interval of instants in microseconds."""
    return Span(micros(interval.start), micros(interval.end))


def overlap(one: Span, other: Span) -> int:
    """Return how many microseconds two intervals share."""
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def sensors_frame(sensors: Sequence[Sensor]) -> pd.DataFrame:
    """Return the `sensors` table of a home."""
    return pd.DataFrame(
        {
            "device_id": np.array([sensor.device_id for sensor in sensors], dtype=np.int64),
            "quantity": np.array([sensor.quantity for sensor in sensors], dtype=object),
            "room_id": np.array([sensor.room_id or 0 for sensor in sensors], dtype=np.int64),
            "room_kind": np.array([sensor.room_kind or "" for sensor in sensors], dtype=object),
            "place": np.array([sensor.place for sensor in sensors], dtype=object),
        },
        index=pd.Index(np.array([sensor.series_id for sensor in sensors], dtype=np.int64), name="series_id"),
    )


def readings_frame(readings: Readings) -> pd.DataFrame:
    """Return the `readings` table; `readings` is ordered by time."""
    return pd.DataFrame(readings_columns(readings)._asdict())


def history_of(rows: Iterable[tuple[date, float, float]]) -> History:
    """Return the `history` table of an indicator: day, value and coverage, ordered by day."""
    return np.array(list(rows), dtype=HISTORY)


def readings_columns(readings: Readings) -> Columns:
    """Return the `readings` table as arrays; `readings` is ordered by time."""
    return Columns(readings.at_ms * MILLISECOND, readings.series_id.astype(np.int64), readings.value)


def columns(readings: pd.DataFrame | Columns) -> Columns:
    """Return the `readings` table as arrays, which it may be already."""
    if isinstance(readings, Columns):
        return readings
    return Columns(*(readings[name].to_numpy() for name in Columns._fields))


def together(at: Instants, merged: int) -> list[tuple[int, int]]:
    """Return first and last index of each group of instants (in order) that lie less than `merged` apart."""
    if not len(at):
        return []
    breaks = (np.flatnonzero(np.diff(at) >= merged) + 1).tolist()
    return list(zip([0, *breaks], [*(each - 1 for each in breaks), len(at) - 1], strict=True))

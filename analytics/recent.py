"""The readings of the last days of homes, kept in a process, so that each look and each tick reads only what is new.

What is kept is what the database would say: before it is used, the last hour and the hours that readings came in for
since the last time are read again, however late they came (`ingest.touched`, whose order skips nothing). It is only a
memory: with it and without it the same is found. No more is kept than there is room for; what has no room is read each
time.
"""

from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
from psycopg import Connection
from psycopg.rows import DictRow

from analytics.frames import HOUR, MILLISECOND, Columns, Instants, Span, instant, micros
from analytics.silence.spans import merged
from ingest import reads as ingest

ROOM_BYTES = 192 * 1024 * 1024  # in one process: 1,400 homes of 400 readings a day
REACH = timedelta(days=15)  # nothing that is computed every day looks further back
FOLLOWED = timedelta(minutes=45)  # longer ago nobody has followed what came in, and it is read anew
MOST_TOUCHED = 10_000
TRIMMED = 6 * HOUR  # what is older than what is asked is left aside from time to time, not each time

_T = TypeVar("_T", bound=np.generic)


class _Kept(NamedTuple):
    """Readings whose keys lie in `span`, ordered by key and series; `corrected` is None where nothing was corrected."""

    span: Span
    known: npt.NDArray[np.int32]
    series_id: npt.NDArray[np.int32]
    key_ms: Instants
    corrected_ms: Instants | None
    value: npt.NDArray[np.float64]

    @property
    def room(self) -> int:
        """How many bytes it takes."""
        corrected = 0 if self.corrected_ms is None else self.corrected_ms.nbytes
        return self.series_id.nbytes + self.key_ms.nbytes + corrected + self.value.nbytes


class Recent:
    """The readings of homes as one process remembers them, up to `room` bytes, of which some are `taken`.

    A home is remembered once all is asked of it that may be. Once one had no room, no further ones are.
    """

    def __init__(self, room: int = ROOM_BYTES) -> None:
        self._room = room
        self._is_full = not room
        self.taken = 0
        self._homes: dict[int, _Kept] = {}
        self._touched: dict[int, set[int]] = {}  # by home, the beginnings of hours (microseconds)
        self._cursor: tuple[int, int] | None = None
        self._followed_at: datetime | None = None

    def readings(
        self, connection: Connection[DictRow], home_id: int, start: datetime, end: datetime, now: datetime
    ) -> Columns:
        """Return the `readings` table of a home in `[start, end)`, as `ingest.reads.readings_of_home` has it."""
        if self._followed_at != now:
            self.follow(connection, now)
        window, reach = Span(micros(start), micros(end)), Span(micros(now - REACH), micros(now))
        is_within = reach.start <= window.start <= window.end <= reach.end
        if not is_within or (home_id not in self._homes and (self._is_full or window.start > reach.start)):
            return _within(_read(connection, home_id, window), window)
        kept = self._brought_up_to_date(connection, home_id, reach)
        self._keep(home_id, kept)
        return _within(kept, window)

    def forget(self) -> None:
        """Remember nothing."""
        self._homes.clear()
        self._touched.clear()
        self.taken = 0
        self._is_full = not self._room

    def follow(self, connection: Connection[DictRow], now: datetime) -> None:
        """Take note of the hours that were touched since the last time: to be called at the start of a transaction."""
        if not self._room:
            return
        since = self._followed_at
        self._followed_at = now
        if self._cursor is not None and since is not None and since <= now <= since + FOLLOWED:
            rows = ingest.touched_since(connection, *self._cursor, MOST_TOUCHED)
            if len(rows) < MOST_TOUCHED:
                for row in rows:
                    if row["home_id"] in self._homes:
                        self._touched.setdefault(row["home_id"], set()).add(micros(row["hour"]))
                    self._cursor = row["xact"], row["touched_id"]
                return
        self.forget()
        self._cursor = ingest.touched_by_now(connection)

    def _brought_up_to_date(self, connection: Connection[DictRow], home_id: int, window: Span) -> _Kept:
        kept, touched = self._take(home_id)
        if kept is None or not kept.span.start <= window.start <= kept.span.end:
            return _read(connection, home_id, window)
        lately = Span(min(kept.span.end, window.end - HOUR), window.end)
        for span in merged([*(Span(hour, hour + HOUR) for hour in touched), lately]):
            again = Span(max(span.start, kept.span.start), max(span.end, window.start))
            new = _read(connection, home_id, again)
            if not np.array_equal(new.known, kept.known):
                return _read(connection, home_id, window)
            kept = _with(kept, new)
        return kept if window.start - kept.span.start < TRIMMED else _from(kept, window.start)

    def _take(self, home_id: int) -> tuple[_Kept | None, set[int]]:
        """Return what is kept of a home, and hours that were touched since: until it is kept again, nothing is."""
        kept = self._homes.pop(home_id, None)
        self.taken -= kept.room if kept else 0
        return kept, self._touched.pop(home_id, set())

    def _keep(self, home_id: int, kept: _Kept) -> None:
        if self.taken + kept.room <= self._room:
            self._homes[home_id] = kept
            self.taken += kept.room
        else:
            self._is_full = True


def _read(connection: Connection[DictRow], home_id: int, span: Span) -> _Kept:
    found = ingest.keyed_readings_of_home(connection, home_id, instant(span.start), instant(span.end))
    order = np.lexsort((found.series_id, found.key_ms))
    corrected = found.corrected_ms[order] if (found.corrected_ms != ingest.NEVER).any() else None
    return _Kept(span, found.known, found.series_id[order], found.key_ms[order], corrected, found.value[order])


def _with(kept: _Kept, new: _Kept) -> _Kept:
    """Return what is kept with what was read anew in its place, or after it."""
    first, last = np.searchsorted(kept.key_ms, [-(-at // MILLISECOND) for at in new.span])
    corrected = None
    if kept.corrected_ms is not None or new.corrected_ms is not None:
        corrected = _spliced(_corrected(kept), _corrected(new), first, last)
    return _Kept(
        Span(kept.span.start, max(kept.span.end, new.span.end)),
        kept.known,
        _spliced(kept.series_id, new.series_id, first, last),
        _spliced(kept.key_ms, new.key_ms, first, last),
        corrected,
        _spliced(kept.value, new.value, first, last),
    )


def _spliced(kept: npt.NDArray[_T], new: npt.NDArray[_T], first: int, last: int) -> npt.NDArray[_T]:
    return np.concatenate((kept[:first], new, kept[last:]))


def _corrected(kept: _Kept) -> Instants:
    return np.full(len(kept.key_ms), ingest.NEVER) if kept.corrected_ms is None else kept.corrected_ms


def _from(kept: _Kept, start: int) -> _Kept:
    """Return what is kept without what came before an instant."""
    first = int(np.searchsorted(kept.key_ms, -(-start // MILLISECOND)))
    corrected = None if kept.corrected_ms is None else np.array(kept.corrected_ms[first:])
    return kept._replace(
        span=Span(start, kept.span.end),
        series_id=np.array(kept.series_id[first:]),
        key_ms=np.array(kept.key_ms[first:]),
        corrected_ms=corrected,
        value=np.array(kept.value[first:]),
    )


def _within(kept: _Kept, window: Span) -> Columns:
    """Return the readings whose keys lie in a window, each at its corrected time where that lies in it too."""
    rows = slice(*np.searchsorted(kept.key_ms, [-(-at // MILLISECOND) for at in window]))
    at, series, value = kept.key_ms[rows] * MILLISECOND, kept.series_id[rows].astype(np.int64), kept.value[rows]
    if kept.corrected_ms is None:
        return Columns(at, series, value)
    corrected = kept.corrected_ms[rows]
    inside = (corrected != ingest.NEVER) & (corrected * MILLISECOND >= window.start)
    inside &= corrected * MILLISECOND < window.end
    at = np.where(inside, corrected * MILLISECOND, at)
    order = np.lexsort((series, at))
    return Columns(at[order], series[order], value[order])

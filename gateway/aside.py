"""What of an outbox is only in memory because the disk took nothing: urgent batches, until they can be saved."""

import sqlite3
from collections import deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gateway.reading import Batch
from gateway.stamping import LastReading

TAKE = "DELETE FROM waiting WHERE id = ?"
REMEMBER = "INSERT OR REPLACE INTO series (name, source_ms, at_ms, value, said_ms) VALUES (?, ?, ?, ?, ?)"
SEAL = (
    "INSERT INTO batches (sequence, boot, lane, monotonic_s, clock, readings, oldest_ms, payload)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


class Saved(NamedTuple):
    """What became of the disk's rows when everything was saved: so many waited, so many readings are sealed now."""

    rows: int
    sealed: int


class _Unsaved(NamedTuple):
    """A batch of readings that wait on the disk by these ids, or of some that are not there at all."""

    batch: Batch
    oldest_ms: int
    ids: Sequence[int]


class Aside:
    """The batches of one outbox that are only in memory. Its user sees to it that one thread works with it."""

    def __init__(self) -> None:
        self._batches: dict[int, _Unsaved] = {}
        self._series: dict[str, LastReading] = {}
        self._unsent: deque[Batch] = deque()
        self._gone_ids: list[int] = []

    def __bool__(self) -> bool:
        return bool(self._batches or self._series or self._gone_ids)

    def keep_sealed(self, batch: Batch, oldest_ms: int, ids: Sequence[int]) -> None:
        """Keep a batch of readings that wait on the disk by these ids."""
        self._batches[batch.properties.sequence] = _Unsaved(batch, oldest_ms, ids)

    def keep_rescued(self, batch: Batch, oldest_ms: int, series: Mapping[str, LastReading]) -> None:
        """Keep a batch of readings that are not on the disk, and what is to be remembered of their series."""
        self._batches[batch.properties.sequence] = _Unsaved(batch, oldest_ms, ())
        self._series.update(series)
        self._unsent.append(batch)

    def next_unsent(self) -> Batch | None:
        """Return, once, each batch of readings that were never on the disk, the first first."""
        return self._unsent.popleft() if self._unsent else None

    def batch(self, sequence: int) -> Batch | None:
        """Return the batch of this sequence, or None."""
        unsaved = self._batches.get(sequence)
        return None if unsaved is None else unsaved.batch

    def stored(self, sequence: int) -> int | None:
        """Let a batch go that the service has stored; return how many readings it had, None if it is not here."""
        unsaved = self._batches.pop(sequence, None)
        if unsaved is None:
            return None
        self._gone_ids += unsaved.ids
        return unsaved.batch.readings

    @property
    def ids(self) -> set[int]:
        """The rows on the disk that are in a batch already, or even stored by the service."""
        return {id_ for unsaved in self._batches.values() for id_ in unsaved.ids} | set(self._gone_ids)

    @property
    def queued(self) -> int:
        """How many more readings are not yet stored by the service than the rows on the disk tell."""
        return sum(each.batch.readings - len(each.ids) for each in self._batches.values()) - len(self._gone_ids)

    @property
    def oldest_ms(self) -> int | None:
        """The time of the oldest reading, or None."""
        return min((unsaved.oldest_ms for unsaved in self._batches.values()), default=None)

    def save(self, db: sqlite3.Connection) -> None:
        """Write everything, within a transaction; call `saved` when it has succeeded."""
        db.executemany(TAKE, [(id_,) for id_ in self.ids])
        db.executemany(SEAL, [sealed_row(batch, oldest_ms) for batch, oldest_ms, _ in self._batches.values()])
        db.executemany(REMEMBER, [(name, *last) for name, last in self._series.items()])

    def saved(self) -> Saved:
        """Forget what is on the disk now; return what it was."""
        done = Saved(len(self.ids), sum(unsaved.batch.readings for unsaved in self._batches.values()))
        self._batches.clear()
        self._series.clear()
        self._gone_ids.clear()
        return done


def sealed_row(batch: Batch, oldest_ms: int) -> tuple[object, ...]:
    """Return the row of a sealed batch for the statement `SEAL`."""
    boot, sequence, monotonic_s, clock = batch.properties
    return (sequence, boot, batch.lane, monotonic_s, clock, batch.readings, oldest_ms, batch.payload)

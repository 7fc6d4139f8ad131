"""How much the outbox may hold, and what is given up when it is full: level readings, the oldest first."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import IntEnum
from typing import NamedTuple

from gateway.storage import Storage

_MIB = 1024 * 1024
_DAY_MS = 86_400_000
_CHUNK = 10_000
# So many more level readings are worth looking once more for some to be thinned.
_WORTH_LOOKING = 500
# So many readings more or less make a difference to the size of the file.
_WORTH_MEASURING = 200

_CHUNK_END = "SELECT max(id) FROM (SELECT id FROM waiting WHERE id > ? ORDER BY id LIMIT ?)"
_KEPT = "CREATE TEMP TABLE IF NOT EXISTS kept AS SELECT * FROM waiting WHERE false"
# Every second level reading of a series goes: the course of a temperature survives thinning.
_KEEP = """
INSERT INTO temp.kept
SELECT id, urgent, state, at_ms, name, value, unit, level, boot, monotonic_ms
FROM (
    SELECT *, row_number() OVER (PARTITION BY name, level ORDER BY at_ms, id) AS place
    FROM waiting WHERE id > :after AND id <= :end
)
WHERE level = 0 OR urgent = 1 OR place % 2 = 1
"""
# What stays is written anew, close together: rows that are deleted one here, one there, give no page back.
_CLEAR = "DELETE FROM waiting WHERE id > :after AND id <= :end"
_PUT_BACK = "INSERT INTO waiting SELECT * FROM temp.kept ORDER BY id"
_FORGET = "DELETE FROM temp.kept"
_COUNT = "UPDATE numbers SET value = value + ? WHERE name = 'thinned'"
# Of old level readings, the first of every hour stays.
_THIN_OLD = """
DELETE FROM waiting WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY name, at_ms / 3600000 ORDER BY at_ms, id) AS place
        FROM waiting WHERE urgent = 0 AND state = 0 AND at_ms < ? AND level = 1
    ) WHERE place > 1
)
"""


class Limits(NamedTuple):
    """What the outbox may hold: `readings` that wait, `size` of its file in bytes (0: no limit).

    Level readings that wait for more than `days` are thinned to one an hour, however much room there is (0: never).
    """

    readings: int = 2_000_000
    size: int = 512 * _MIB
    days: float = 0


class Fullness(IntEnum):
    """How full the outbox is."""

    ROOM = 0
    FULL = 1  # over its limit, and no level reading is left that could be thinned
    OVERFULL = 2  # an eighth over its limit: nothing ordinary is accepted any more


class Thinning:
    """Keeps one outbox within its limits."""

    def __init__(
        self, storage: Storage, limits: Limits, transaction: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._storage = storage
        self._limits = limits
        self._transaction = transaction
        self._after = 0
        self._fruitless = False
        self._new_levels = 0
        self._used = storage.used_bytes
        self._measured_at = 0

    def fullness(self, waiting: int) -> Fullness:
        """Return how full the outbox is with so many readings waiting."""
        readings, size = self._limits.readings, self._limits.size
        used = self._used if size else 0
        if used > size:
            used = self._used = self._storage.used_bytes
        if waiting >= readings + readings // 8 or used > size + size // 8:
            return Fullness.OVERFULL
        if self._fruitless and (waiting >= readings or used > size):
            return Fullness.FULL
        return Fullness.ROOM

    def note_levels(self, count: int) -> None:
        """Note that so many level readings have come in: there may be something to thin again."""
        self._new_levels += count
        if self._new_levels >= min(_WORTH_LOOKING, self._limits.readings // 10):
            self._fruitless = False

    def thin(self, waiting: int) -> int:
        """Give up level readings if there are too many readings or bytes; return how many. Raises `OutboxError`."""
        readings, size = self._limits.readings, self._limits.size
        if size and abs(waiting - self._measured_at) >= _WORTH_MEASURING:
            self._used, self._measured_at = self._storage.used_bytes, waiting
        if waiting <= readings and self._used <= size:
            return 0
        thinned = self._measured_at = 0
        # A tenth more than needed, so that a full outbox is not searched again at every reading.
        while not self._fruitless and (
            waiting - thinned > readings - readings // 10
            or (size and self._storage.used_bytes > size - size // 10)
        ):  # fmt: skip
            thinned += self._round()
        return thinned

    def make_room(self) -> int:
        """Give up level readings until the file has room inside; return how many. Raises `OutboxError`."""
        thinned = 0
        while not self._fruitless and not self._storage.has_room:
            thinned += self._round()
        return thinned

    def thin_old(self, now_ms: int) -> int:
        """Thin the level readings that have waited too long; return how many were given up. Raises `OutboxError`."""
        if not self._limits.days:
            return 0
        with self._transaction():
            before_ms = now_ms - round(self._limits.days * _DAY_MS)
            thinned = self._storage.db.execute(_THIN_OLD, (before_ms,)).rowcount
            self._storage.db.execute(_COUNT, (thinned,))
        return thinned

    def _round(self) -> int:
        """Go once through what waits, oldest first, until something was thinned."""
        began = self._after
        while True:
            thinned, at_end = self._chunk()
            if thinned:
                return thinned
            if at_end and not began:
                self._fruitless = True
                self._new_levels = 0
                return 0
            began = 0 if at_end else began

    def _chunk(self) -> tuple[int, bool]:
        """Thin the next part of what waits; return how many were given up, and whether that was the last part."""
        db, after = self._storage.db, self._after
        end = db.execute(_CHUNK_END, (after, _CHUNK)).fetchone()[0]
        if end is None:
            self._after = 0
            return 0, True
        part = {"after": after, "end": end}
        with self._transaction():
            db.execute(_KEPT)
            db.execute(_FORGET)
            kept = db.execute(_KEEP, part).rowcount
            thinned = db.execute(_CLEAR, part).rowcount - kept
            db.execute(_PUT_BACK)
            db.execute(_FORGET)
            db.execute(_COUNT, (thinned,))
        self._after = end
        return thinned, False

"""The gateway's store: a reading that `add` has accepted is safe until the service has called it stored.

SQLite in WAL mode, one file and one process per gateway. A reading waits until it is sealed into a batch; a
batch keeps its bytes, boot and sequence until the service names it as stored, so that it can be sent again and
again without ever counting twice. Every method is one transaction: a kill between any two instructions leaves
the reading either waiting or sealed, never neither and never both.
"""

import fcntl
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import IO, NamedTuple, Self

from core.clock import Clock
from core.errors import VicinoError
from core.messages import BatchProperties, ClockState
from core.senml import Measurement, encode
from core.topics import Leaf
from core.vocabulary import BY_NAME, Kind
from gateway.stamping import LastReading, stamp
from gateway.synchronisation import EARLIEST

_SCHEMA = """
CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO numbers VALUES ('sequence', 0), ('thinned', 0);
CREATE TABLE IF NOT EXISTS series (
    name TEXT PRIMARY KEY, source_ms INTEGER NOT NULL, at_ms INTEGER NOT NULL, value REAL NOT NULL,
    said_ms INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS receipts (id INTEGER PRIMARY KEY, digest BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS receipts_by_digest ON receipts (digest);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS waiting (
    id INTEGER PRIMARY KEY,
    urgent INTEGER NOT NULL,
    state INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    name TEXT NOT NULL,
    value REAL NOT NULL,
    unit TEXT NOT NULL,
    level INTEGER NOT NULL,
    boot TEXT,
    monotonic_ms INTEGER
);
CREATE INDEX IF NOT EXISTS waiting_in_time ON waiting (urgent, state, at_ms);
CREATE TABLE IF NOT EXISTS batches (
    sequence INTEGER PRIMARY KEY,
    boot TEXT NOT NULL,
    lane TEXT NOT NULL,
    monotonic_s REAL NOT NULL,
    clock TEXT NOT NULL,
    readings INTEGER NOT NULL,
    oldest_ms INTEGER NOT NULL,
    payload BLOB NOT NULL
);
"""
_ADD = (
    "INSERT INTO waiting (urgent, state, at_ms, name, value, unit, level, boot, monotonic_ms)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_RECEIPT = "INSERT INTO receipts (digest) VALUES (?)"
_PRUNE_RECEIPTS = "DELETE FROM receipts WHERE id <= (SELECT max(id) FROM receipts) - ?"
# More than a broker has under way to one client: only those are delivered again.
_RECEIPTS = 70_000
_REMEMBER = "INSERT OR REPLACE INTO series (name, source_ms, at_ms, value, said_ms) VALUES (?, ?, ?, ?, ?)"
_TAKE = """
DELETE FROM waiting WHERE id IN (
    SELECT id FROM waiting
    WHERE urgent = :urgent AND state = :state AND at_ms >= :since AND at_ms < :before
    ORDER BY at_ms, id LIMIT :limit
) RETURNING at_ms, id, name, value, unit
"""
_NEXT_SEQUENCE = "UPDATE numbers SET value = value + 1 WHERE name = 'sequence' RETURNING value"
_SEAL = (
    "INSERT INTO batches (sequence, boot, lane, monotonic_s, clock, readings, oldest_ms, payload)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_STORED = "DELETE FROM batches WHERE boot = ? AND sequence = ? RETURNING readings"
_HELD = "SELECT id, monotonic_ms, name, value FROM waiting WHERE urgent = 0 AND state = 1 AND boot = ? ORDER BY id"
_RELEASE = "UPDATE waiting SET state = 0, at_ms = ? WHERE id = ?"
# Readings of an earlier boot whose clock was never synchronised: nobody can tell any more when they were.
_GIVE_UP = "UPDATE waiting SET state = 2 WHERE state = 1 AND boot <> ?"
# Every second level reading of a series goes, the oldest first: the course of a temperature survives thinning.
_THIN = """
DELETE FROM waiting WHERE id IN (
    SELECT id FROM (
        SELECT id, at_ms, row_number() OVER (PARTITION BY name ORDER BY at_ms, id) AS place
        FROM waiting WHERE level = 1
    ) WHERE place % 2 = 0 ORDER BY at_ms LIMIT ?
)
"""
_ALWAYS = 2**62
_EARLIEST_MS = round(EARLIEST.timestamp() * 1000)


class _State(IntEnum):
    """What a waiting reading's time is worth."""

    SETTLED = 0
    HELD = 1  # noted by a clock that is not synchronised: stamped again, from monotonic time, before it goes
    UNSYNCHRONISED = 2  # went, or must go, with the time of a clock that was not synchronised


class Reading(NamedTuple):
    """One value as a source delivers it.

    `at_ms` is the time it has by its source, where that can be trusted, else None: then it counts when it goes in.
    `said_ms` is the time that the source named with it, if any, which tells its next report from this one.
    """

    name: str
    value: float
    unit: str
    at_ms: int | None = None
    said_ms: int | None = None


class Batch(NamedTuple):
    """A sealed batch: what is sent, over and over in the same bytes, until it is stored."""

    lane: Leaf
    properties: BatchProperties
    readings: int
    payload: bytes


class OutboxError(VicinoError):
    """The outbox could not be written: the disk is full or broken. Nothing of what was handed over was accepted."""


class OutboxInUseError(VicinoError):
    """Another process works with the same outbox."""


class Outbox:
    """The outbox of one gateway. Threads may share it."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        boot: str,
        *,
        durable: bool = True,
        backfill_after_s: float = 120.0,
        limit: int = 2_000_000,
        synchronised: Callable[[], bool] = lambda: True,
    ) -> None:
        """Open the outbox in file `path`, making it if it does not exist.

        With `durable`, what `add` has accepted survives a power cut; without, the kill of the process only.
        Readings older than `backfill_after_s` seconds go in the lane for old ones. With more than `limit` readings
        waiting, level readings are thinned. Raises `OutboxInUseError` if another process has it open, `VicinoError`
        if the file is no outbox.
        """
        self._clock = clock
        self._boot = boot
        self._backfill_after_ms = round(backfill_after_s * 1000)
        self._limit = limit
        self._synchronised = synchronised
        self._path = path
        self._mutex = threading.RLock()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock_file = _lock(path.with_suffix(".lock"))
        try:
            self._db = _open(path, durable=durable)
            self._series = {
                name: LastReading(*rest)
                for name, *rest in self._db.execute("SELECT name, source_ms, at_ms, value, said_ms FROM series")
            }
            self._db.execute(_GIVE_UP, (boot,))
            self._waiting, self._sealed, self._thinned = self._counts()
        except sqlite3.DatabaseError as error:
            self._lock_file.close()
            raise VicinoError(
                f"The gateway's outbox cannot be read: {error}.",
                kept="the file is left as it is",
                advice="move the file away to start with an empty outbox, and keep it for recovery",
            ) from error

    def close(self) -> None:
        """Close the file; everything in it is kept."""
        with self._mutex:
            self._db.close()
            self._lock_file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What goes in

    def add(self, readings: Iterable[Reading], receipts: Sequence[bytes] = ()) -> int:
        """Commit `readings` with the time they keep from now on; return how many were new.

        A reading without a time of its own gets the clock's. One that is the latest of its series once more (same
        time, same value) is not taken twice. `receipts` name the messages the readings came in; `received` knows
        them from then on. Raises `OutboxError` if the disk is full: then nothing of it was accepted, and the source
        must not be told otherwise.
        """
        with self._mutex:
            # Asked under the mutex: what it finds unsynchronised is held before `release_held` looks, or after it.
            synchronised = self._synchronised()
            now_ms, monotonic_ms = self._now_ms(), round(self._clock.monotonic() * 1000)
            rows, changed = [], dict[str, LastReading]()
            for name, value, unit, source_ms, said_ms in readings:
                last = changed.get(name) or self._series.get(name)
                stamped = stamp(last, now_ms if source_ms is None else source_ms, value)
                if stamped is None:
                    continue
                before_ms = last.said_ms if last else None
                stamped = stamped._replace(said_ms=before_ms if said_ms is None else said_ms)
                changed[name] = stamped
                urgent, level = _nature(name)
                in_doubt = source_ms is None and not synchronised
                held = in_doubt and not urgent
                state = 0 if not in_doubt else _State.HELD if held else _State.UNSYNCHRONISED
                rows.append(
                    (
                        urgent, state, stamped.at_ms, name, value, unit, level, self._boot if held else None,
                        monotonic_ms + stamped.at_ms - now_ms if held else None,
                    )
                )  # fmt: skip
            if rows or receipts:
                with self._transaction():
                    self._db.executemany(_RECEIPT, [(receipt,) for receipt in receipts])
                    if receipts:
                        self._db.execute(_PRUNE_RECEIPTS, (_RECEIPTS,))
                    self._db.executemany(_ADD, rows)
                    self._db.executemany(_REMEMBER, [(name, *last) for name, last in changed.items()])
                self._series.update(changed)
                self._waiting += len(rows)
                self._thin_if_full()
        return len(rows)

    def received(self, receipt: bytes) -> bool:
        """Tell whether a message's readings are in: who is killed before acknowledging it is sent it again."""
        with self._mutex:
            row = self._db.execute("SELECT 1 FROM receipts WHERE digest = ? LIMIT 1", (receipt,)).fetchone()
        return row is not None

    def last(self, name: str) -> LastReading | None:
        """Return what is remembered of a series."""
        with self._mutex:
            return self._series.get(name)

    def note(self, name: str, value: bytes) -> None:
        """Keep a source's note across restarts."""
        with self._mutex, self._transaction():
            self._db.execute("INSERT OR REPLACE INTO notes (name, value) VALUES (?, ?)", (name, value))

    def noted(self, name: str) -> bytes | None:
        """Return a source's note, or None."""
        with self._mutex:
            row = self._db.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def forget_series(self) -> None:
        """Forget the latest readings, so that a recording that is played once more goes in as a whole."""
        with self._mutex:
            with self._transaction():
                self._db.execute("DELETE FROM series")
            self._series.clear()

    def release_held(self) -> int:
        """Stamp the readings held back by a clock that is synchronised now; return how many.

        Their age by the monotonic clock is taken from the time it is now. Call it again and again while the clock is
        synchronised: one that is added at the instant of synchronisation may be held after the first call.
        """
        with self._mutex:
            held = self._db.execute(_HELD, (self._boot,)).fetchall()
            if not held:
                return 0
            offset_ms = self._now_ms() - round(self._clock.monotonic() * 1000)
            latest = {
                name: LastReading(monotonic_ms + offset_ms, monotonic_ms + offset_ms, value, self._said(name))
                for _, monotonic_ms, name, value in held
            }
            with self._transaction():
                self._db.executemany(_RELEASE, [(monotonic_ms + offset_ms, id_) for id_, monotonic_ms, _, _ in held])
                self._db.executemany(_REMEMBER, [(name, *last) for name, last in latest.items()])
            self._series.update(latest)
        return len(held)

    def _said(self, name: str) -> int | None:
        last = self._series.get(name)
        return None if last is None else last.said_ms

    # What goes out

    def seal(self, lane: Leaf, limit: int) -> Batch | None:
        """Form a batch of at most `limit` waiting readings of `lane`, oldest first; None if there are none."""
        with self._mutex:
            if not self._waiting:
                return None
            cutoff = self._now_ms() - self._backfill_after_ms
            since, before = {
                Leaf.URGENT: (-_ALWAYS, _ALWAYS),
                Leaf.READINGS: (cutoff, _ALWAYS),
                Leaf.BACKFILL: (-_ALWAYS, cutoff),
            }[lane]
            with self._transaction():
                for state, clock in _SENDABLE:
                    choice = {
                        "urgent": lane is Leaf.URGENT, "state": state, "since": since, "before": before, "limit": limit,
                    }  # fmt: skip
                    taken = sorted(self._db.execute(_TAKE, choice))
                    if taken:
                        return self._sealed_batch(lane, clock, taken)
        return None

    def _sealed_batch(self, lane: Leaf, clock: ClockState, taken: list[tuple[int, int, str, float, str]]) -> Batch:
        payload = encode([Measurement(name, at_ms, value, unit) for at_ms, _, name, value, unit in taken])
        sequence = self._number(_NEXT_SEQUENCE)
        properties = BatchProperties(self._boot, sequence, round(self._clock.monotonic(), 3), clock)
        batch = Batch(lane, properties, len(taken), payload)
        self._db.execute(
            _SEAL,
            (sequence, self._boot, lane, properties.monotonic_s, clock, len(taken), taken[0][0], payload),
        )
        self._waiting -= len(taken)
        self._sealed += len(taken)
        return batch

    def unstored(self) -> list[tuple[int, Leaf]]:
        """Return sequence and lane of all sealed batches, oldest first, as a gateway finds them when it starts."""
        with self._mutex:
            rows = self._db.execute("SELECT sequence, lane FROM batches ORDER BY sequence").fetchall()
        return [(sequence, Leaf(lane)) for sequence, lane in rows]

    def batch(self, sequence: int) -> Batch | None:
        """Return a sealed batch, in the bytes it was sealed with; None if it has been stored."""
        with self._mutex:
            row = self._db.execute(
                "SELECT lane, boot, monotonic_s, clock, readings, payload FROM batches WHERE sequence = ?", (sequence,)
            ).fetchone()
        if row is None:
            return None
        lane, boot, monotonic_s, clock, readings, payload = row
        return Batch(Leaf(lane), BatchProperties(boot, sequence, monotonic_s, clock), readings, payload)

    def stored(self, boot: str, sequences: Iterable[int]) -> list[tuple[int, int]]:
        """Delete the batches that the service has committed; return sequence and readings of those we had.

        What is not ours (another boot's, or known as stored already) is passed over.
        """
        with self._mutex, self._transaction():
            gone = [
                (sequence, row[0])
                for sequence in sequences
                if (row := self._db.execute(_STORED, (boot, sequence)).fetchone()) is not None
            ]
            self._sealed -= sum(readings for _, readings in gone)
        return gone

    # What it looks like

    @property
    def boot(self) -> str:
        """The boot that batches are sealed under."""
        return self._boot

    @property
    def waiting(self) -> int:
        """How many readings are not yet in a batch."""
        return self._waiting

    @property
    def queued(self) -> int:
        """How many readings are not yet stored by the service."""
        return self._waiting + self._sealed

    @property
    def thinned(self) -> int:
        """How many level readings were given up because the outbox was full, in all its life."""
        return self._thinned

    def oldest_ms(self) -> int | None:
        """Return the time of the oldest reading that is not yet stored; None if there is none."""
        with self._mutex:
            if not self.queued:
                return None
            found = [
                self._db.execute("SELECT min(at_ms) FROM waiting WHERE urgent = ? AND state = ?", (urgent, state))
                .fetchone()[0]
                for urgent in (0, 1)
                for state in _State
            ]  # fmt: skip
            found.append(self._db.execute("SELECT min(oldest_ms) FROM batches").fetchone()[0])
        return min((each for each in found if each is not None), default=None)

    def disk_bytes(self) -> int:
        """Return how much of the disk the outbox takes."""
        files = (self._path, self._path.with_name(self._path.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def _thin_if_full(self) -> None:
        excess = self._waiting - self._limit
        if excess <= 0:
            return
        # A tenth more than needed, so that a full outbox is not searched again at every reading.
        with self._transaction():
            thinned = self._db.execute(_THIN, (excess + self._limit // 10,)).rowcount
            self._db.execute("UPDATE numbers SET value = value + ? WHERE name = 'thinned'", (thinned,))
        self._waiting -= thinned
        self._thinned += thinned

    def _now_ms(self) -> int:
        """Return the time, never before this program was written: SenML takes very early times for relative ones."""
        now_ms = round(self._clock.now().timestamp() * 1000)
        return now_ms if now_ms >= _EARLIEST_MS else _EARLIEST_MS + round(self._clock.monotonic() * 1000)

    def _counts(self) -> tuple[int, int, int]:
        return (
            self._number("SELECT count(*) FROM waiting"),
            self._number("SELECT coalesce(sum(readings), 0) FROM batches"),
            self._number("SELECT value FROM numbers WHERE name = 'thinned'"),
        )

    def _number(self, statement: str) -> int:
        return int(self._db.execute(statement).fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._undo()
            raise OutboxError(
                f"The gateway's outbox cannot be written: {error}.",
                kept="everything that was accepted before",
                advice="make room on the gateway's disk, or replace it",
            ) from error
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        self._waiting, self._sealed, self._thinned = self._counts()


def outbox_path(data_dir: Path, gateway: str) -> Path:
    """Return where the outbox of `gateway` is in the data folder of an installation."""
    return data_dir / "gateways" / gateway / "outbox.db"


_SENDABLE: tuple[tuple[_State, ClockState], ...] = ((_State.SETTLED, "synced"), (_State.UNSYNCHRONISED, "unsynced"))


@cache
def _nature(name: str) -> tuple[bool, bool]:
    """Tell of a series whether it is about safety, and whether its readings may be thinned."""
    quantity = BY_NAME.get(name.split("/", 2)[1]) if "/" in name else None
    return (quantity.safety, quantity.kind is Kind.LEVEL) if quantity else (False, False)


def _open(path: Path, *, durable: bool) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    db.execute(f"PRAGMA journal_size_limit = {16 * 1024 * 1024}")
    db.executescript(_SCHEMA)
    # A file of the first releases does not know what the sources themselves said.
    if "said_ms" not in {column for _, column, *_ in db.execute("PRAGMA table_info(series)")}:
        db.execute("ALTER TABLE series ADD COLUMN said_ms INTEGER")
    return db


def _lock(path: Path) -> IO[str]:
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise OutboxInUseError(
            "The outbox of this gateway is in use by another process.",
            kept="everything in the outbox",
            advice="stop the other process, or wait until it has ended",
        ) from error
    return file

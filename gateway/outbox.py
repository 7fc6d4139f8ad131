"""The gateway's store: a reading that `add` has accepted is safe until the service has called it stored.

SQLite in WAL mode, one file and one process per gateway. A reading waits until it is sealed into a batch; a
batch keeps its bytes, boot and sequence until the service names it as stored, so that it can be sent again and
again without ever counting twice. Every method is one transaction: a kill between any two instructions leaves
the reading either waiting or sealed, never neither and never both.

When the disk takes nothing more, a call for help goes out from memory: `rescue` keeps and `seal` seals it there,
and with the next transaction that succeeds it is on the disk as if it had always been.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from core.clock import Clock
from core.messages import BatchProperties, ClockState
from core.senml import Measurement, encode
from core.topics import Leaf
from gateway.aside import REMEMBER, SEAL, TAKE, Aside, sealed_row
from gateway.notes import Notes
from gateway.reading import Batch, Reading, Row, State, nature
from gateway.stamping import LastReading, stamp
from gateway.storage import OutboxError, OutboxInUseError, Storage, unreadable
from gateway.synchronisation import Instant, Timekeeper
from gateway.thinning import Fullness, Limits, Thinning

__all__ = ["Batch", "Outbox", "OutboxError", "OutboxInUseError", "Reading", "outbox_path"]

_ADD = (
    "INSERT INTO waiting (urgent, state, at_ms, name, value, unit, level, boot, monotonic_ms)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_RECEIPT = "INSERT INTO receipts (digest) VALUES (?)"
_PRUNE_RECEIPTS = "DELETE FROM receipts WHERE id <= (SELECT max(id) FROM receipts) - ?"
# More than a source's broker has under way to it: only those are delivered again. And far fewer than there are MQTT
# packet ids (65,535): what is known by an id must be forgotten before another message has that id.
_RECEIPTS = 8_000
_CHOOSE = """
SELECT at_ms, id, name, value, unit FROM waiting
WHERE urgent = :urgent AND state = :state AND at_ms >= :since AND at_ms < :before
ORDER BY at_ms, id LIMIT :limit
"""
_SEQUENCE = "UPDATE numbers SET value = ? WHERE name = 'sequence'"
_THINNED = "UPDATE numbers SET value = value + ? WHERE name = 'thinned'"
_STORED = "DELETE FROM batches WHERE boot = ? AND sequence = ? RETURNING readings"
_HELD = """
SELECT id, monotonic_ms, name, value FROM waiting
WHERE urgent = 0 AND state = 1 AND boot = ? AND id > ? ORDER BY id LIMIT ?
"""
_RELEASED_AT_ONCE = 5_000
_RELEASE = "UPDATE waiting SET state = 0, at_ms = ? WHERE id = ?"
# Readings of an earlier boot whose clock was never synchronised: nobody can tell any more when they were.
_GIVE_UP = "UPDATE waiting SET state = 2 WHERE state = 1 AND boot <> ?"
_ALWAYS = 2**62
_OLD_EVERY_MS = 3_600_000

OUTBOX_FULL = "outbox full"
# When it was, which row it is, name, value and unit of a reading to be sealed.
_Taken = tuple[int, int, str, float, str]
# Which row it is, when it was by the monotonic clock, name and value of a reading that is held.
_Held = tuple[int, int, str, float]


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
        limits: Limits | None = None,
        timekeeper: Timekeeper | None = None,
        reserve_bytes: int = 0,
    ) -> None:
        """Open the outbox in file `path`, making it if it does not exist.

        With `durable`, what `add` has accepted survives a power cut; without, the kill of the process only.
        Readings older than `backfill_after_s` seconds go in the lane for old ones. `reserve_bytes` of the disk are
        kept for when it is full. Raises `OutboxInUseError` if another process has it open, `VicinoError` if the file
        is no outbox or cannot be opened.
        """
        self._boot = boot
        self._backfill_after_ms = round(backfill_after_s * 1000)
        self._timekeeper = timekeeper or Timekeeper(clock)
        self._mutex = threading.RLock()
        self._storage = Storage(path, clock, durable=durable, reserve_bytes=reserve_bytes)
        self._db = self._storage.db
        self.notes = Notes(self._storage, self._mutex, self._transaction)
        self._thinning = Thinning(self._storage, limits or Limits(), self._transaction)
        self._aside = Aside()
        self._next_old_ms = 0
        self._inherited = True
        try:
            self._load()
        except sqlite3.Error as error:
            self._storage.close()
            raise unreadable(error) from error
        with suppress(OutboxError), self._transaction():
            pass

    def _load(self) -> None:
        self._series = {
            name: LastReading(*rest)
            for name, *rest in self._db.execute("SELECT name, source_ms, at_ms, value, said_ms FROM series")
        }
        number = self._storage.number
        self._waiting = number("SELECT count(*) FROM waiting")
        self._urgent = number("SELECT count(*) FROM waiting WHERE urgent = 1")
        self._sealed = number("SELECT coalesce(sum(readings), 0) FROM batches")
        self._thinned = number("SELECT value FROM numbers WHERE name = 'thinned'")
        self._sequence = self._saved_sequence = number("SELECT value FROM numbers WHERE name = 'sequence'")

    def close(self) -> None:
        """Close the file; everything in it is kept."""
        with self._mutex:
            if self._aside:
                with suppress(OutboxError), self._transaction():
                    pass
            self._storage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What goes in

    def add(self, readings: Iterable[Reading], receipts: Sequence[bytes] = ()) -> int:
        """Commit `readings` with the time they keep from now on; return how many were new.

        One that is the latest of its series once more (same time, same value) is not taken twice. `receipts` name
        messages in the order in which they came, also those that say nothing: `received` knows the latest of them from
        then on. Level readings for which there is no room are given up and counted as thinned. Raises `OutboxError` if
        the disk or the outbox is full: then nothing of it was accepted, and the source must not be told otherwise.
        """
        with self._mutex:
            # Asked under the mutex: what it finds unsynchronised is held before `release_held` looks, or after it.
            instant = self._timekeeper.look()
            rows, changed = self._stamped(readings, instant)
            if rows or receipts:
                taken = self._admitted(rows)
                self._commit(taken, changed, receipts, given_up=len(rows) - len(taken))
                self._thin(instant)
        return len(rows)

    def rescue(self, readings: Iterable[Reading]) -> None:
        """Take safety readings although there is no room for the message they came in.

        They go out, if need be from memory: they are on the disk for certain when the next `add` has succeeded, which
        is when their message may be acknowledged. They may be handed over only once.
        """
        with self._mutex:
            rows, changed = self._stamped(readings, self._timekeeper.look())
            try:
                self._commit(rows, changed)
            except OutboxError:
                self._keep_in_memory(rows, changed)

    def _keep_in_memory(self, rows: Sequence[Row], changed: dict[str, LastReading]) -> None:
        if rows:
            in_doubt = any(row.state != State.SETTLED for row in rows)
            taken = sorted((row.at_ms, 0, row.name, row.value, row.unit) for row in rows)
            batch = self._formed(Leaf.URGENT, "unsynced" if in_doubt else "synced", taken)
            self._aside.keep_rescued(batch, taken[0][0], changed)
            self._series.update(changed)

    def give_up(self, levels: int, receipts: Sequence[bytes]) -> None:
        """Count as thinned so many level readings that there was no room for. Raises `OutboxError`."""
        with self._mutex:
            self._commit([], {}, receipts, given_up=levels)

    def _stamped(self, readings: Iterable[Reading], instant: Instant) -> tuple[list[Row], dict[str, LastReading]]:
        now_ms, monotonic_ms, synchronised = instant
        rows: list[Row] = []
        changed: dict[str, LastReading] = {}
        for name, value, unit, source_ms, said_ms, arrived_ms in readings:
            last = changed.get(name) or self._series.get(name)
            came_ms = now_ms if arrived_ms is None else now_ms - max(0, monotonic_ms - arrived_ms)
            stamped = stamp(last, came_ms if source_ms is None else source_ms, value)
            if stamped is None:
                continue
            before_ms = last.said_ms if last else None
            stamped = stamped._replace(said_ms=before_ms if said_ms is None else said_ms)
            changed[name] = stamped
            urgent, level = nature(name)
            in_doubt = source_ms is None and not synchronised
            held = in_doubt and not urgent
            state = 0 if not in_doubt else State.HELD if held else State.UNSYNCHRONISED
            rows.append(
                Row(
                    urgent, state, stamped.at_ms, name, value, unit, level, self._boot if held else None,
                    monotonic_ms + stamped.at_ms - now_ms if held else None,
                )
            )  # fmt: skip
        return rows, changed

    def _admitted(self, rows: list[Row]) -> list[Row]:
        """Return those of `rows` that there is room for; raise `OutboxError` if not even for what must be kept."""
        if all(row.urgent for row in rows):
            return rows
        if not self._storage.has_room:
            self._make_room()
        fullness = self._thinning.fullness(self._waiting)
        must_keep = any(not row.urgent and not row.level for row in rows)
        if not self._storage.has_room or (must_keep and fullness is Fullness.OVERFULL):
            raise OutboxError(
                f"The gateway's outbox takes no more readings: {self.trouble}.",
                kept="everything that was accepted before, and calls for help still go out",
                advice="see why the service stores nothing, and make room on the gateway's disk",
            )
        return rows if fullness is Fullness.ROOM else [row for row in rows if row.urgent or not row.level]

    def _commit(
        self,
        rows: Sequence[Row],
        changed: dict[str, LastReading],
        receipts: Sequence[bytes] = (),
        *,
        given_up: int = 0,
    ) -> None:
        with self._transaction():
            if receipts:
                self._db.executemany(_RECEIPT, [(receipt,) for receipt in receipts])
                self._db.execute(_PRUNE_RECEIPTS, (_RECEIPTS,))
            self._db.executemany(_ADD, rows)
            self._db.executemany(REMEMBER, [(name, *last) for name, last in changed.items()])
            if given_up:
                self._db.execute(_THINNED, (given_up,))
        self._series.update(changed)
        self._waiting += len(rows)
        self._urgent += sum(row.urgent for row in rows)
        self._thinned += given_up
        self._thinning.note_levels(sum(row.level for row in rows))

    def _thin(self, instant: Instant) -> None:
        """Keep within the limits; what was accepted is in already, so that a failure waits for the next time."""
        with suppress(OutboxError):
            self._note_thinned(self._thinning.thin(self._waiting))
            # By a clock that is wrong, everything may look old.
            if instant.synchronised and instant.monotonic_ms >= self._next_old_ms:
                self._next_old_ms = instant.monotonic_ms + _OLD_EVERY_MS
                self._note_thinned(self._thinning.thin_old(instant.at_ms))

    def _make_room(self) -> None:
        with suppress(OutboxError):
            self._note_thinned(self._thinning.make_room())

    def _note_thinned(self, count: int) -> None:
        self._waiting -= count
        self._thinned += count

    def received(self, receipt: bytes) -> bool:
        """Tell whether a message's readings are in: who is killed before acknowledging it is sent it again."""
        with self._mutex:
            return bool(self._storage.rows("SELECT 1 FROM receipts WHERE digest = ? LIMIT 1", (receipt,)))

    def last(self, name: str) -> LastReading | None:
        """Return what is remembered of a series."""
        with self._mutex:
            return self._series.get(name)

    def forget_series(self) -> None:
        """Forget the latest readings, so that a recording that is played once more goes in as a whole."""
        with self._mutex:
            with self._transaction():
                self._db.execute("DELETE FROM series")
            self._series.clear()

    def release_held(self) -> int:
        """Stamp the readings held back by a clock that is synchronised now; return how many.

        Their age by the monotonic clock is taken from the time it is now. Call it again and again while the clock is
        synchronised: one that is added at the instant of synchronisation may be held after the first call. Does
        nothing while the clock is not synchronised.
        """
        count = last_id = 0
        latest: dict[str, LastReading] = {}
        with self._mutex:
            instant = self._timekeeper.look()
            # In parts: days without a time server must not need the memory of all their readings.
            while instant.synchronised and (
                held := self._storage.rows(_HELD, (self._boot, last_id, _RELEASED_AT_ONCE))
            ):
                self._release(held, instant.at_ms - instant.monotonic_ms, latest)
                count += len(held)
                last_id = held[-1][0]
        return count

    def _release(self, held: Iterable[_Held], offset_ms: int, latest: dict[str, LastReading]) -> None:
        times: list[tuple[int, int]] = []
        for id_, monotonic_ms, name, value in held:
            at_ms = monotonic_ms + offset_ms
            before = latest.get(name)
            if before is not None and before.source_ms <= at_ms <= before.at_ms:
                latest[name] = before._replace(at_ms=before.at_ms + 1, value=value)
            else:
                latest[name] = LastReading(at_ms, at_ms, value, self._said(name))
            times.append((latest[name].at_ms, id_))
        with self._transaction():
            self._db.executemany(_RELEASE, times)
            self._db.executemany(REMEMBER, [(name, *last) for name, last in latest.items()])
        self._series.update(latest)

    def _said(self, name: str) -> int | None:
        last = self._series.get(name)
        return None if last is None else last.said_ms

    # What goes out

    def seal(self, lane: Leaf, limit: int) -> Batch | None:
        """Form a batch of at most `limit` waiting readings of `lane`, oldest first; None if there are none.

        Raises `OutboxError` if the disk does not take it, but for urgent ones, which are sealed in memory then.
        """
        with self._mutex:
            urgent = lane is Leaf.URGENT
            if urgent and (rescued := self._aside.next_unsent()):
                return rescued
            if not (self._urgent if urgent else self._waiting - self._urgent):
                return None
            in_memory = self._aside.ids
            for state, clock in _SENDABLE:
                chosen = self._storage.rows(_CHOOSE, self._choice(lane, state, limit + len(in_memory)))
                taken = [row for row in chosen if row[1] not in in_memory][:limit] if in_memory else chosen
                if taken:
                    return self._sealed_batch(lane, clock, taken)
        return None

    def _choice(self, lane: Leaf, state: int, limit: int) -> dict[str, int]:
        cutoff = self._timekeeper.look().at_ms - self._backfill_after_ms
        since, before = {
            Leaf.URGENT: (-_ALWAYS, _ALWAYS),
            Leaf.READINGS: (cutoff, _ALWAYS),
            Leaf.BACKFILL: (-_ALWAYS, cutoff),
        }[lane]
        return {"urgent": lane is Leaf.URGENT, "state": state, "since": since, "before": before, "limit": limit}

    def _sealed_batch(self, lane: Leaf, clock: ClockState, taken: list[_Taken]) -> Batch:
        batch = self._formed(lane, clock, taken)
        try:
            with self._transaction():
                self._db.executemany(TAKE, [(row[1],) for row in taken])
                self._db.execute(SEAL, sealed_row(batch, taken[0][0]))
        except OutboxError:
            if lane is not Leaf.URGENT:
                raise
            self._aside.keep_sealed(batch, taken[0][0], [row[1] for row in taken])
            return batch
        self._waiting -= len(taken)
        self._urgent -= len(taken) if lane is Leaf.URGENT else 0
        self._sealed += len(taken)
        return batch

    def _formed(self, lane: Leaf, clock: ClockState, taken: list[_Taken]) -> Batch:
        payload = encode([Measurement(name, at_ms, value, unit) for at_ms, _, name, value, unit in taken])
        self._sequence += 1
        monotonic_s = self._timekeeper.look().monotonic_ms / 1000
        return Batch(lane, BatchProperties(self._boot, self._sequence, monotonic_s, clock), len(taken), payload)

    def unstored(self) -> list[tuple[int, Leaf]]:
        """Return sequence and lane of all sealed batches, oldest first, as a gateway finds them when it starts."""
        with self._mutex:
            rows = self._storage.rows("SELECT sequence, lane FROM batches ORDER BY sequence")
        return [(sequence, Leaf(lane)) for sequence, lane in rows]

    def batch(self, sequence: int) -> Batch | None:
        """Return a sealed batch, in the bytes it was sealed with; None if it has been stored."""
        with self._mutex:
            if (aside := self._aside.batch(sequence)) is not None:
                return aside
            rows = self._storage.rows(
                "SELECT lane, boot, monotonic_s, clock, readings, payload FROM batches WHERE sequence = ?", (sequence,)
            )
        if not rows:
            return None
        lane, boot, monotonic_s, clock, readings, payload = rows[0]
        return Batch(Leaf(lane), BatchProperties(boot, sequence, monotonic_s, clock), readings, payload)

    def stored(self, boot: str, sequences: Iterable[int]) -> list[tuple[int, int]]:
        """Delete the batches that the service has committed; return sequence and readings of those we had.

        What is not ours (another boot's, or known as stored already) is passed over. Raises `OutboxError`: then none
        is deleted but those that were only in memory.
        """
        gone: list[tuple[int, int]] = []
        with self._mutex:
            rest: list[int] = []
            for sequence in sequences:
                readings = self._aside.stored(sequence) if boot == self._boot else None
                if readings is None:
                    rest.append(sequence)
                else:
                    gone.append((sequence, readings))
            if rest:
                with self._transaction():
                    known = [
                        (sequence, row[0])
                        for sequence in rest
                        if (row := self._db.execute(_STORED, (boot, sequence)).fetchone()) is not None
                    ]
                self._sealed -= sum(readings for _, readings in known)
                gone += known
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
        with self._mutex:
            return self._waiting + self._sealed + self._aside.queued

    @property
    def thinned(self) -> int:
        """How many level readings were given up because the outbox was full, in all its life."""
        return self._thinned

    @property
    def trouble(self) -> str:
        """What keeps the outbox from taking all that comes: "", "outbox full", "disk full" or "disk broken"."""
        with self._mutex:
            self._storage.look()
            full = self._thinning.fullness(self._waiting) is not Fullness.ROOM
            return self._storage.trouble or (OUTBOX_FULL if full else "")

    def oldest_ms(self) -> int | None:
        """Return the time of the oldest reading that is not yet stored; None if there is none."""
        with self._mutex:
            if not self.queued:
                return None
            found = [
                self._storage.rows("SELECT min(at_ms) FROM waiting WHERE urgent = ? AND state = ?", (urgent, state))
                for urgent in (0, 1)
                for state in State
            ]
            found.append(self._storage.rows("SELECT min(oldest_ms) FROM batches"))
            known = [rows[0][0] for rows in found] + [self._aside.oldest_ms]
        return min((each for each in known if each is not None), default=None)

    def disk_bytes(self) -> int:
        """Return how much of the disk the outbox takes, without what it keeps in reserve."""
        return self._storage.disk_bytes()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Run the block as one transaction, which also puts on the disk what was only in memory."""
        with self._storage.transaction():
            if self._inherited:
                self._db.execute(_GIVE_UP, (self._boot,))
            if self._aside:
                self._aside.save(self._db)
            noted = self.notes.write()
            yield
            if self._sequence != self._saved_sequence:
                self._db.execute(_SEQUENCE, (self._sequence,))
        self.notes.written(noted)
        self._saved_sequence = self._sequence
        self._inherited = False
        if self._aside:
            saved = self._aside.saved()
            self._waiting -= saved.rows
            self._urgent -= saved.rows
            self._sealed += saved.sealed


def outbox_path(data_dir: Path, gateway: str) -> Path:
    """Return where the outbox of `gateway` is in the data folder of an installation."""
    return data_dir / "gateways" / gateway / "outbox.db"


_SENDABLE: tuple[tuple[State, ClockState], ...] = ((State.SETTLED, "synced"), (State.UNSYNCHRONISED, "unsynced"))

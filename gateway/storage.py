"""The outbox's file: an SQLite database in WAL mode, and what is kept in reserve for when the disk is full.

A second file of fixed size lies beside the database. When the disk is full it is given up, so that calls for help
still find room, and so that what waits can be sealed, sent and deleted. It is made again when there is room.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from core.clock import Clock
from core.errors import VicinoError
from core.log import logger

RESERVE_BYTES = 4 * 1024 * 1024
# Copied into the database when it has so many pages: bounds the log to a part of the reserve.
_LOG_PAGES = 256
_LOG_BYTES = 2 * 1024 * 1024
_LOOK_S = 2.0
# What a transaction of ordinary readings may need of the pages that are free inside the file.
_ROOM_BYTES = 512 * 1024

DISK_FULL = "disk full"
DISK_BROKEN = "disk broken"

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


class OutboxError(VicinoError):
    """The outbox could not be written: it or the disk is full or broken. Nothing of what was given was accepted."""


class OutboxInUseError(VicinoError):
    """Another process works with the same outbox."""


class Storage:
    """The file of one outbox. Its user sees to it that one thread at a time works with it."""

    def __init__(self, path: Path, clock: Clock, *, durable: bool, reserve_bytes: int) -> None:
        """Open the file, making it if it does not exist; `reserve_bytes` of 0 means no reserve.

        Raises `OutboxInUseError` if another process has it open, `VicinoError` if it is no outbox or cannot be opened.
        """
        self.path = path
        self._clock = clock
        self._reserve = path.with_suffix(".reserve")
        self._reserve_bytes = reserve_bytes
        self._trouble = ""
        self._written = False
        self._next_look = clock.monotonic()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock_file = _lock(path.with_suffix(".lock"))
        try:
            self.db = self._opened(durable=durable)
            self._page_bytes = self.number("PRAGMA page_size")
        except sqlite3.Error as error:
            self._lock_file.close()
            raise unreadable(error) from error
        self.look()

    def close(self) -> None:
        """Close the file; everything in it is kept."""
        self.db.close()
        self._lock_file.close()

    def number(self, statement: str) -> int:
        """Return the one integer that `statement` asks for."""
        return int(self.db.execute(statement).fetchone()[0])

    def rows(self, statement: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[Any]:
        """Return what `statement` finds. Raises `OutboxError` if the disk cannot be read."""
        try:
            return self.db.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            self._note(error)
            raise _failed(error) from error

    @property
    def trouble(self) -> str:
        """What is wrong with the disk: "", "disk full" or "disk broken"."""
        return self._trouble

    @property
    def used_bytes(self) -> int:
        """How much of the file is in use: pages that were given back inside it do not count."""
        return (self.number("PRAGMA page_count") - self.number("PRAGMA freelist_count")) * self._page_bytes

    @property
    def has_room(self) -> bool:
        """Whether ordinary readings may be tried: on a full disk, only if there is room inside the file."""
        self.look()
        return self._trouble != DISK_FULL or self.number("PRAGMA freelist_count") * self._page_bytes >= _ROOM_BYTES

    def disk_bytes(self) -> int:
        """Return how much of the disk the outbox takes, without the reserve."""
        files = (self.path, self.path.with_name(self.path.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block as one transaction. Raises `OutboxError`, with nothing done, if the disk does not take it."""
        try:
            self.db.execute("BEGIN IMMEDIATE")
            yield
            self.db.execute("COMMIT")
            self._written = True
        except sqlite3.Error as error:
            self._undo()
            self._note(error)
            raise _failed(error) from error
        except BaseException:
            self._undo()
            raise

    def look(self) -> None:
        """See, now and then, whether the reserve can be made again, and with it the trouble be over."""
        now = self._clock.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + _LOOK_S
        if not (self._has_reserve() or self._make_reserve()):
            self._say(self._trouble or DISK_FULL)
        elif self._trouble == DISK_FULL or self._written:
            self._say("")

    def _opened(self, *, durable: bool) -> sqlite3.Connection:
        try:
            return _open(self.path, durable=durable)
        except sqlite3.Error as error:
            if not isinstance(error, sqlite3.OperationalError) or not self._give_reserve_up():
                raise
            return _open(self.path, durable=durable)

    def _undo(self) -> None:
        with suppress(sqlite3.Error):
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")

    def _note(self, error: sqlite3.Error) -> None:
        full = _is_full(error) or self._free_bytes() < max(self._reserve_bytes, _ROOM_BYTES)
        self._written = False
        self._give_reserve_up()
        self._next_look = self._clock.monotonic() + _LOOK_S
        self._say(DISK_FULL if full else DISK_BROKEN, str(error))
        with suppress(sqlite3.Error):
            # What is in the log goes into the file, so that the log begins anew instead of growing.
            self.db.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()

    def _say(self, trouble: str, reason: str = "") -> None:
        if trouble == self._trouble:
            return
        self._trouble = trouble
        if trouble:
            logger().error("outbox in trouble", state=trouble, reason=reason)
        else:
            logger().info("outbox has room again")

    def _has_reserve(self) -> bool:
        if not self._reserve_bytes:
            return self._free_bytes() >= 2 * _ROOM_BYTES
        try:
            return self._reserve.stat().st_size >= self._reserve_bytes
        except OSError:
            return False

    def _make_reserve(self) -> bool:
        if not self._reserve_bytes or self._free_bytes() < self._reserve_bytes + 2 * _ROOM_BYTES:
            return False
        try:
            with self._reserve.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, self._reserve_bytes)
        except OSError:
            self._give_reserve_up()
            return False
        return True

    def _give_reserve_up(self) -> bool:
        try:
            self._reserve.unlink()
        except OSError:
            return False
        return True

    def _free_bytes(self) -> int:
        try:
            found = os.statvfs(self.path.parent)
        except OSError:
            return 0
        return found.f_bavail * found.f_frsize


def _failed(error: sqlite3.Error) -> OutboxError:
    return OutboxError(
        f"The gateway's outbox cannot be written: {error}.",
        kept="everything that was accepted before",
        advice="make room on the gateway's disk, or replace it",
    )


def _is_full(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL


def unreadable(error: sqlite3.Error) -> VicinoError:
    """Return what to tell a person when the file cannot be opened or is no outbox."""
    if isinstance(error, sqlite3.OperationalError):
        return VicinoError(
            f"The gateway's outbox cannot be opened: {error}.",
            kept="everything in the outbox",
            advice="make room on the gateway's disk, and see that its folder can be written",
        )
    return VicinoError(
        f"The gateway's outbox cannot be read: {error}.",
        kept="the file is left as it is",
        advice="move the file away to start with an empty outbox, and keep it for recovery",
    )


def _open(path: Path, *, durable: bool) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        db.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        db.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        db.execute("PRAGMA temp_store = MEMORY")
        db.executescript(_SCHEMA)
        # A file of the first releases does not know what the sources themselves said.
        if "said_ms" not in {column for _, column, *_ in db.execute("PRAGMA table_info(series)")}:
            db.execute("ALTER TABLE series ADD COLUMN said_ms INTEGER")
    except sqlite3.Error:
        db.close()
        raise
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

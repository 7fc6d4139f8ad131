"""Seals the audit every minute, and drops what is too old. Of several processes of the pages one does it at a time."""

import threading
from datetime import timedelta

import psycopg
from psycopg_pool import PoolTimeout

from core.clock import Clock
from core.database import Database
from core.log import logger
from dashboards import repository
from dashboards.seals import Seal

EVERY_S = 60.0
MOST = 1_000  # entries of a batch: who notes something meanwhile waits while it is read


def keep_sealing(database: Database, clock: Clock, stop: threading.Event) -> threading.Thread:
    """Seal from now on until `stop` is set; return the thread that does it."""

    def run() -> None:
        while not clock.wait(stop, EVERY_S):
            seal_all(database, clock)

    thread = threading.Thread(target=run, name="sealing the audit", daemon=True)
    thread.start()
    return thread


def seal_all(database: Database, clock: Clock) -> int:
    """Seal what was noted since the last seal; return how many entries that were.

    Each seal is written down in the log: who changes the whole chain cannot change what others have noted of it. What
    cannot be sealed now waits for the next time.
    """
    sealed = 0
    try:
        while (seal := _seal(database, clock)) is not None:
            logger().info("audit sealed", sequence=seal.seal_id, count=seal.entries, seal=seal.digest.hex())
            sealed += seal.entries
            if seal.entries < MOST:
                break
    except (psycopg.Error, PoolTimeout) as error:
        logger().warning("audit not sealed", error=type(error).__name__)
    return sealed


def retire_all(database: Database, clock: Clock, stop: threading.Event, days: int) -> int | None:
    """Drop the batches that are older than `days`, one after the other; return how many entries, None where none is.

    Their seals stay. A batch that is not as it was sealed stays, too, and all after it, so that it is found. Raises
    what the driver raises, also for fewer than 30 days.
    """
    dropped, batch = 0, 1
    while batch and not stop.is_set():
        with database.transaction() as connection:
            batch = repository.retire_audit(connection, timedelta(days=days), clock.now())
        dropped += batch
    return dropped or None


def _seal(database: Database, clock: Clock) -> Seal | None:
    with database.transaction() as connection:
        return repository.seal(connection, clock.now(), MOST)

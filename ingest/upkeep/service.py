"""The part of the ingest process that keeps figures and retention, on a connection of its own."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import psycopg

from core.clock import Clock
from core.log import logger
from core.retention import believable
from ingest import repository as intake
from ingest.rejects.pruning import prune as prune_rejects
from ingest.settings import IngestSettings
from ingest.upkeep import figures, repository, retention
from ingest.upkeep.reads import latest_touched
from ingest.upkeep.repository import Dictionaries

TIDY_EVERY_S = 3600.0
# Rest so many times as long as the last work took: what comes in goes first.
REST = 9.0
PARTITIONS_AHEAD = timedelta(days=10)
CANCELS_WITHIN_S = 1.0


class Upkeep:
    """Does one round after the other until it is told to stop. Of several processes one does; if it dies, another.

    It works in the database and waits there, so that it takes nothing from those who take in readings.
    """

    def __init__(self, connect: Callable[[], Dictionaries], settings: IngestSettings, clock: Clock) -> None:
        self._connect = connect
        self._settings = settings
        self._clock = clock
        self._connection: Dictionaries | None = None
        self._mine = False
        self._timescale = False
        self._tidied_at: float | None = None

    def run(self, stop: threading.Event) -> None:
        """Go on until `stop` is set, whatever the database does."""
        while not stop.is_set():
            began, more = self._clock.monotonic(), False
            try:
                more = self.look()
            except (psycopg.Error, OSError) as error:
                if not stop.is_set():
                    code = getattr(error, "sqlstate", None) or type(error).__name__
                    logger().warning("figures and retention have to wait; it is tried again", reason=code)
                self.close()
            took = self._clock.monotonic() - began
            self._clock.wait(stop, max(0.0 if more else self._settings.ingest_upkeep_s, REST * took))
        self.close()

    def interrupt(self) -> None:
        """End what the database does for it just now; call it from another thread once `stop` is set."""
        connection = self._connection
        if connection is not None:
            with suppress(psycopg.Error):
                # The other way holds up the whole process where nothing comes back.
                connection.cancel_safe(timeout=CANCELS_WITHIN_S)

    def close(self) -> None:
        """End the connection, so that another process may take over."""
        connection, self._connection, self._mine = self._connection, None, False
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()

    def look(self) -> bool:
        """Do one round, unless another process does them; tell whether more waits. Raises `psycopg.Error`."""
        if self._connection is None:
            self._connection = self._connect()
            self._timescale = repository.has_timescale(self._connection)
        connection = self._connection
        self._mine = self._mine or repository.take(connection)
        if not self._mine:
            return False
        more = figures.catch_up(connection, timescale=self._timescale)
        if self._tidied_at is None or self._clock.monotonic() - self._tidied_at >= TIDY_EVERY_S:
            self._tidy(connection)
            self._tidied_at = self._clock.monotonic()
        return more

    def _tidy(self, connection: Dictionaries) -> None:
        now, settings = self._clock.now(), self._settings
        for ahead in (now, now + PARTITIONS_AHEAD):
            intake.ensure_month(connection, ahead)
        today = believable(now, latest_touched(connection))
        if today is None:
            return
        dropped = retention.retire(
            connection, today, settings.retention_days, settings.retention_rollup_days, timescale=self._timescale
        )
        pruned = retention.tidy(connection, today, timescale=self._timescale)
        rejects = prune_rejects(connection, today, keep_days=settings.reject_days)
        if dropped or pruned or rejects:
            logger().info("old data are gone", count=dropped, batches=pruned, rejected=rejects)

"""Fulfils people's wishes to have rejects tried again: written down by the pages, read here in the ingest process."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg

from core.clock import Clock
from core.database import Database
from core.log import logger
from core.notices import Listener
from ingest.rejects import repository
from ingest.rejects.replaying import Load, Report, replay
from ingest.rejects.repository import Dictionaries, Request
from ingest.session import may_pass
from ingest.validate import Limits, Reason

CHANNEL = "vicino_replay"
LOOK_S = 30.0  # how often wishes are looked for of which no notice came
DAY_MS = 86_400_000


class Requests:
    """Fulfils wishes one after the other. Of several processes one does; if it dies, another begins the wish anew.

    `connect` makes a connection on which readings can be stored.
    """

    def __init__(
        self,
        database: Database,
        connect: Callable[[], Dictionaries],
        *,
        load: Load,
        limits: Limits,
        clock: Clock,
        worker: str,
    ) -> None:
        self._database = database
        self._connect = connect
        self._load = load
        self._limits = limits
        self._clock = clock
        self._worker = worker
        self._connection: Dictionaries | None = None

    def run(self, stop: threading.Event) -> None:
        """Look for wishes until `stop` is set, at once when a notice comes and now and then without one."""
        with Listener(self._database, [CHANNEL]) as listener:
            while not stop.is_set():
                try:
                    self.look(stop)
                except (psycopg.Error, OSError) as error:
                    code = getattr(error, "sqlstate", None) or type(error).__name__
                    logger().warning("rejects cannot be tried again now; it is tried later", reason=code)
                    self.close()
                listener.wait(LOOK_S, self._clock, stop)
        self.close()

    def close(self) -> None:
        """End the connection; the next look makes another one."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def look(self, stop: threading.Event | None = None) -> int:
        """Fulfil the wishes that are open, unless another process does; return how many. Raises `psycopg.Error`."""
        connection = self._connection = self._connection or self._connect()
        if not repository.open_requests(connection) or not repository.take_turn(connection):
            return 0
        fulfilled = 0
        try:
            # Looked for again: whoever had the turn before may have fulfilled them.
            for request in repository.open_requests(connection):
                fulfilled += self._fulfil(connection, request, stop)
        finally:
            with suppress(psycopg.Error):
                repository.end_turn(connection)
        return fulfilled

    def _fulfil(self, connection: Dictionaries, request: Request, stop: threading.Event | None) -> bool:
        try:
            outcome = outcome_of(self._replayed(connection, request, stop))
        except Exception as error:
            # The database, not the wish: it stays open. Any other must not be tried for ever, nor end the others.
            if isinstance(error, psycopg.OperationalError) and may_pass(error):
                raise
            code = getattr(error, "sqlstate", None) or type(error).__name__
            logger().error("rejects could not be tried again", reason=code)
            outcome = {"failed": code}
        if stop is not None and stop.is_set():
            return False
        repository.finish_request(connection, request.request_id, outcome, self._clock.now())
        return True

    def _replayed(self, connection: Dictionaries, request: Request, stop: threading.Event | None) -> Report:
        ids = None if request.reject_id is None else [request.reject_id]
        reasons = None if ids else [Reason(request.reason)]
        gateway = None if ids else request.gateway_key
        found = repository.selected(connection, ids=ids, reasons=reasons, gateway=gateway)
        report = replay(
            connection,
            [each.reject_id for each in found if not each.cut and not each.replayed],
            load=self._load,
            limits=self._limits,
            clock=self._clock,
            worker=self._worker,
            stop=stop,
        )
        logger().info("rejects tried again", count=report.messages, stored=report.stored, duplicates=report.already)
        return report._replace(cut=sum(each.cut for each in found))


def outcome_of(report: Report) -> dict[str, Any]:
    """Return a report as it is written down for whoever wished it."""
    return {**report._asdict(), "refused": dict(report.refused)}

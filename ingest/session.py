"""A database connection that survives the database: work is tried again until it is committed."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import psycopg
from psycopg import Connection
from psycopg.errors import DataError, IntegrityError
from psycopg.rows import DictRow

from core.clock import Clock
from core.log import logger
from ingest.counters import Counters

BACK_OFF_S = (0.2, 0.5, 1.0, 2.0, 4.0)

ATTEMPTS = 5  # after which a failure that says nothing of the database's own state is laid to the data
# Classes of SQLSTATE (PostgreSQL, appendix A) that say how the database is or how it is set up, nothing of the data:
# connection, transaction, prepared statement, login, rollback, catalogue, schema, rights, resources, locks, operator.
_PASSING = frozenset({"08", "25", "26", "28", "3D", "3F", "40", "42", "53", "55", "57", "58"})

T = TypeVar("T")


def may_pass(error: Exception) -> bool:
    """Tell whether waiting may help: what failed is the database or the way to it, not this piece of work."""
    code: str | None = getattr(error, "sqlstate", None)
    return code is None or code[:2] in _PASSING


class Session:
    """One connection, made by `connect` and made again when it is lost; `on_change` is called before it is used anew.

    `on_change` forgets what was known of the database's contents.
    """

    def __init__(
        self,
        lane: str,
        connect: Callable[[], Connection[DictRow]],
        counters: Counters,
        clock: Clock,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._lane = lane
        self._connect = connect
        self._counters = counters
        self._clock = clock
        self._on_change = on_change
        self._connection: Connection[DictRow] | None = None

    def persist(
        self, work: Callable[[Connection[DictRow]], T], stop: threading.Event, *, gives_up: bool = False
    ) -> T | None:
        """Return what `work` returns once it has gone through, or None if `stop` is set before.

        Every failure that is the database's own is waited out. Raises `DataError` or `IntegrityError` if the data
        themselves cannot be stored, also after what was known of the database has been read anew; and, if it
        `gives_up`, any other `psycopg.Error` that comes so often in a row that it must be due to the data, too.
        """
        attempt = 0
        last, alike = "", 0
        while not stop.is_set():
            try:
                return work(self._connected())
            except (DataError, IntegrityError):
                if attempt:
                    raise
                self._on_change()
            except (psycopg.Error, OSError) as error:
                self.close()
                code = "" if may_pass(error) else getattr(error, "sqlstate", "")
                last, alike = code, alike + 1 if code == last else 1
                if gives_up and code and alike >= ATTEMPTS:
                    raise
                self._wait(error, attempt, stop)
            attempt += 1
        return None

    def close(self) -> None:
        """End the connection; the next work makes another one."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def _connected(self) -> Connection[DictRow]:
        if self._connection is None:
            self._on_change()
            self._connection = self._connect()
        return self._connection

    def _wait(self, error: Exception, attempt: int, stop: threading.Event) -> None:
        self._counters.add(self._lane, retries=1)
        logger().warning(
            "the database does not take this now; it is kept and tried again",
            lane=self._lane,
            reason=getattr(error, "sqlstate", None) or type(error).__name__,
            attempt=attempt + 1,
        )
        self._clock.wait(stop, BACK_OFF_S[min(attempt, len(BACK_OFF_S) - 1)])

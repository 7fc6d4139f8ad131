"""Waiting for PostgreSQL's notices (LISTEN / NOTIFY), so that nobody has to poll.

A notice only says that there is something to look for; what that is, is read from tables. A lost notice costs
time, never data.
"""

import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Self

import psycopg
from psycopg import sql

from core.clock import Clock
from core.database import Database
from core.log import logger

SLICE_S = 0.5  # how soon a stop is noticed


class Notice(NamedTuple):
    """One notice: its channel and its payload."""

    channel: str
    payload: str


class Listener:
    """Listens on channels over a connection of its own, which it makes anew when it is lost."""

    def __init__(self, database: Database, channels: Sequence[str]) -> None:
        self._database = database
        self._channels = tuple(channels)
        self._connection: psycopg.Connection[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def wait(self, seconds: float, clock: Clock, stop: threading.Event) -> list[Notice]:
        """Return the notices that came, as soon as there is one, or none after `seconds` or when `stop` is set.

        Without a database it waits a second and returns none: the caller's own look at the tables says the rest.
        """
        deadline = clock.monotonic() + seconds
        while not stop.is_set():
            left = deadline - clock.monotonic()
            if left <= 0:
                break
            try:
                found = [
                    Notice(notice.channel, notice.payload)
                    for notice in self._connected().notifies(timeout=min(left, SLICE_S), stop_after=1)
                ]
            except psycopg.OperationalError as error:
                logger().info("listening again", reason=type(error).__name__)
                self.close()
                clock.wait(stop, 1.0)
                break
            if found:
                return found
        return []

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None:
            connection = self._database.connect()
            for channel in self._channels:
                connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            self._connection = connection
        return self._connection

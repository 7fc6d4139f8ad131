"""The round of test calls: make one, see whether it arrives in time, close what it opened, make the next.

All that it knows lies in the database: a watchdog that was started anew goes on where the other one was.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import psycopg

from alerts.canary import repository
from alerts.canary.repository import Call
from core.clock import Clock
from core.database import Database
from core.log import logger

KEPT = timedelta(days=1)
REMOVE_EVERY = timedelta(hours=1)


class Pace(NamedTuple):
    """From one test call to the next, and how long one may take."""

    every: timedelta = timedelta(minutes=5)
    within: timedelta = timedelta(seconds=30)


class Canary:
    """Makes test calls. `publish` sends the reading of an instant as a gateway would, and tells whether that could be.

    `on_arrived` hears the seconds from the reading to the channel, `on_missed` of each that did not arrive in time.
    """

    def __init__(
        self,
        database: Database,
        publish: Callable[[datetime], bool],
        clock: Clock,
        pace: Pace,
        *,
        on_arrived: Callable[[float], None] = lambda _: None,
        on_missed: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._publish = publish
        self._clock = clock
        self._pace = pace
        self._on_arrived = on_arrived
        self._on_missed = on_missed
        # What this process has called, by the clock that never jumps: a wall clock put back must not end the calls.
        self._waited_for: datetime | None = None
        self._called_at = 0.0
        self._next_at: float | None = None
        self._removed_at: datetime | None = None

    def look(self) -> None:
        """Do what is due now."""
        now, moment = self._clock.now(), self._clock.monotonic()
        if self._next_at is None:
            self._go_on(now, moment)
        before = now - self._pace.within
        if self._waited_for is not None and moment - self._called_at >= self._pace.within.total_seconds():
            before = max(before, self._waited_for)
        with self._database.transaction() as connection:
            missed = repository.mark_missed(connection, before, now)
            waited = None if self._waited_for is None else repository.call(connection, self._waited_for)
        for _ in missed:
            logger().error("the test call did not arrive in time", seconds=self._pace.within.total_seconds())
            self._on_missed()
        if waited is not None and waited.judged:
            self._done(waited, now)
        if self._waited_for is None and self._next_at is not None and moment >= self._next_at:
            self._call(now, moment)

    def _go_on(self, now: datetime, moment: float) -> None:
        """Go on where a watchdog before this one was."""
        with self._database.transaction() as connection:
            last = repository.latest(connection)
        left = 0.0
        if last is not None and last.sent_at <= now:
            left = max(0.0, (last.sent_at + self._pace.every - now).total_seconds())
        self._next_at = moment + left

    def _done(self, call: Call, now: datetime) -> None:
        self._waited_for = None
        if call.arrived_at is not None:
            seconds = max(0.0, (call.arrived_at - call.sent_at).total_seconds())
            logger().info("the test call has arrived", seconds=round(seconds, 3))
            self._on_arrived(seconds)
        with self._database.transaction() as connection:
            repository.close(connection, now)
        if self._removed_at is None or now - self._removed_at >= REMOVE_EVERY:
            self._remove(now)

    def _remove(self, now: datetime) -> None:
        self._removed_at = now
        try:
            with self._database.transaction() as connection:
                repository.remove(connection, now - KEPT)
        except psycopg.IntegrityError as error:
            # Something refers to one of them: that must not end the calls.
            logger().error("old test calls are not removed", reason=type(error).__name__)

    def _call(self, now: datetime, moment: float) -> None:
        at = now.replace(microsecond=now.microsecond // 1000 * 1000)
        with self._database.transaction() as connection:
            # What an earlier one has left open would take this one in, and nobody would be told anew.
            repository.close(connection, now)
            # Noted first: it may arrive before this goes on.
            repository.note_sent(connection, at)
        self._waited_for, self._called_at = at, moment
        self._next_at = moment + self._pace.every.total_seconds()
        if not self._publish(at):
            logger().warning("the test call could not be sent: no connection to the broker")

"""Hands news over to their channels, in a thread of their own: nothing here can hold up an alert."""

import random
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from alerts.addresses.repository import mark_gone
from alerts.channels.transport import NO_ALERT, NoTransport, Outgoing, Transport, TransportError
from alerts.lifecycle import Family
from alerts.news import repository
from alerts.news.repository import Waiting
from alerts.news.taken import relieve
from alerts.notify import Result, wait_s
from alerts.repository import DATABASE_AWAY
from core.clock import Clock
from core.database import Database
from core.log import logger

# Longer than any channel takes for one message.
LEASE = timedelta(seconds=90)
LOOK_EVERY_S = 5.0
KIND = "news"
_UNKNOWN = NoTransport("there is no such channel")


class News:
    """Makes news and delivers them; `on_result` is told the channel of each attempt and what came of it.

    `chance` gives numbers from 0 to 1 and spreads the attempts.
    """

    def __init__(
        self,
        database: Database,
        transports: Mapping[str, Transport],
        clock: Clock,
        make: tuple[Callable[[Database, datetime], int], ...] = (relieve,),
        on_result: Callable[[str, Result], None] = lambda _, __: None,
        chance: Callable[[], float] | None = None,
    ) -> None:
        self._chance = chance or random.Random().random  # noqa: S311 - spreads attempts, guards nothing
        self._on_result = on_result
        self._database = database
        self._transports = transports
        self._clock = clock
        self._make = make

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        while not stop.is_set():
            try:
                self.look()
            except DATABASE_AWAY as error:
                logger().warning("waiting for the database", reason=type(error).__name__)
            except Exception as error:  # noqa: BLE001 - what fails once must not end it
                logger().error("news not told", reason=type(error).__name__)
            self._clock.wait(stop, LOOK_EVERY_S)

    def look(self) -> int:
        """Make what is to be told and deliver what is due; return how many were accepted."""
        for make in self._make:
            make(self._database, self._clock.now())
        accepted = 0
        while True:
            now = self._clock.now()
            with self._database.transaction() as connection:
                waiting = repository.claim(connection, now, now + LEASE)
                if waiting is None:
                    return accepted
                # Last, so that nothing lies between this look and the sending.
                wanted = repository.still_to_tell(connection, waiting, now)
            if wanted:
                accepted += self._deliver(waiting)

    def _deliver(self, waiting: Waiting) -> bool:
        try:
            self._transports.get(waiting.channel, _UNKNOWN).send(_outgoing(waiting))
        except TransportError as error:
            self._failed(waiting, error)
            return False
        except DATABASE_AWAY:
            # The lease ends by itself.
            raise
        except Exception as error:  # noqa: BLE001 - one bad message must not hold up the others
            self._failed(waiting, TransportError(f"not prepared: {type(error).__name__}", permanent=False))
            return False
        with self._database.transaction() as connection:
            repository.mark_sent(connection, waiting, self._clock.now())
        self._on_result(waiting.channel, Result.SENT)
        logger().info("news told", channel=waiting.channel)
        return True

    def _failed(self, waiting: Waiting, error: TransportError) -> None:
        now = self._clock.now()
        with self._database.transaction() as connection:
            if error.permanent:
                if error.gone:
                    mark_gone(connection, waiting.channel, waiting.address, error.reason, now)
                repository.next_way(connection, waiting, now, error.reason)
            else:
                waits = wait_s(Family.WELLBEING, waiting.attempts, self._chance(), error.retry_after_s)
                repository.mark_retry(connection, waiting, now + timedelta(seconds=waits), error.reason)
        self._on_result(waiting.channel, Result.FAILED if error.permanent else Result.RETRY)
        logger().warning("news not told", channel=waiting.channel, error=error.reason, attempts=waiting.attempts)


def _outgoing(waiting: Waiting) -> Outgoing:
    return Outgoing(
        public_id=waiting.public_id,
        alert_public_id=waiting.alert_public_id or NO_ALERT,
        address=waiting.address,
        language=waiting.language,
        family=Family.TECHNICAL,
        kind=KIND,
        municipality="",
        opened_at=waiting.made_at,
        step=0,
        for_family=waiting.for_family,
        said=waiting.said,
        daily=waiting.about == "day",
    )

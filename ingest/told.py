"""What gateways tell of themselves, their status and their inventory: stored one by one, and then acknowledged."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from psycopg import Connection
from psycopg.rows import DictRow

from core import topics
from core.clock import Clock
from core.log import logger
from ingest import repository
from ingest.counters import Counters
from ingest.inbox import Inbox
from ingest.mqtt5 import Delivery
from ingest.repository import Refused
from ingest.session import Session
from ingest.validate import Reason, Rejection

MESSAGES = 500
AT_ONCE_BYTES = 8_388_608
IDLE_S = 0.5


# Stores one message that was received at an instant; returns it, with the reason, if it cannot be stored.
Store = Callable[[Connection[DictRow], Delivery, datetime], Refused | None]


class TellingWriter:
    """Stores what comes by one lane with `store`, and keeps what that refuses among the rejects.

    A message at which the database fails within itself is refused for `reason`.
    """

    def __init__(
        self,
        lane: str,
        inbox: Inbox,
        acknowledge: Callable[[Sequence[Delivery]], None],
        store: Store,
        reason: Reason,
        *,
        connect: Callable[[], Connection[DictRow]],
        counters: Counters,
        clock: Clock,
    ) -> None:
        self._lane = lane
        self._inbox = inbox
        self._acknowledge = acknowledge
        self._do_store = store
        self._reason = reason
        self._counters = counters
        self._clock = clock
        self._session = Session(lane, connect, counters, clock)

    def run(self, stop: threading.Event) -> None:
        """Store until `stop` is set."""
        while not stop.is_set():
            if self._inbox.wait(IDLE_S):
                for delivery in self._inbox.take(MESSAGES, AT_ONCE_BYTES):
                    self._settle(delivery, stop)
        self._session.close()

    def _settle(self, delivery: Delivery, stop: threading.Event) -> None:
        try:
            done = self._session.persist(lambda connection: self._store(connection, delivery), stop)
        except Exception as error:  # noqa: BLE001 - one message must never end the service for all others
            code = getattr(error, "sqlstate", None) or type(error).__name__
            logger().error("what a gateway tells of itself cannot be stored", lane=self._lane, reason=code)
            refusal = refused(delivery, self._reason, "The message could not be stored.")
            done = self._session.persist(lambda connection: self._keep(connection, refusal), stop)
        if done is not None:
            self._acknowledge([delivery])
            self._counters.add(self._lane, messages=1)

    def _store(self, connection: Connection[DictRow], delivery: Delivery) -> bool:
        """Store one message, or keep it among the rejects; tell which of the two."""
        refusal = self._do_store(connection, delivery, self._clock.now())
        return True if refusal is None else self._keep(connection, refusal)

    def _keep(self, connection: Connection[DictRow], refusal: Refused) -> bool:
        repository.keep_refused(connection, [refusal], self._clock.now())
        self._counters.add(self._lane, rejected=1)
        return False


def refused(delivery: Delivery, reason: Reason, detail: str) -> Refused:
    """Return a message that cannot be stored, and why."""
    topic = topics.parse(delivery.topic)
    return Refused(delivery, topic.gateway if topic else None, Rejection(reason, detail, 1))

"""What gateways say about themselves: decoded, stored, acknowledged."""

import math
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec
from psycopg import Connection
from psycopg.rows import DictRow

from core import topics
from core.clock import Clock
from core.log import logger
from core.messages import GatewayStatus, decode_status
from ingest import repository
from ingest.counters import Counters
from ingest.inbox import Inbox
from ingest.mqtt5 import Delivery
from ingest.repository import Refused
from ingest.session import Session
from ingest.validate import Reason, Rejection

LANE = "status"
MESSAGES = 500
LARGEST_BYTES = 16_384
LARGEST_COUNT = 2**62
LONGEST_TEXT = 64
# A clock that was never set starts in 1970: such a gateway is heard, too. What no calendar in UTC or no database can
# tell must not come where the states of many gateways are read together.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
IDLE_S = 0.5


class StatusWriter:
    """Stores the gateways' words about themselves, one after the other, and acknowledges them after the commit."""

    def __init__(
        self,
        inbox: Inbox,
        acknowledge: Callable[[Sequence[Delivery]], None],
        *,
        connect: Callable[[], Connection[DictRow]],
        counters: Counters,
        clock: Clock,
    ) -> None:
        self._inbox = inbox
        self._acknowledge = acknowledge
        self._counters = counters
        self._clock = clock
        self._session = Session(LANE, connect, counters, clock)

    def run(self, stop: threading.Event) -> None:
        """Store until `stop` is set."""
        while not stop.is_set():
            if self._inbox.wait(IDLE_S):
                for delivery in self._inbox.take(MESSAGES, MESSAGES * LARGEST_BYTES):
                    self._settle(delivery, stop)
        self._session.close()

    def _settle(self, delivery: Delivery, stop: threading.Event) -> None:
        try:
            done = self._session.persist(lambda connection: self._store(connection, delivery), stop)
        except Exception as error:  # noqa: BLE001 - one message must never end the service for all others
            logger().error("a status cannot be stored", reason=getattr(error, "sqlstate", None) or type(error).__name__)
            refusal = _refused(delivery, Reason.STATUS, "The status could not be stored.")
            done = self._session.persist(lambda connection: self._keep(connection, refusal), stop)
        if done is not None:
            self._acknowledge([delivery])
            self._counters.add(LANE, messages=1)

    def _store(self, connection: Connection[DictRow], delivery: Delivery) -> bool:
        """Store one message, or keep it among the rejects; tell which of the two."""
        found = read_status(delivery)
        if isinstance(found, Refused):
            return self._keep(connection, found)
        gateway, status = found
        now, retained = self._clock.now(), delivery.retained
        if repository.record_status(connection, gateway, status, now, retained=retained):
            return True
        return self._keep(
            connection, _refused(delivery, Reason.UNKNOWN_GATEWAY, "No gateway of this key is registered.")
        )

    def _keep(self, connection: Connection[DictRow], refusal: Refused) -> bool:
        repository.keep_refused(connection, [refusal], self._clock.now())
        self._counters.add(LANE, rejected=1)
        return False


def read_status(delivery: Delivery) -> tuple[str, GatewayStatus] | Refused:
    """Return the gateway's key and what it says, or why that cannot be stored. Pure."""
    topic = topics.parse(delivery.topic)
    if topic is None or topic.leaf is not topics.Leaf.STATUS:
        return _refused(delivery, Reason.TOPIC, "The topic is not one on which a status is sent.")
    if len(delivery.payload) > LARGEST_BYTES:
        return _refused(delivery, Reason.OVERSIZED, f"A status has at most {LARGEST_BYTES} bytes.")
    try:
        status = decode_status(delivery.payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return _refused(delivery, Reason.STATUS, f"The message is no status: {error}")
    if fault := _fault(status):
        return _refused(delivery, Reason.STATUS, fault)
    return topic.gateway, status


def _fault(status: GatewayStatus) -> str:
    if not (0 <= status.queued < LARGEST_COUNT and 0 <= status.thinned < LARGEST_COUNT):
        return "A count is out of its range."
    if not 0 <= status.uptime_s < math.inf:
        return "The uptime is out of its range."
    if not (status.boot and _is_short(status.boot) and _is_short(status.version)):
        return "The boot id or the version cannot be right."
    if not (_has_zone(status.at) and _has_zone(status.oldest_unsent)):
        return "A time has no time zone."
    if not (_is_possible(status.at) and _is_possible(status.oldest_unsent)):
        return "A time is before 1970 or after 2099."
    return ""


def _is_short(text: str) -> bool:
    return len(text) <= LONGEST_TEXT and "\x00" not in text


def _has_zone(instant: datetime | None) -> bool:
    return instant is None or instant.tzinfo is not None


def _is_possible(instant: datetime | None) -> bool:
    return instant is None or EARLIEST <= instant < LATEST


def _refused(delivery: Delivery, reason: Reason, detail: str) -> Refused:
    topic = topics.parse(delivery.topic)
    return Refused(delivery, topic.gateway if topic else None, Rejection(reason, detail, 1))

"""What gateways say about themselves: decoded with care, and stored."""

import math
from datetime import UTC, datetime

import msgspec
from psycopg import Connection
from psycopg.rows import DictRow

from core import topics
from core.messages import GatewayStatus, decode_status
from ingest.gateways.repository import LARGEST_COUNT, record_status
from ingest.mqtt5 import Delivery
from ingest.repository import Refused
from ingest.told import refused
from ingest.transitions import PAUSE
from ingest.validate import Reason

LANE = "status"
LARGEST_BYTES = 16_384
LONGEST_TEXT = 64
MOST_SYSTEMS = 20
# A clock that was never set starts in 1970: such a gateway is heard, too. What no calendar in UTC or no database can
# tell must not come where the states of many gateways are read together.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class StatusStore:
    """Stores gateways' words about themselves, and knows since when it has heard any without a pause."""

    def __init__(self) -> None:
        self._heard_at: datetime | None = None
        self._deaf_until: datetime | None = None

    def __call__(self, connection: Connection[DictRow], delivery: Delivery, received_at: datetime) -> Refused | None:
        """Store a gateway's word about itself; return it, with the reason, if it cannot be stored."""
        found = read_status(delivery)
        if isinstance(found, Refused):
            return found
        if self._heard_at is None or received_at - self._heard_at > PAUSE / 2:
            self._deaf_until = received_at
        self._heard_at = received_at
        gateway, status = found
        if record_status(
            connection, gateway, status, received_at, retained=delivery.retained, deaf_until=self._deaf_until
        ):
            return None
        return refused(delivery, Reason.UNKNOWN_GATEWAY, "No gateway of this key is registered.")


def read_status(delivery: Delivery) -> tuple[str, GatewayStatus] | Refused:
    """Return the gateway's key and what it says, or why that cannot be stored. Pure."""
    topic = topics.parse(delivery.topic)
    if topic is None or topic.leaf is not topics.Leaf.STATUS:
        return refused(delivery, Reason.TOPIC, "The topic is not one on which a status is sent.")
    if len(delivery.payload) > LARGEST_BYTES:
        return refused(delivery, Reason.OVERSIZED, f"A status has at most {LARGEST_BYTES} bytes.")
    try:
        status = decode_status(delivery.payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return refused(delivery, Reason.STATUS, f"The message is no status: {error}")
    if fault := _fault(status):
        return refused(delivery, Reason.STATUS, fault)
    return topic.gateway, status


def _fault(status: GatewayStatus) -> str:
    if not (0 <= status.queued < LARGEST_COUNT and 0 <= status.thinned < LARGEST_COUNT):
        return "A count is out of its range."
    if not 0 <= status.uptime_s < math.inf:
        return "The uptime is out of its range."
    if not (status.boot and _is_short(status.boot) and _is_short(status.version)):
        return "The boot id or the version cannot be right."
    if fault := _fault_of_systems(status.unreachable):
        return fault
    updated_at = None if status.update is None else status.update.at
    times = (status.at, status.oldest_unsent, status.mains_lost, status.mains_back, updated_at)
    if not all(map(_has_zone, times)):
        return "A time has no time zone."
    return "" if all(map(_is_possible, times)) else "A time is before 1970 or after 2099."


def _fault_of_systems(names: list[str]) -> str:
    if len(names) <= MOST_SYSTEMS and all(map(_is_short, names)):
        return ""
    return "The systems that it does not reach are too many, or their names too long."


def _is_short(text: str) -> bool:
    return len(text) <= LONGEST_TEXT and "\x00" not in text


def _has_zone(instant: datetime | None) -> bool:
    return instant is None or instant.tzinfo is not None


def _is_possible(instant: datetime | None) -> bool:
    return instant is None or EARLIEST <= instant < LATEST

"""The gateway that makes test calls: it says over the broker what a gateway says when an SOS button is pressed."""

import secrets
from datetime import datetime

from core import senml
from core.clock import Clock
from core.messages import BatchProperties
from core.mqtt import BrokerAddress, Connection
from core.senml import Measurement
from core.topics import Leaf, client_id, topic

# Of the organisation (`registry.rules` keeps the key for it), the account, the home and the gateway.
KEY = "vicino-canary"
DEVICE, QUANTITY = "canary", "sos_button"
NAME = f"{DEVICE}/{QUANTITY}"


class CanaryGateway:
    """Connects as the gateway `key`, and calls for help when it is told to."""

    def __init__(self, address: BrokerAddress, key: str, clock: Clock, keepalive_s: int = 30) -> None:
        self._topic = topic(key, Leaf.URGENT)
        self._clock = clock
        self._boot = secrets.token_hex(8)
        self._sequence = 0
        self._connection = Connection(address, client_id(key), keepalive_s=keepalive_s, reconnect_max_s=5)

    def start(self) -> None:
        """Connect in the background."""
        self._connection.start()

    def stop(self) -> None:
        """Take leave."""
        self._connection.stop()

    def wait_connected(self, seconds: float) -> bool:
        """Wait until connected, at most so long; tell whether it is."""
        return self._connection.wait_connected(seconds)

    def call(self, at: datetime) -> bool:
        """Say that the button was pressed at the instant `at`; tell whether it could be said."""
        self._sequence += 1
        properties = BatchProperties(self._boot, self._sequence, self._clock.monotonic(), "synced")
        pack = senml.encode([Measurement(NAME, round(at.timestamp() * 1000), 1.0, "1")])
        sent = self._connection.publish(
            self._topic,
            pack,
            user_properties=properties.as_user_properties(),
            content_type=senml.CONTENT_TYPE,
        )
        return sent is not None

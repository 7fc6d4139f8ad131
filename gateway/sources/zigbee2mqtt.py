"""Readings from the home's broker, where Zigbee2MQTT publishes.

A message is acknowledged to that broker (QoS 1, persistent session) only after the outbox has committed what it
says; what arrives while the gateway is down waits there.
"""

import hashlib
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

from core.clock import Clock
from core.log import logger
from core.messages import FoundDevice, Inventory
from core.mqtt import BrokerAddress, Connection, Message
from gateway.bridge import Bridge
from gateway.outbox import Outbox, OutboxError, Reading

_SESSION_EXPIRY_S = 7 * 86_400
_MOST_AT_ONCE = 500
_LOOK_S = 60.0
_RETRY_S = 1.0
_NOTE = "zigbee2mqtt devices"


class Zigbee2MqttSource:
    """Feeds the outbox of one gateway from one bridge."""

    def __init__(
        self,
        gateway: str,
        base: str,
        broker: BrokerAddress,
        outbox: Outbox,
        clock: Clock,
        *,
        keepalive_s: int = 30,
        on_readings: Callable[[], None] = lambda: None,
        on_inventory: Callable[[Inventory], None] = lambda _: None,
    ) -> None:
        """Prepare to read the bridge whose base topic is `base`; the callbacks are called after a commit."""
        self._outbox = outbox
        self._clock = clock
        self._on_readings = on_readings
        self._on_inventory = on_inventory
        self._bridge = Bridge(base, outbox.last)
        self._devices_topic = f"{base}/bridge/devices"
        self._messages: SimpleQueue[Message] = SimpleQueue()
        self._wake = threading.Event()
        self._said: object = None
        # The broker delivers what it kept for us before it restates the list of devices.
        known = outbox.noted(_NOTE)
        if known is not None:
            self._understand(Message(self._devices_topic, known, 0, 0, True, []), 0)
        self._connection = Connection(
            broker,
            f"vicino-source-{gateway}",
            on_message=self._note,
            subscriptions=(f"{base}/#",),
            clean_start=False,
            session_expiry_s=_SESSION_EXPIRY_S,
            keepalive_s=keepalive_s,
        )

    def run(self, stop: threading.Event) -> None:
        """Deliver until `stop` is set and `wake` was called."""
        self._connection.start()
        try:
            while not stop.is_set():
                self._wake.clear()
                messages = self._drain()
                if not messages:
                    self._clock.wait(self._wake, _LOOK_S)
                    continue
                self._deliver(messages, stop)
        finally:
            self._connection.stop()

    def wake(self) -> None:
        """Look at once whether there is something to do; any thread may call it."""
        self._wake.set()

    def _note(self, message: Message) -> None:
        self._messages.put(message)
        self._wake.set()

    def _drain(self) -> list[Message]:
        messages: list[Message] = []
        while len(messages) < _MOST_AT_ONCE:
            try:
                messages.append(self._messages.get_nowait())
            except Empty:
                break
        return messages

    def _deliver(self, messages: list[Message], stop: threading.Event) -> None:
        now_ms = round(self._clock.now().timestamp() * 1000)
        readings: list[Reading] = []
        receipts: list[bytes] = []
        for message in messages:
            receipt = _receipt(message)
            if message.dup and self._outbox.received(receipt):
                continue
            found = self._understand(message, now_ms)
            if found:
                readings += found
                receipts.append(receipt)
        listed = [message.payload for message in messages if message.topic == self._devices_topic and message.payload]
        if not self._commit(readings, receipts, listed, stop):
            return
        for message in messages:
            self._connection.acknowledge(message)
        if readings:
            self._on_readings()
        self._say_inventory()

    def _understand(self, message: Message, now_ms: int) -> list[Reading]:
        """Return what a message says; one that nobody has thought of is refused and must not stop the others."""
        try:
            return self._bridge.take(
                message.topic, message.payload, now_ms, restated=message.retain, connection=message.connection
            )
        except Exception as error:  # noqa: BLE001 - it would come again after each restart, for ever
            self._bridge.refuse("failure")
            logger().error("message refused", error=type(error).__name__, bytes=len(message.payload))
            return []

    def _commit(
        self, readings: list[Reading], receipts: list[bytes], listed: list[bytes], stop: threading.Event
    ) -> bool:
        """Commit, again and again if the disk is full: the home's broker keeps what was not acknowledged."""
        while True:
            try:
                if listed:
                    self._outbox.note(_NOTE, listed[-1])
                if readings:
                    self._outbox.add(readings, receipts)
            except OutboxError as error:
                logger().error("outbox cannot be written", reason=str(error), readings=len(readings))
                if self._clock.wait(stop, _RETRY_S):
                    return False
            else:
                return True

    def _say_inventory(self) -> None:
        inventory = self._bridge.inventory()
        outline = [_outline(device) for device in inventory.devices]
        if outline and outline != self._said:
            self._said = outline
            self._on_inventory(inventory)


def _receipt(message: Message) -> bytes:
    """Name a message so that it is known when it is delivered again: by the same id, with the same content."""
    content = message.mid.to_bytes(2, "big") + message.topic.encode() + b"\0" + message.payload
    return hashlib.blake2b(content, digest_size=16).digest()


def _outline(device: FoundDevice) -> tuple[object, ...]:
    """Return what of a device is worth publishing again when it changes: not its latest values."""
    return (device.key, device.name, device.model, tuple(device.quantities), frozenset(device.unmapped))

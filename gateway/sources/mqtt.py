"""Readings from a broker on which some system publishes: Zigbee2MQTT in the home, a LoRaWAN server, and others.

A message is acknowledged to that broker (QoS 1, persistent session) only after the outbox has committed what it
says; what arrives while the gateway is down waits there. While the outbox takes nothing, the messages are kept here,
at most `HELD` of them: the broker sends no more than that before it is acknowledged. Calls for help among them go out
all the same. When half of that room is taken, the messages that say nothing but levels are given up, and counted.
"""

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import islice
from queue import Empty, SimpleQueue
from typing import NamedTuple, Protocol

from core.clock import Clock
from core.log import logger
from core.messages import FoundDevice, Inventory
from core.mqtt import BrokerAddress, Connection, Message, Received, Version
from gateway.configuration import Configuration
from gateway.dialects.dialect import Bridged, Dialect, Remembering
from gateway.interpretation import Interpreter
from gateway.outbox import Outbox, OutboxError, Reading
from gateway.refractory import Moment, Refractory
from gateway.synchronisation import Instant, Timekeeper
from gateway.withdrawal import Withdrawal

HELD = 4_000
SESSION_EXPIRY_S = 7 * 86_400
_MOST_AT_ONCE = 500
_MOST_UNRECORDED = 1_000
_MOST_UNREAD = 20_000
_LOOK_S = 20.0
_RETRY_S = 1.0
_MOST_NOTES = 2_000


class Delivery(NamedTuple):
    """How a system's broker speaks, and the most it promises: QoS 0 is no promise at all."""

    version: Version = Version.V5
    qos: int = 1


class Link(Protocol):
    """A connection to a broker, or a part in one that several sources have together."""

    def start(self) -> None:
        """Connect in the background."""

    def stop(self) -> None:
        """Take leave."""

    def acknowledge(self, message: Message) -> None:
        """Tell the broker that a message is safe."""

    @property
    def alive(self) -> bool:
        """Whether its network thread goes on, connected or not."""


Connected = Callable[[bool], None]
Connect = Callable[[Received, Connected], Link]


class _Taken(NamedTuple):
    """A message and what it says, as far as it was not `rescued`: sent off although it may not be on the disk yet.

    If it `waits`, a part of what it says is held by its refractory time, and it is acknowledged with that.
    """

    message: Message
    readings: list[Reading]
    receipt: bytes
    rescued: bool = False
    waits: bool = False


class _Waiting(NamedTuple):
    """A message of which so many readings are held."""

    message: Message
    held: int


class MqttSource:
    """Feeds the outbox of one gateway from one system, as its dialect understands it."""

    def __init__(
        self,
        gateway: str,
        dialect: Dialect,
        broker: BrokerAddress,
        outbox: Outbox,
        clock: Clock,
        *,
        timekeeper: Timekeeper | None = None,
        keepalive_s: int = 30,
        reconnect_max_s: int = 5,
        configuration: Configuration | None = None,
        withdrawal: Withdrawal | None = None,
        on_readings: Callable[[], None] = lambda: None,
        on_inventory: Callable[[Inventory], None] = lambda _: None,
        on_unheard: Callable[[int], None] = lambda _: None,
        on_connection: Connected = lambda _: None,
        delivery: Delivery | None = None,
        connect: Connect | None = None,
    ) -> None:
        """Prepare to read what `dialect` subscribes to, on a connection of its own unless `connect` gives another.

        `on_readings` and `on_inventory` are called after a commit, `on_unheard` with a number of messages without
        guarantee of delivery (QoS 0) that there was no room for, `on_connection` as the system comes and goes: its
        broker, or the program that speaks for its devices there.
        """
        self._outbox = outbox
        self._clock = clock
        self._timekeeper = timekeeper or Timekeeper(clock)
        self._on_readings = on_readings
        self._on_inventory = on_inventory
        self._on_unheard = on_unheard
        self._on_connection = on_connection
        self._connected = False
        self._said_reached: bool | None = None
        self._dialect = dialect
        configuration = configuration or Configuration(outbox.notes)
        self._withdrawal = withdrawal or Withdrawal(configuration, clock)
        self._interpreter = Interpreter(dialect, outbox.last, withdraws=self._withdrawal.withdraws)
        self._refractory = Refractory[bytes](configuration.device)
        self._waiting: dict[bytes, _Waiting] = {}
        self._messages: SimpleQueue[Message] = SimpleQueue()
        self._taken: dict[object, _Taken] = {}
        self._unrecorded: list[bytes] = []
        self._notes: dict[str, bytes] = {}
        self._retry_at = 0.0
        self._wake = threading.Event()
        self._said: object = None
        self._remembered = b""
        if isinstance(dialect, Remembering):
            self._remembered = outbox.notes.under(f"memory {dialect.name}").get("", b"")
            dialect.recall(self._remembered)
        self.turned_at = clock.monotonic()
        # The broker delivers what it kept for us before it restates what explains it.
        known = outbox.notes.under(f"{dialect.name} ")
        self._noted = set(known)
        for topic, payload in known.items():
            self._understand(Message(topic, payload, 0, 0, True, []), self._timekeeper.look())
        said = delivery or Delivery()
        self._connection: Link = (
            connect(self._note, self._note_connection)
            if connect
            else Connection(
                broker,
                f"vicino-{dialect.name}-{gateway}",
                on_message=self._note,
                on_connection=self._note_connection,
                subscriptions=dialect.subscriptions,
                clean_start=not said.qos,
                session_expiry_s=SESSION_EXPIRY_S,
                receive_maximum=HELD,
                keepalive_s=keepalive_s,
                reconnect_max_s=reconnect_max_s,
                version=said.version,
                qos=said.qos,
            )
        )

    def run(self, stop: threading.Event) -> None:
        """Deliver until `stop` is set and `wake` was called."""
        self._say_reached()
        self._connection.start()
        try:
            while not stop.is_set():
                self.turned_at = self._clock.monotonic()
                self._wake.clear()
                if not self.turn():
                    self._clock.wait(self._wake, self._pause_s())
        finally:
            self._connection.stop()

    def turn(self) -> bool:
        """Take in and deliver what is there; tell whether there may be more at once."""
        messages = self._drain()
        instant = self._timekeeper.look()
        for message in messages:
            self._take(message, instant)
        self._say_reached()
        self._go_on(self._refractory.due(instant.monotonic_ms))
        if self._taken and self._clock.monotonic() >= self._retry_at:
            try:
                self._deliver()
            except OutboxError:
                # The outbox has said so in the log, once.
                self._retry_at = self._clock.monotonic() + _RETRY_S
        if self._taken:
            self._help_out()
        return bool(messages)

    def _pause_s(self) -> float:
        due_ms = self._refractory.next_due_ms()
        pause_s = _RETRY_S if self._taken else _LOOK_S
        return pause_s if due_ms is None else min(pause_s, max(0.0, due_ms / 1000 - self._clock.monotonic()))

    @property
    def alive(self) -> bool:
        """Whether the network thread runs."""
        return self._connection.alive

    def wake(self) -> None:
        """Look at once whether there is something to do; any thread may call it."""
        self._wake.set()

    def _note(self, message: Message) -> None:
        # What needs no acknowledgement comes however much is here already.
        if not message.qos and self._messages.qsize() >= _MOST_UNREAD:
            self._on_unheard(1)
            return
        self._messages.put(message)
        self._wake.set()

    def _note_connection(self, connected: bool) -> None:
        self._connected = connected
        self._wake.set()

    def _say_reached(self) -> None:
        """Say whether devices can be heard: by the broker, and by what speaks for them there."""
        reached = self._connected and not (isinstance(self._dialect, Bridged) and not self._dialect.online)
        if reached != self._said_reached:
            self._said_reached = reached
            self._on_connection(reached)

    def _drain(self) -> list[Message]:
        messages: list[Message] = []
        while len(messages) < _MOST_AT_ONCE:
            try:
                messages.append(self._messages.get_nowait())
            except Empty:
                break
        return messages

    def _take(self, message: Message, instant: Instant) -> None:
        receipt = _receipt(message)
        if self._dialect.is_note(message.topic) and (message.topic in self._noted or len(self._noted) < _MOST_NOTES):
            self._notes[message.topic] = message.payload
        if message.dup and receipt in self._taken:
            # Held still: it is acknowledged on the connection that it has come by now.
            self._taken[receipt] = self._taken[receipt]._replace(message=message)
            return
        if message.dup and receipt in self._waiting:
            self._waiting[receipt] = self._waiting[receipt]._replace(message=message)
            return
        known = message.dup and self._is_received(receipt)
        taken = self._sifted(message, [] if known else self._understand(message, instant), receipt, instant)
        if not message.qos and len(self._taken) >= 2 * HELD:
            self._rescue(taken)
            self._on_unheard(1)
        else:
            key: object = receipt if message.qos and receipt not in self._taken else object()
            self._taken[key] = taken

    def _sifted(self, message: Message, readings: list[Reading], receipt: bytes, instant: Instant) -> _Taken:
        """Keep back what its refractory time holds; a message is acknowledged when that is stored or forgotten."""
        now = Moment(instant.at_ms, instant.monotonic_ms)
        told: list[Reading] = []
        held = 0
        for reading in readings:
            sifted = self._refractory.take(reading, receipt, now)
            told += [each for each, token in sifted.told if token == receipt]
            self._go_on([(each, token) for each, token in sifted.told if token != receipt])
            self._go_on([(None, token) for token in sifted.forgotten])
            held += sifted.held
        if held:
            self._waiting[receipt] = _Waiting(message, held)
        return _Taken(message, told, receipt, waits=held > 0)

    def _go_on(self, released: Iterable[tuple[Reading | None, bytes]]) -> None:
        """Let messages go on of which something was held: with that, or without it."""
        for reading, receipt in released:
            message, held = self._waiting.pop(receipt)
            if held > 1:
                self._waiting[receipt] = _Waiting(message, held - 1)
            readings = [] if reading is None else [reading]
            self._taken[object()] = _Taken(message, readings, receipt, waits=held > 1)

    def _is_received(self, receipt: bytes) -> bool:
        try:
            return self._outbox.received(receipt)
        except OutboxError:
            # Twice is better than never; the same report is known by its `last_seen`.
            return False

    def _understand(self, message: Message, instant: Instant) -> list[Reading]:
        """Return what a message says; one that nobody has thought of is refused and must not stop the others."""
        try:
            readings = self._interpreter.take(
                message.topic, message.payload, instant.at_ms, restated=message.retain, connection=message.connection
            )
        except Exception as error:  # noqa: BLE001 - it would come again after each restart, for ever
            self._interpreter.refuse("failure")
            logger().error("message refused", error=type(error).__name__, bytes=len(message.payload))
            return []
        self._withdrawal.note(readings)
        # The system reads the same clock as we do, or one that nobody can tell to be better.
        return [
            reading._replace(
                at_ms=reading.at_ms if instant.synchronised else None, arrived_ms=instant.monotonic_ms
            )
            for reading in readings
        ]  # fmt: skip

    def _deliver(self) -> None:
        """Commit what was taken, then acknowledge it. Raises `OutboxError`: then it is all still there."""
        self._keep_notes()
        while self._taken:
            part = list(islice(self._taken.items(), _MOST_AT_ONCE))
            readings = [reading for _, taken in part for reading in taken.readings]
            self._commit(part, readings)
            self._let_go(part)
            if readings:
                self._on_readings()
        # What says nothing worth telling has been read all the same.
        self._outbox.notes.flush()
        self._say_inventory()

    def _keep_notes(self) -> None:
        while self._notes:
            topic, payload = next(iter(self._notes.items()))
            self._outbox.notes.keep(f"{self._dialect.name} {topic}", payload)
            (self._noted.add if payload else self._noted.discard)(topic)
            del self._notes[topic]

    def _remember(self) -> None:
        """Have kept what the dialect has to know after a restart, together with what it has read."""
        if not isinstance(self._dialect, Remembering):
            return
        memory = self._dialect.memory()
        if memory != self._remembered:
            self._outbox.notes.keep_with_next(f"memory {self._dialect.name}", memory)
            self._remembered = memory

    def _commit(self, part: Sequence[tuple[object, _Taken]], readings: list[Reading]) -> None:
        # A message that says nothing uses an id, too: by the number of receipts, the outbox tells how old an id is. It
        # is not worth a transaction of its own, nor kept back where there is no room for one.
        self._remember()
        receipts = self._unrecorded + [
            taken.receipt for _, taken in part if (taken.message.qos or taken.rescued) and not taken.waits
        ]
        if any(taken.readings or taken.rescued for _, taken in part):
            self._outbox.add(readings, receipts)
            receipts = []
        elif len(receipts) >= _MOST_UNRECORDED:
            with suppress(OutboxError):
                self._outbox.add([], receipts)
                receipts = []
        self._unrecorded = receipts[-2 * HELD :]

    def _let_go(self, part: Iterable[tuple[object, _Taken]]) -> None:
        for key, taken in part:
            del self._taken[key]
            if not taken.waits:
                self._connection.acknowledge(taken.message)

    def _help_out(self) -> None:
        """See that calls for help go out while the outbox takes nothing else, and that not too much is held."""
        for key, taken in self._taken.items():
            self._taken[key] = self._rescue(taken)
        if len(self._taken) >= HELD // 2:
            self._give_up_levels()

    def _rescue(self, taken: _Taken) -> _Taken:
        urgent = [reading for reading in taken.readings if reading.urgent]
        if not urgent:
            return taken
        self._outbox.rescue(urgent)
        self._on_readings()
        rest = [reading for reading in taken.readings if not reading.urgent]
        return taken._replace(readings=rest, rescued=True)

    def _give_up_levels(self) -> None:
        levels = [
            (key, taken)
            for key, taken in self._taken.items()
            if taken.readings and not taken.rescued and all(reading.level for reading in taken.readings)
        ]
        with suppress(OutboxError):
            count = sum(len(taken.readings) for _, taken in levels)
            if count:
                self._outbox.give_up(count, [taken.receipt for _, taken in levels if taken.message.qos])
                self._let_go(levels)

    def _say_inventory(self) -> None:
        inventory = self._interpreter.inventory()
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

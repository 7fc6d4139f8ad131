"""From the outbox to the service: publishes sealed batches until each is called stored, and says how the gateway is.

A publisher works in turns, so that one thread may serve one gateway or many: `turn` does what can be done now and
tells how long nothing else is to be done, unless `wake` is set before.
"""

import math
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from queue import Empty, SimpleQueue
from typing import NamedTuple

import msgspec

from core.clock import Clock
from core.log import logger
from core.messages import ClockState, GatewayStatus, GatewayUpdate, Inventory, decode_stored, encode
from core.metrics import own_version
from core.mqtt import BrokerAddress, Connection, Message, Will
from core.senml import CONTENT_TYPE
from core.topics import LANES, LISTENING, Leaf, client_id, topic
from gateway.configuration import Configuration
from gateway.metrics import Standing
from gateway.outbox import Batch, Outbox, OutboxError
from gateway.power import Power, PowerWatch
from gateway.rules.offline import OfflineRules
from gateway.synchronisation import Timekeeper
from gateway.window import Limits, Window

_IDLE_S = 1.0
_INVENTORY_BYTES_S = 16_384  # at most, on average: among very many devices there is always a new one
# Words of the service that may be under way to us: they are small, and they are dealt with at once.
_RECEIVE_MAXIMUM = 256


class Pace(NamedTuple):
    """How a publisher behaves in time and size.

    A batch has at most `batch_readings`. A batch that is not full goes at most every `linger_s` seconds (urgent ones
    at once). `behind_after_s` is the age at which an unsent reading makes the gateway say that it is behind.
    """

    batch_readings: int = 200
    linger_s: float = 0.5
    status_every_s: float = 60.0
    behind_after_s: float = 120.0
    will_delay_s: int = 10
    keepalive_s: int = 30
    reconnect_max_s: int = 5
    limits: Limits = Limits()


class _Substance(NamedTuple):
    """What of the status is worth saying before its time."""

    behind: bool
    thinned: int
    clock: ClockState
    trouble: str
    unreachable: tuple[str, ...]
    config: str
    config_trouble: str
    told: int
    power: Power
    update: GatewayUpdate | None


class Publisher:
    """Publishes the outbox of one gateway."""

    def __init__(
        self,
        gateway: str,
        outbox: Outbox,
        broker: BrokerAddress,
        clock: Clock,
        *,
        pace: Pace | None = None,
        wake: threading.Event | None = None,
        timekeeper: Timekeeper | None = None,
        configuration: Configuration | None = None,
        rules: OfflineRules | None = None,
        power: PowerWatch | None = None,
        update: Callable[[], GatewayUpdate | None] = lambda: None,
        on_stored: Callable[[int, int], None] | None = None,
        says_status: bool = True,
    ) -> None:
        """Prepare to publish as `gateway`; `on_stored` is told sequence and readings of each batch confirmed.

        `update` tells what became of the last update of the program. Without `says_status` nothing is said of how the
        gateway is, not even by its will: for whoever hands in what another one kept.
        """
        self._gateway = gateway
        self._outbox = outbox
        self._clock = clock
        self._pace = pace or Pace()
        self._wake = wake or threading.Event()
        self._timekeeper = timekeeper or Timekeeper(clock)
        self._configuration = configuration or Configuration(outbox.notes)
        self._rules = rules
        self._power = power or PowerWatch(lambda: "unknown")
        self._on_stored = on_stored
        self._says_status = says_status
        self._was_synchronised = self._timekeeper.look().synchronised
        self._window = Window(self._pace.limits)
        self._left_over: dict[Leaf, deque[int]] = {lane: deque() for lane in LANES}
        for sequence, lane in outbox.unstored():
            self._left_over[lane].append(sequence)
            if lane is Leaf.URGENT:
                self._tell_rules(outbox.batch(sequence), earlier=True)
        self._connected = False
        self._events: SimpleQueue[Message | bool] = SimpleQueue()
        self._unsettled: deque[Message] = deque()
        self._accepted: SimpleQueue[tuple[int, bool]] = SimpleQueue()
        self._mids: dict[int, int] = {}
        self._unheard_messages = 0
        self._reached: dict[str, bool] = {}
        self._failure: OutboxError | None = None
        self._inventory: bytes | None = None
        self._inventory_said: bytes | None = None
        self._next_inventory = 0.0
        self._next_seal = dict.fromkeys(LANES, 0.0)
        self._next_beyond = 0.0
        self._next_status = self._first_status = 0.0 if says_status else math.inf
        self._next_look = self._first_status
        self._said: _Substance | None = None
        self._version = own_version()
        self.turned_at = clock.monotonic()
        self._update = update
        self._sent = 0
        self._resent = 0
        self._stored = 0
        self._under_way: set[int] = set()
        self._connection = Connection(
            broker,
            client_id(gateway),
            on_message=self._note,
            on_connection=self._note,
            on_published=lambda mid: self._accepted.put((mid, True)),
            on_unheard=self._note_unheard,
            subscriptions=(topic(gateway, Leaf.STORED), topic(gateway, Leaf.CONFIG), LISTENING),
            # The session outlives a short interruption, so that coming back within the delay takes the will back.
            clean_start=False,
            session_expiry_s=self._pace.will_delay_s + self._pace.keepalive_s,
            keepalive_s=self._pace.keepalive_s,
            receive_maximum=_RECEIVE_MAXIMUM,
            reconnect_max_s=self._pace.reconnect_max_s,
            will=Will(topic(gateway, Leaf.STATUS), encode(self._will()), self._pace.will_delay_s)
            if says_status
            else None,
        )

    def start(self) -> None:
        """Connect in the background."""
        self._connection.start()

    def notify(self) -> None:
        """Say that there may be something to do; any thread may."""
        self._wake.set()

    def standing(self) -> Standing:
        """Return how the gateway stands, for whoever watches it; any thread may ask."""
        return Standing(
            connected=self._connection.connected,
            queued=self._outbox.queued,
            oldest_ms=self._outbox.oldest_ms(),
            thinned=self._outbox.thinned,
            sent=self._sent,
            resent=self._resent,
            stored=self._stored,
        )

    @property
    def alive(self) -> bool:
        """Whether the network thread runs."""
        return self._connection.alive

    def say_inventory(self, inventory: Inventory) -> None:
        """Publish what was found in the home, now or as soon as there is a connection."""
        self._inventory = encode(inventory)
        self.notify()

    def note_unheard(self, messages: int) -> None:
        """Say in the status that so many messages could not be kept; any thread may call it."""
        self._unheard_messages += messages
        self.notify()

    def note_connection(self, system: str, connected: bool) -> None:
        """Say in the status whether the broker of a system can be reached; any thread may call it."""
        self._reached[system] = connected
        self.notify()

    def run(self, stop: threading.Event) -> None:
        """Publish until `stop` is set (and `notify` called), then take leave."""
        self.start()
        while not stop.is_set():
            self.turned_at = self._clock.monotonic()
            self._wake.clear()
            try:
                delay = self.turn()
            except OutboxError:
                # The outbox has said so in the log, once.
                delay = _IDLE_S
            self._clock.wait(self._wake, delay)
        self.end()

    def end(self) -> None:
        """Say that the gateway is offline on purpose and take leave; what is unsent stays in the outbox."""
        with suppress(OutboxError):
            self._say_offline()
        self._connection.stop()

    def _say_offline(self) -> None:
        if not self._says_status:
            return
        self._connection.publish(topic(self._gateway, Leaf.STATUS), encode(self._status(online=False)), retain=True)

    def turn(self) -> float:
        """Do what can be done now; return after how many seconds there may be more to do.

        Raises `OutboxError` if the outbox cannot be written; what can be done all the same is done before.
        """
        self._failure = None
        self._take_events()
        self._attempt(self._settle)
        self._attempt(self._watch_clock)
        self._attempt(self._configuration.save)
        # Later than what has come in: else a call for help that a new connection makes due would wait a turn.
        now = self._clock.monotonic()
        # Also without a connection: the batch tells by the monotonic clock when a call for help went in.
        self._attempt(partial(self._take_up, Leaf.URGENT, now))
        self._attempt(partial(self._seal_beyond, now))
        delay = _IDLE_S
        if self._connected and self._connection.connected:
            for lane in (Leaf.READINGS, Leaf.BACKFILL):
                self._attempt(partial(self._take_up, lane, now))
            # First of all on a connection: by it the service tells when a call was made that the clock cannot date.
            self._attempt(partial(self._say_status, now))
            self._attempt(partial(self._send_due, now))
            self._say_inventory()
            delay = self._pause(now)
        if self._failure is not None:
            raise self._failure
        return delay

    def _attempt(self, part: Callable[[], None]) -> None:
        """Do a part of a turn; one that the outbox fails must not keep the others from being done."""
        try:
            part()
        except OutboxError as error:
            self._failure = error

    # Callbacks of the network thread

    def _note(self, event: Message | bool) -> None:
        if self._rules is not None and isinstance(event, bool):
            self._rules.uplink(up=event)
        self._events.put(event)
        self._wake.set()

    def _note_unheard(self, mid: int) -> None:
        self._accepted.put((mid, False))
        self._wake.set()

    # Turns

    def _take_events(self) -> None:
        while not self._accepted.empty():
            mid, heard = self._accepted.get()
            sequence = self._mids.pop(mid, None)
            if sequence is not None and not heard:
                self._window.unheard(sequence)
        while True:
            try:
                event = self._events.get_nowait()
            except Empty:
                return
            if isinstance(event, Message) and event.topic == LISTENING:
                self._window.reconnected(self._clock.monotonic())
                self._connection.acknowledge(event)
            elif isinstance(event, Message) and event.topic == topic(self._gateway, Leaf.CONFIG):
                # The broker keeps it: what is not saved now comes again with the next connection.
                self._configuration.take(event.payload)
                self._connection.acknowledge(event)
            elif isinstance(event, Message):
                self._unsettled.append(event)
            else:
                self._connected = event
                if event:
                    self._mids.clear()
                    self._window.reconnected(self._clock.monotonic())
                    self._next_status = self._first_status
                    self._inventory_said, self._next_inventory = None, 0.0

    def _settle(self) -> None:
        """Take note of what was stored; what the outbox does not take now is tried again."""
        while self._unsettled:
            self._take_stored(self._unsettled[0])
            self._connection.acknowledge(self._unsettled.popleft())

    def _take_stored(self, message: Message) -> None:
        try:
            stored = decode_stored(message.payload)
        except msgspec.MsgspecError as error:
            logger().warning("acknowledgement not understood", reason=str(error))
        else:
            if stored.boot == self._outbox.boot:
                self._window.answered(self._clock.monotonic())
            for sequence, readings in self._outbox.stored(stored.boot, stored.sequences):
                self._window.stored(sequence, self._clock.monotonic())
                self._under_way.discard(sequence)
                if self._rules is not None:
                    self._rules.stored(sequence)
                self._stored += 1
                if self._on_stored:
                    self._on_stored(sequence, readings)

    def _watch_clock(self) -> None:
        synchronised = self._timekeeper.look().synchronised
        if synchronised:
            count = self._outbox.release_held()
            if not self._was_synchronised:
                logger().info("clock synchronised", readings=count)
        elif self._was_synchronised:
            logger().warning("clock not synchronised: ordinary readings are held back")
        self._was_synchronised = synchronised

    def _take_up(self, lane: Leaf, now: float) -> None:
        """Take up batches of one lane while the window has room, those of an earlier start first.

        Each lane lingers by itself: what is old must not wait because what is new goes all the time.
        """
        left = self._left_over[lane]
        while left and self._window.room(lane):
            self._window.take_up(lane, left.popleft(), now)
        while self._window.room(lane) and now >= self._next_seal[lane]:
            batch = self._outbox.seal(lane, self._pace.batch_readings)
            if batch is None:
                break
            self._tell_rules(batch)
            self._window.take_up(lane, batch.properties.sequence, now)
            if lane is not Leaf.URGENT and batch.readings < self._pace.batch_readings:
                self._next_seal[lane] = now + self._pace.linger_s

    def _seal_beyond(self, now: float) -> None:
        """Seal calls for help that wait behind a full window, so that the rules of the home know of them."""
        if self._rules is None or self._window.room(Leaf.URGENT) or now < self._next_beyond:
            return
        self._next_beyond = now + _IDLE_S
        batch = self._outbox.seal(Leaf.URGENT, self._pace.batch_readings)
        if batch is not None:
            self._tell_rules(batch)
            self._left_over[Leaf.URGENT].append(batch.properties.sequence)

    def _tell_rules(self, batch: Batch | None, *, earlier: bool = False) -> None:
        if self._rules is not None and batch is not None and batch.lane is Leaf.URGENT:
            self._rules.called(batch, earlier=earlier)

    def _send_due(self, now: float) -> None:
        for flight in self._window.due(now):
            batch = self._outbox.batch(flight.sequence)
            if batch is None:
                self._window.stored(flight.sequence)
                continue
            sent = self._connection.publish(
                topic(self._gateway, batch.lane),
                batch.payload,
                user_properties=batch.properties.as_user_properties(),
                content_type=CONTENT_TYPE,
            )
            if sent is None:
                return
            self._mids[sent] = flight.sequence
            self._count(flight.sequence)
            self._window.sent(flight.sequence, now)

    def _count(self, sequence: int) -> None:
        self._sent += 1
        self._resent += sequence in self._under_way
        self._under_way.add(sequence)

    def _say_status(self, now: float) -> None:
        if now < min(self._next_status, self._next_look):
            return
        self._next_look = now + _IDLE_S
        status = self._status(online=True)
        substance = _Substance(
            self._is_behind(status),
            status.thinned,
            status.clock,
            status.trouble,
            tuple(status.unreachable),
            status.config,
            status.config_trouble,
            status.told,
            status.power,
            status.update,
        )
        if now < self._next_status and substance == self._said:
            return
        if self._connection.publish(topic(self._gateway, Leaf.STATUS), encode(status), retain=True) is not None:
            self._said = substance
            self._next_status = now + self._pace.status_every_s

    def _say_inventory(self) -> None:
        wanted = self._inventory
        now = self._clock.monotonic()
        if wanted is None or wanted == self._inventory_said or now < self._next_inventory:
            return
        if self._connection.publish(topic(self._gateway, Leaf.INVENTORY), wanted, retain=True) is not None:
            self._inventory_said = wanted
            self._next_inventory = now + len(wanted) / _INVENTORY_BYTES_S

    def _pause(self, now: float) -> float:
        times = [self._next_status, now + _IDLE_S]
        due = self._window.next_due()
        if due is not None:
            times.append(due)
        if self._outbox.waiting:
            times += [each for each in self._next_seal.values() if each > now]
        return max(0.0, min(times) - now)

    # Status

    def _status(self, *, online: bool) -> GatewayStatus:
        oldest_ms = self._outbox.oldest_ms()
        instant = self._timekeeper.look()
        power = self._power.state(instant.at)
        return GatewayStatus(
            online=online,
            boot=self._outbox.boot,
            at=instant.at,
            queued=self._outbox.queued,
            oldest_unsent=None if oldest_ms is None else datetime.fromtimestamp(oldest_ms / 1000, UTC),
            thinned=self._outbox.thinned,
            clock="synced" if instant.synchronised else "unsynced",
            version=self._version,
            uptime_s=instant.monotonic_ms / 1000,
            power=power.source,
            trouble=self._outbox.trouble,
            unheard=self._unheard_messages,
            config=self._configuration.version,
            config_trouble=self._configuration.trouble,
            unreachable=sorted(system for system, connected in dict(self._reached).items() if not connected),
            told=self._rules.told if self._rules is not None else 0,
            mains_lost=power.lost,
            mains_back=power.back,
            update=self._update(),
        )

    def _will(self) -> GatewayStatus:
        """Return what the broker is to say: only what will still be true then."""
        return GatewayStatus(online=False, boot=self._outbox.boot, version=self._version)

    def _is_behind(self, status: GatewayStatus) -> bool:
        return (
            status.at is not None
            and status.oldest_unsent is not None
            and (status.at - status.oldest_unsent).total_seconds() > self._pace.behind_after_s
        )

"""Publishes what simulated homes say at the moment they say it."""

import heapq
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from core.clock import Clock
from simulator import zigbee2mqtt
from simulator.home import SimulatedHome
from simulator.zigbee2mqtt import RawMessage

FOREVER = timedelta(days=3650)
SHORTEST_WAIT_S, LONGEST_WAIT_S = 0.001, 1.0


class Publisher(Protocol):
    """What is needed of an MQTT connection."""

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> int | None:
        """Hand a message over; return None if there is no connection now."""


class Broadcast:
    """The homes of one broker, live.

    Simulated time begins at `clock.now()` and passes `speed` times as fast. Without a connection nothing is
    lost: what the broker had not accepted is published again, and what has become due meanwhile after it, in
    order. `connected` and `accepted` may be called from any thread.
    """

    def __init__(
        self, homes: Sequence[SimulatedHome], clock: Clock, stop: threading.Event, *, speed: float = 1.0
    ) -> None:
        self._homes = homes
        self._clock = clock
        self._stop = stop
        self._speed = speed
        self._start = clock.now()
        self._announce = threading.Event()
        self._accepted: deque[int] = deque()
        self._pending: dict[int, RawMessage] = {}

    def connected(self, there: bool) -> None:
        """Note that the connection has come or gone; a broker that is back may have forgotten what it retained."""
        if there:
            self._announce.set()

    def accepted(self, mid: int) -> None:
        """Note that the broker has accepted a message."""
        self._accepted.append(mid)

    def run(self, publisher: Publisher) -> None:
        """Publish until told to stop; say then that the bridges go offline, as a bridge does."""
        for message in merged(self._homes, self._start, self._start + FOREVER):
            self._wait_for(message.at, publisher)
            self._deliver(message, publisher)
            if self._stop.is_set():
                break
        now = self._simulated_now()
        for home in self._audible(now):
            self._send(zigbee2mqtt.bridge_state(home.base, now, online=False), publisher)

    def _wait_for(self, at: datetime, publisher: Publisher) -> None:
        while not self._stop.is_set():
            self._catch_up(publisher)
            seconds = (at - self._simulated_now()).total_seconds() / self._speed
            if seconds <= 0:
                return
            self._clock.wait(self._stop, max(SHORTEST_WAIT_S, min(LONGEST_WAIT_S, seconds)))

    def _deliver(self, message: RawMessage, publisher: Publisher) -> None:
        while not self._stop.is_set():
            self._catch_up(publisher)
            if self._send(message, publisher):
                return
            self._clock.wait(self._stop, LONGEST_WAIT_S)

    def _catch_up(self, publisher: Publisher) -> None:
        """Forget what the broker has; after a new connection, say again what it has not, and who is there."""
        while self._accepted:
            self._pending.pop(self._accepted.popleft(), None)
        if not self._announce.is_set():
            return
        self._announce.clear()
        now = self._simulated_now()
        unheard, self._pending = [m for m in self._pending.values() if not m.retain], {}
        announcements = [message for home in self._audible(now) for message in home.announcement(now)]
        for position, message in enumerate(announcements + unheard):
            if not self._send(message, publisher):
                # Ids of messages begin at 1: what could not even be handed over waits under ids of its own.
                left = (announcements + unheard)[position:]
                self._pending.update({-index: m for index, m in enumerate(left, start=1)})
                return

    def _send(self, message: RawMessage, publisher: Publisher) -> bool:
        mid = publisher.publish(message.topic, message.payload, qos=1, retain=message.retain)
        if mid is not None:
            self._pending[mid] = message
        return mid is not None

    def _audible(self, now: datetime) -> list[SimulatedHome]:
        return [home for home in self._homes if not home.is_silent(now)]

    def _simulated_now(self) -> datetime:
        return self._start + (self._clock.now() - self._start) * self._speed


def merged(homes: Sequence[SimulatedHome], start: datetime, end: datetime) -> Iterator[RawMessage]:
    """Yield the messages of all homes from `start` (inclusive) to `end` (exclusive), in order of time."""
    return heapq.merge(*(home.messages(start, end) for home in homes), key=lambda message: message.at)

"""The bounded queue between the network and a writer."""

import threading
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from core.clock import Clock, SystemClock
from ingest.mqtt5 import Delivery

_CLOCK = SystemClock()


class Held(NamedTuple):
    """What an inbox holds: messages and bytes of payload, and for how many seconds the oldest is not yet settled."""

    messages: int
    payload_bytes: int
    oldest_s: float


class Settled(NamedTuple):
    """How long what was settled took, in seconds: since the oldest of it came, and since it was taken."""

    since_arrival_s: float
    since_taking_s: float


class _Taken(NamedTuple):
    """When messages that were taken together had come (the oldest of them) and were taken."""

    arrived: float
    taken: float
    session: int


class Inbox:
    """Messages that came and are not yet taken: bounded in number and in bytes, topics and properties included.

    It never refuses what is put in, because that would lose it; `has_room` tells the network when to stop reading. It
    knows how long messages have been here, also those that were taken and are not `settled` yet. For that it keeps one
    time for all that was put in together, and one for all that was taken together.
    """

    def __init__(self, messages: int, size: int, clock: Clock = _CLOCK) -> None:
        self._messages = messages
        self._size = size
        self._clock = clock
        self._waiting: deque[Delivery] = deque()
        self._bytes = 0
        self._around_bytes = 0
        self._arrivals: deque[tuple[float, int]] = deque()
        self._taken: dict[tuple[int, int], _Taken] = {}
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._waiting)

    def has_room(self) -> bool:
        """Tell whether the network may read on."""
        return len(self._waiting) < self._messages and self._bytes + self._around_bytes < self._size

    def put(self, deliveries: Sequence[Delivery]) -> None:
        """Add what came, in its order."""
        if not deliveries:
            return
        with self._changed:
            self._waiting.extend(deliveries)
            self._bytes += sum([len(each.payload) for each in deliveries])
            self._around_bytes += sum([each.around_bytes for each in deliveries])
            self._arrivals.append((self._clock.monotonic(), len(deliveries)))
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait until there is something, at most so long; tell whether there is."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._waiting), seconds)

    def linger(self, messages: int, size: int, seconds: float) -> None:
        """Wait for company until there are so many messages or so many bytes of payload, at most so long."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._waiting) >= messages or self._bytes >= size, seconds)

    def take(self, messages: int, size: int) -> list[Delivery]:
        """Return the oldest messages, at most so many and, but for the first, at most so many bytes of payload."""
        taken: list[Delivery] = []
        total = 0
        with self._changed:
            while self._waiting and len(taken) < messages:
                total += len(self._waiting[0].payload)
                if taken and total > size:
                    break
                taken.append(self._waiting.popleft())
            self._bytes -= sum([len(each.payload) for each in taken])
            self._around_bytes -= sum([each.around_bytes for each in taken])
            if taken:
                self._note_taken(taken)
        return taken

    def settled(self, deliveries: Sequence[Delivery]) -> Settled | None:
        """Note that messages are stored; return how long those that were taken with the first of them took.

        None where that has been told already: of messages taken together and settled apart, the first that are settled
        speak for all.
        """
        with self._changed:
            for each in deliveries:
                found = self._taken.pop((each.session, each.packet_id), None)
                if found is not None:
                    now = self._clock.monotonic()
                    return Settled(now - found.arrived, now - found.taken)
        return None

    def held(self) -> Held:
        """Return what is here now."""
        with self._changed:
            oldest = min(
                (*(each.arrived for each in self._taken.values()), *(at for at, _ in list(self._arrivals)[:1])),
                default=None,
            )
            oldest_s = 0.0 if oldest is None else self._clock.monotonic() - oldest
            return Held(len(self._waiting), self._bytes, oldest_s)

    def _note_taken(self, taken: Sequence[Delivery]) -> None:
        arrived, left = self._arrivals[0][0], len(taken)
        while left:
            at, count = self._arrivals.popleft()
            if count > left:
                self._arrivals.appendleft((at, count - left))
            left -= min(count, left)
        session = max(taken[0].session, taken[-1].session)
        # What came by a connection that is lost and was never settled comes again by this one.
        self._taken = {key: each for key, each in self._taken.items() if each.session >= session}
        self._taken[taken[0].session, taken[0].packet_id] = _Taken(arrived, self._clock.monotonic(), taken[0].session)

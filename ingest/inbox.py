"""The bounded queue between the network and a writer."""

import threading
from collections import deque
from collections.abc import Sequence

from ingest.mqtt5 import Delivery


class Inbox:
    """Messages that came and are not yet taken: bounded in number and in bytes.

    It never refuses what is put in, because that would lose it; `has_room` tells the network when to stop reading.
    """

    def __init__(self, messages: int, size: int) -> None:
        self._messages = messages
        self._size = size
        self._waiting: deque[Delivery] = deque()
        self._bytes = 0
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._waiting)

    def has_room(self) -> bool:
        """Tell whether the network may read on."""
        return len(self._waiting) < self._messages and self._bytes < self._size

    def put(self, deliveries: Sequence[Delivery]) -> None:
        """Add what came, in its order."""
        with self._changed:
            self._waiting.extend(deliveries)
            self._bytes += sum(len(each.payload) for each in deliveries)
            self._changed.notify()

    def wait(self, seconds: float) -> bool:
        """Wait until there is something, at most so long; tell whether there is."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._waiting), seconds)

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
            self._bytes -= sum(len(each.payload) for each in taken)
        return taken

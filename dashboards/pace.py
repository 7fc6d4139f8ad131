"""How often something may be asked for by one and the same: never in the way of a person, in the way of a program."""

import threading
from collections import OrderedDict, deque

from core.clock import Clock

REMEMBERED = 10_000  # the one that was not seen for longest is forgotten first


class Pace:
    """At most `most` requests of each key within `within_s` seconds; one for each process, safe among threads."""

    def __init__(self, clock: Clock, most: int, within_s: float) -> None:
        self._clock = clock
        self._most = most
        self._within_s = within_s
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """Count a request of `key`; return the seconds until it may be asked again, 0 where this one may be answered.

        One that may not is not counted: who waits gets through.
        """
        now = self._clock.monotonic()
        with self._lock:
            times = self._seen.pop(key, deque())
            while times and now - times[0] >= self._within_s:
                times.popleft()
            wait = 0.0 if len(times) < self._most else self._within_s - (now - times[0])
            if not wait:
                times.append(now)
            self._seen[key] = times
            while len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
        return wait

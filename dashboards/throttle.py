"""Slows down those who guess passwords, without locking anybody out.

Failures are counted for a login *and* the address they come from, so a stranger's guesses never keep the owner
waiting at another address; the wait grows to half a minute and no further.
"""

import threading
from collections import OrderedDict

from core.clock import Clock

FREE_FAILURES = 3
LONGEST_WAIT_S = 30.0
FORGOTTEN_AFTER_S = 900.0
REMEMBERED = 10_000  # pairs of login and address, the oldest forgotten first


class SignInThrottle:
    """How long to wait before the next attempt; one for each process, safe among threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()

    def wait_s(self, login: str, address: str) -> float:
        """Return the seconds until another attempt is looked at; 0 if it is at once."""
        with self._lock:
            count, at = self._failures.get((login, address), (0, 0.0))
        passed = self._clock.monotonic() - at
        if count < FREE_FAILURES or passed > FORGOTTEN_AFTER_S:
            return 0.0
        wait: float = min(LONGEST_WAIT_S, 2.0 ** min(count - FREE_FAILURES + 1, 10))
        return max(0.0, wait - passed)

    def failed(self, login: str, address: str) -> None:
        """Count a failure."""
        now = self._clock.monotonic()
        with self._lock:
            count, at = self._failures.pop((login, address), (0, now))
            self._failures[(login, address)] = (1 if now - at > FORGOTTEN_AFTER_S else count + 1, now)
            while len(self._failures) > REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, login: str, address: str) -> None:
        """Forget the failures of who signed in."""
        with self._lock:
            self._failures.pop((login, address), None)

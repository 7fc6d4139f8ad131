"""Parts of pages that several open pages of one account ask for at the same moment: made once, given to all of them.

When an alert opens, every board asks at once. What is shared is the answer to one account in one language, about one
revision of what the hub has told, for a second at most: never what anybody else may see, and never longer than it takes
the next alert to come. It holds nothing of a sign-in, and whether the sign-in lasts is asked for each request.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import NamedTuple

from core.clock import Clock

LASTS_S = 1.0
MOST = 256  # parts that are kept; the oldest goes first


class Made(NamedTuple):
    """A part that was made: about which revision, when by the monotonic clock, and what it says."""

    revision: int
    at: float
    text: str


class Shared:
    """Keeps the last parts for a moment."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}
        self._made: OrderedDict[Hashable, Made] = OrderedDict()

    def __len__(self) -> int:
        """Return how many parts are kept."""
        return len(self._made)

    def text(self, account_id: int, about: Hashable, revision: Callable[[], int], make: Callable[[], str]) -> str:
        """Return what `make` gives for an account, or has just given; two who ask at once get one and the same.

        `about` says what it is; `revision` is asked before anything is read, so that what changes meanwhile makes
        another one.
        """
        key = (account_id, about)
        with self._lock:
            alone = self._making.setdefault(key, threading.Lock())
        with alone:
            now = self._clock.monotonic()
            with self._lock:
                made = self._made.get(key)
            if made is not None and made.revision == revision() and now - made.at < LASTS_S:
                return made.text
            found = Made(revision(), now, make())
            with self._lock:
                self._made[key] = found
                self._made.move_to_end(key)
                while len(self._made) > MOST:
                    oldest, _ = self._made.popitem(last=False)
                    self._making.pop(oldest, None)
            return found.text

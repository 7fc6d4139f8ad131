"""Parts of pages that several open pages ask for at the same moment: made once, given to all who see the same.

When an alert opens, every board asks at once. What is shared is the answer to accounts of one sight in one language,
about one revision of what the hub has told, for a second at most: never what anybody else may see, and never longer
than it takes the next alert to come. A sight is what row-level security goes by (`registry.sight_of`); it is asked for
with the sign-in of each request. What is shared holds nothing of a sign-in or of an account, and is noted in the audit
for each account that it is given to.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import NamedTuple

from core.clock import Clock

LASTS_S = 1.0
MOST = 256  # parts that are kept; the oldest goes first


class Part(NamedTuple):
    """A part that was made: what it says, in which sight it was read, and the persons and homes of which it tells."""

    text: str
    sight: str
    persons: frozenset[int]
    homes: frozenset[int]


class Made(NamedTuple):
    """A part, about which revision it is, and when it was made by the monotonic clock."""

    revision: int
    at: float
    part: Part


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

    def part(self, sight: str, about: Hashable, revision: Callable[[], int], make: Callable[[], Part]) -> Part:
        """Return what `make` gives in a sight, or has just given; two who ask at once get one and the same.

        `about` says what it is; `revision` is asked before anything is read, so that what changes meanwhile makes
        another one. What was read in another sight than was asked for, because that changed meanwhile, is kept for
        nobody.
        """
        key = (sight, about)
        with self._lock:
            alone = self._making.setdefault(key, threading.Lock())
        try:
            with alone:
                now = self._clock.monotonic()
                with self._lock:
                    made = self._made.get(key)
                if made is not None and made.revision == revision() and now - made.at < LASTS_S:
                    return made.part
                found = Made(revision(), now, make())
                if found.part.sight == sight:
                    self._keep(key, found)
                return found.part
        finally:
            with self._lock:
                if key not in self._made:
                    self._making.pop(key, None)

    def _keep(self, key: Hashable, found: Made) -> None:
        with self._lock:
            self._made[key] = found
            self._made.move_to_end(key)
            while len(self._made) > MOST:
                oldest, _ = self._made.popitem(last=False)
                self._making.pop(oldest, None)

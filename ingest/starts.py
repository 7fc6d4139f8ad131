"""When gateways were started, also of one whose first word is still being stored by another lane.

A gateway says how it is before it sends anything on a connection. But its statuses are stored by another writer than
its calls for help, which may be the faster of the two.
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence

from core.clock import Clock

SECOND_LOOK_S = 0.2
WAITED_FOR_EVERY_S = 60.0

Start = tuple[str, str]
LookUp = Callable[[Sequence[str]], Mapping[Start, int]]


class Starts:
    """Looks up when gateways were started, by their keys and boots, with some patience for each."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waited: dict[str, float] = {}

    def of(self, wanted: Collection[Start], look_up: LookUp) -> Mapping[Start, int]:
        """Return what `look_up` finds for the gateways of `wanted`; where one is missing, it is asked once more.

        In between, `SECOND_LOOK_S` pass; for the same gateway at most once in `WAITED_FOR_EVERY_S`, so that one that
        never says how it is cannot keep the calls of all others waiting.
        """
        keys = sorted({key for key, _ in wanted})
        found = look_up(keys)
        now = self._clock.monotonic()
        self._waited = {key: since for key, since in self._waited.items() if now - since < WAITED_FOR_EVERY_S}
        patient = {key for key, boot in wanted if (key, boot) not in found} - self._waited.keys()
        if not patient:
            return found
        self._waited |= dict.fromkeys(patient, now)
        self._clock.wait(threading.Event(), SECOND_LOOK_S)
        return look_up(keys)

"""Tells somebody outside, once a minute, that the chain lives: where nobody hears of it any more, they raise the alarm.

The other side is a service that expects a request regularly (as healthchecks.io does). It hears of success only while
everything that must live lives. It has a thread of its own and limits on its time: whatever it does, answer, hang or be
away, disturbs nothing else.
"""

import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple
from uuid import uuid4

from alerts.channels.http import Request, exchange
from alerts.channels.transport import TransportError
from alerts.watchdog.standing import Fault
from core.clock import Clock
from core.log import logger


class Addresses(NamedTuple):
    """Where to tell of success, of failure and of the beginning; without the last two nothing is said then."""

    success: str
    failure: str = ""
    start: str = ""


class DeadMan:
    """Looks every `every_s` seconds for what is wrong and tells it.

    `look` may raise, which counts as the database away.

    `on_told` hears what became of each time: told, not_told (the other side did not accept it) or withheld.
    """

    def __init__(
        self,
        addresses: Addresses,
        look: Callable[[], Sequence[Fault]],
        clock: Clock,
        *,
        every_s: float,
        timeout_s: float,
        on_told: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._addresses = addresses
        self._look = look
        self._clock = clock
        self._every_s = every_s
        self._timeout_s = timeout_s
        self._on_told = on_told
        self._was: Sequence[Fault] = ()

    def start(self, stop: threading.Event) -> threading.Thread:
        """Begin in the background, until `stop` is set."""
        thread = threading.Thread(target=self.run, args=(stop,), name="dead-man", daemon=True)
        thread.start()
        return thread

    def run(self, stop: threading.Event) -> None:
        """Tell until `stop` is set."""
        if self._addresses.start:
            self._tell(self._addresses.start, ())
        while not stop.is_set():
            began = self._clock.monotonic()
            self.once()
            self._clock.wait(stop, max(self._every_s - (self._clock.monotonic() - began), 0.1))

    def once(self) -> str:
        """Look and tell once; return what became of it. Never raises."""
        wrong = self._wrong()
        address = self._addresses.failure if wrong else self._addresses.success
        result = self._tell(address, wrong) if address else "withheld"
        self._on_told(result)
        return result

    def _wrong(self) -> Sequence[Fault]:
        try:
            wrong = self._look()
        except Exception as error:  # noqa: BLE001 - what cannot be looked at does not live
            logger().warning("the chain cannot be looked at", reason=type(error).__name__)
            wrong = [Fault.DATABASE]
        if wrong != self._was:
            for fault in wrong:
                logger().error("a call for help may not reach anybody", reason=fault.value)
            if not wrong:
                logger().info("the chain lives again")
        self._was = wrong
        return wrong

    def _tell(self, address: str, wrong: Sequence[Fault]) -> str:
        body = "\n".join(fault.value for fault in wrong).encode()
        request = Request("POST" if body else "GET", address, {}, body, str(uuid4()))
        try:
            status = exchange(request, self._timeout_s).status
        except TransportError as error:
            logger().warning("whoever watches from outside was not told", reason=error.reason)
            return "not_told"
        if 200 <= status <= 299:  # noqa: PLR2004 - the class of answers
            return "told"
        logger().warning("whoever watches from outside was not told", status=status)
        return "not_told"

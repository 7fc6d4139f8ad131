"""What every service process does around its work: signals, waiting for what it needs, a clean end."""

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

from core.clock import Clock
from core.log import logger

T = TypeVar("T")


def stop_on_signals() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set. Call it from the main thread."""
    stop = threading.Event()

    def handle(number: int, _: FrameType | None) -> None:
        logger().info("stopping", signal=signal.Signals(number).name)
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
    return stop


def wait_until_there(
    attempt: Callable[[], T], what: str, errors: tuple[type[Exception], ...], clock: Clock, stop: threading.Event
) -> T | None:
    """Return what `attempt` returns as soon as it raises none of `errors`; None if `stop` is set before.

    It tries once a second and says what it waits for, so that services may start in any order.
    """
    said = False
    while not stop.is_set():
        try:
            return attempt()
        except errors as error:
            if not said:
                logger().info("waiting", name=what, reason=type(error).__name__)
                said = True
            clock.wait(stop, 1.0)
    return None

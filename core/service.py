"""What every service process does around its work: signals, waiting for what it needs, a clean end."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

from core.clock import Clock
from core.log import logger

T = TypeVar("T")

# With two attempts of two seconds to reach what is away this is less than five.
AWAY_S, ASKS_EVERY_S = 3.0, 0.3


def stop_on_signals() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set. Call it from the main thread."""
    stop = threading.Event()

    def handle(number: int, _: FrameType | None) -> None:
        logger().info("stopping", signal=signal.Signals(number).name)
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
    return stop


def end_where_away(
    answers: Callable[[], bool],
    what: str,
    stop: threading.Event,
    clock: Clock,
    end: Callable[[int], object] = os._exit,
) -> None:
    """See to it that the process ends within seconds of `stop` being set where what it needs is away.

    Who waits for a database that is down waits for half a minute, and for ever where nothing comes back on its line.
    As long as it `answers`, which takes two seconds at most, everything under way comes to its end in order. Once it
    has not for `AWAY_S`, nothing of that can be written down any more: the process ends as it stands, with the code 0.
    So it may only be what survives being killed at any moment.
    """

    def watch() -> None:
        stop.wait()
        there_at = clock.monotonic()
        while clock.monotonic() - there_at < AWAY_S:
            if answers():
                there_at = clock.monotonic()
            clock.wait(threading.Event(), ASKS_EVERY_S)
        logger().warning("ended without waiting any longer", name=what)
        sys.stdout.flush()
        sys.stderr.flush()
        end(0)

    threading.Thread(target=watch, name="end", daemon=True).start()


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

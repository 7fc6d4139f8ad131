"""Processes for what takes the processor for long. They end with whoever started them, however that one ends."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from os import sched_getaffinity
from typing import Any


def cores() -> int:
    """Return how many processor cores this process may use."""
    return len(sched_getaffinity(0))


def pool(
    number: int, *, interruptible: bool, prepare: Callable[..., None] | None = None, given: tuple[Any, ...] = ()
) -> ProcessPoolExecutor:
    """Return a pool of at most so many processes, each of which calls `prepare` with what is `given` first.

    Ctrl-C reaches the whole group of the terminal: processes that are not `interruptible` leave it to their parent,
    which ends them in order.
    """
    return ProcessPoolExecutor(
        number, get_context("spawn"), initializer=_begin, initargs=(interruptible, prepare, given)
    )


def _begin(interruptible: bool, prepare: Callable[..., None] | None, given: tuple[Any, ...]) -> None:
    if not interruptible:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if prepare is not None:
        prepare(*given)


def _end_with_parent() -> None:
    # A parent that is ended by a signal tells nobody, and a process of a pool waits for work for ever.
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)

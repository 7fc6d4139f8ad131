"""Servers that a killed supervisor left behind in a data folder."""

import contextlib
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from core.clock import Clock
from core.errors import VicinoError
from core.log import logger

POLL_S = 0.1


def processes_in(folder: Path) -> list[psutil.Process]:
    """Return the living processes whose working folder is `folder`, oldest first."""
    wanted = str(folder.resolve())
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.status() != psutil.STATUS_ZOMBIE and process.cwd() == wanted:
                found.append(process)
    return sorted(found, key=psutil.Process.create_time)


def end_orphans(
    folder: Path,
    is_ours: Callable[[psutil.Process], bool],
    signals: Sequence[tuple[signal.Signals, float]],
    clock: Clock,
) -> None:
    """End every process that works in `folder` and of which `is_ours` holds.

    `signals` are sent one after the other, each followed by a wait of so many seconds: to those that started the
    others, for these end their own in good order. Only whoever holds the lock of the folder may call this: nobody
    else then has a right to be there. Raises `VicinoError` if a process outlives all of them.
    """
    never = threading.Event()
    for number, patience_s in signals:
        orphans = _those(is_ours, folder)
        for orphan in _first_of(orphans):
            logger().warning("ending a server that was left behind", pid=orphan.pid, signal=number.name)
            _send(orphan, number)
        for orphan in orphans:
            # One that was stopped follows nothing but this.
            _send(orphan, signal.SIGCONT)
        deadline = clock.monotonic() + patience_s
        while orphans and clock.monotonic() < deadline:
            clock.wait(never, POLL_S)
            orphans = _those(is_ours, folder)
        if not orphans:
            return
    raise VicinoError(
        f"A server of a former run still works in {folder} and cannot be ended.",
        kept="all data",
        advice="restart the machine, then start Vicino again",
    )


def _those(is_ours: Callable[[psutil.Process], bool], folder: Path) -> list[psutil.Process]:
    found = []
    for process in processes_in(folder):
        with contextlib.suppress(psutil.NoSuchProcess):
            if is_ours(process):
                found.append(process)
    return found


def _first_of(family: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Return the processes that were not started by another one of `family`."""
    numbers = {member.pid for member in family}
    first = []
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            if member.ppid() not in numbers:
                first.append(member)
    return first


def _send(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)

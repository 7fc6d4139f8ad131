"""Processes that analyse homes side by side, as many as there are cores, each with its own line to the database.

A group of homes goes to the same process each time, which remembers something of them, unless it would have to wait
there for several others while another process has nothing to do.
"""

import threading
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from analytics.jobs import Pace, Worked, analyse_group
from analytics.preview.working import work
from analytics.recent import Recent
from core import log
from core.clock import Clock
from core.database import Database, Role
from core.processes import pool

if TYPE_CHECKING:
    from concurrent.futures import Future


class _Own(NamedTuple):
    """What a process has for itself."""

    database: Database
    stop: Event
    pace: Pace
    recent: Recent


LONG = 2  # groups that a process has before it
_own: list[_Own] = []


class Analysts:
    """So many processes that analyse homes. What is under way comes to the end of its slice before the context ends."""

    def __init__(self, url: str, number: int, pace: Pace, log_format: log.Format = "json") -> None:
        self._stop = get_context("spawn").Event()
        given = (url, self._stop, pace, log_format)
        self._pools = [pool(1, interruptible=False, prepare=_prepare, given=given) for _ in range(number)]
        self._lock = threading.Lock()
        self._waiting = [0] * number

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._stop.set()
        for each in self._pools:
            each.shutdown(cancel_futures=True)

    def analyse(self, group: int, clock: Clock) -> "Future[list[Worked]]":
        """Have a group of homes analysed, as `analytics.jobs.analyse_group` does."""
        with self._lock:
            place = group % len(self._pools)
            if self._waiting[place] >= LONG and 0 in self._waiting:
                place = self._waiting.index(0)
            self._waiting[place] += 1
        asked = self._pools[place].submit(_analyse, group, clock)
        asked.add_done_callback(lambda _: self._done(place))
        return asked

    def preview(self, clock: Clock) -> "Future[bool]":
        """Have previews worked on where least waits, as `analytics.preview.working.work` does."""
        with self._lock:
            place = self._waiting.index(min(self._waiting))
            self._waiting[place] += 1
        asked = self._pools[place].submit(_preview, clock)
        asked.add_done_callback(lambda _: self._done(place))
        return asked

    def _done(self, place: int) -> None:
        with self._lock:
            self._waiting[place] -= 1


def _prepare(url: str, stop: Event, pace: Pace, log_format: log.Format) -> None:
    log.configure("analytics", log_format)
    _own.append(_Own(Database(url, Role.SERVICE, name="analytics", maximum=1).open(), stop, pace, Recent()))


def _analyse(group: int, clock: Clock) -> list[Worked]:
    (own,) = _own
    return analyse_group(own.database, clock, group, own.stop, own.pace.cadence, own.recent)


def _preview(clock: Clock) -> bool:
    (own,) = _own
    return work(own.database, clock, own.stop)

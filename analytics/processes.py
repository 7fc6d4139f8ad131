"""Processes that analyse homes side by side, as many as there are cores, each with its own line to the database."""

from multiprocessing import get_context
from multiprocessing.synchronize import Event
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from analytics.jobs import Pace, analyse_home
from core import log
from core.clock import Clock
from core.database import Database, Role
from core.processes import pool

if TYPE_CHECKING:
    from concurrent.futures import Future


class Worked(NamedTuple):
    """What came of a home: how many of its days were computed, in which time, and whether something failed."""

    days: int
    seconds: float
    failed: bool


class _Own(NamedTuple):
    """What a process has for itself."""

    database: Database
    stop: Event
    pace: Pace


_own: list[_Own] = []


class Analysts:
    """So many processes that analyse homes. What is under way comes to the end of its slice before the context ends."""

    def __init__(self, url: str, number: int, pace: Pace, log_format: log.Format = "json") -> None:
        self._stop = get_context("spawn").Event()
        self._pool = pool(number, interruptible=False, prepare=_prepare, given=(url, self._stop, pace, log_format))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._stop.set()
        self._pool.shutdown(cancel_futures=True)

    def analyse(self, home_id: int, clock: Clock) -> "Future[Worked]":
        """Have a home analysed by whoever is free first, as `analytics.jobs.analyse_home` does."""
        return self._pool.submit(_analyse, home_id, clock)


def _prepare(url: str, stop: Event, pace: Pace, log_format: log.Format) -> None:
    log.configure("analytics", log_format)
    _own.append(_Own(Database(url, Role.SERVICE, name="analytics", maximum=1).open(), stop, pace))


def _analyse(home_id: int, clock: Clock) -> Worked:
    (own,) = _own
    began = clock.monotonic()
    failures: list[None] = []
    days = analyse_home(own.database, clock, home_id, own.stop, own.pace.cadence, lambda: failures.append(None))
    return Worked(days, clock.monotonic() - began, bool(failures))

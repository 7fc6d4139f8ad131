"""Measures what the nightly run and the tick of the analysis take, by the code and processes of the service."""

import multiprocessing
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import psutil
import psycopg
from psycopg.rows import dict_row
from rich.progress import Progress, TaskID

from analytics import jobs
from analytics.processes import Analysts
from analytics.queue import Orders, Worker, bring_up_to_date
from analytics.watch.silences import watch_gateways
from cli.bench.analytics import history, repository, rounds
from cli.bench.ground import peak_memory_bytes, processor_s
from cli.bench.own_database import own_database
from cli.installation import STORING
from cli.replay import progress_bar
from cli.screen import say
from core.clock import SimulatedClock
from core.database import Database, Role
from core.migrations import migrate
from core.processes import cores

MEBI = 1_048_576
LAST = date(2026, 10, 20)  # the day that becomes final, so that every measurement computes the same
TICKS = 4
PACE = jobs.Pace(settle=timedelta(0))


class Figures(NamedTuple):
    """What was measured. Processors' time is that of all processes, the server's too where it runs on this machine.

    `readings` are those of a home on the day that was made final. `nightly_s` is the time by the wall's clock of the
    three runs that do that for all homes, `cpu_ms_per_home_day` what they take for one home. `tick_s` is the slowest of
    some ticks over all homes, `tick_cpu_ms_per_home` what that takes for one. `peak_mib` is the most that the processes
    of the service ever held, added up; `database_mib` is what the server's processes held at the end of it, without
    what they share.
    """

    homes: int
    days: int
    workers: int
    readings: float
    nightly_s: float
    tick_s: float
    cpu_ms_per_home_day: float
    cpu_ms_per_home_day_database: float
    tick_cpu_ms_per_home: float
    tick_cpu_ms_per_home_database: float
    peak_mib: float
    database_mib: float


class Took(NamedTuple):
    """Seconds by the wall's clock, of all processors, and of those the server's part."""

    wall: float
    cpu: float
    server: float


def measure(homes: int, days: int, workers: int | None, server: str | None) -> Figures:
    """Measure the analysis of `homes` homes with `days` days before, in a database of its own that is removed.

    `workers` is the number of processes, one for each core if None. `server` is the address of an administrator on a
    PostgreSQL server; without it a server is started for this alone. Raises `psycopg.Error` where it cannot be used.
    """
    span, number = history.span(days, LAST), workers or cores()
    with own_database(server) as url, ExitStack() as stack:
        say("Making the schema")
        with psycopg.connect(url, autocommit=True) as administrator:
            migrate(administrator, STORING)
        database = stack.enter_context(Database(url, Role.SERVICE, name="bench"))
        connection = stack.enter_context(psycopg.connect(url, autocommit=True, row_factory=dict_row))
        shown = _Shown(stack.enter_context(progress_bar()))
        history.prepare(database, connection, homes, span, shown.told)
        bring_up_to_date(database)
        rounds.begin(connection, span)
        at_work = _Service(
            database,
            url,
            number,
            stack.enter_context(Analysts(url, number, PACE)),
            stack.enter_context(Orders(url)),
            _server(repository.backend(connection)),
        )
        at_work.started()
        nights = [at_work.work(now, shown.of("Nightly run")) for now in rounds.nightly(connection, span)]
        _, *ticks = (at_work.work(now, shown.of("Tick")) for now in rounds.ticks(connection, span, TICKS + 1))
        night = Took(*(sum(column) for column in zip(*nights, strict=True)))
        tick = max(ticks)
        readings = repository.count_readings(connection, *history.last_day(span))
        return Figures(
            homes=homes,
            days=days,
            workers=number,
            readings=round(readings / homes, 1),
            nightly_s=round(night.wall, 2),
            tick_s=round(tick.wall, 2),
            cpu_ms_per_home_day=round(night.cpu / homes * 1000, 2),
            cpu_ms_per_home_day_database=round(night.server / homes * 1000, 2),
            tick_cpu_ms_per_home=round(tick.cpu / homes * 1000, 2),
            tick_cpu_ms_per_home_database=round(tick.server / homes * 1000, 2),
            peak_mib=round(at_work.peak_bytes() / MEBI, 1),
            database_mib=round(at_work.server_bytes() / MEBI, 1),
        )


class _Shown:
    """Progress bars, one for each thing that is done."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def told(self, what: str, share: float) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=1.0)
        self._progress.update(self._tasks[what], completed=share)

    def of(self, what: str) -> Callable[[int, int], None]:
        task = self._progress.add_task(what, total=None)
        return lambda done, total: self._progress.update(task, completed=done, total=total)


@dataclass(frozen=True)
class _Service:
    """The parts of the service that analyse, put together as `analytics.__main__` does."""

    database: Database
    url: str
    workers: int
    analysts: Analysts
    orders: Orders
    server: psutil.Process | None

    def started(self) -> None:
        """Return once the processes are there."""
        clock = SimulatedClock(rounds.LONG_AGO)
        for each in [self.analysts.analyse(number, clock) for number in range(self.workers)]:
            each.result()

    def work(self, now: datetime, told: Callable[[int, int], None]) -> Took:
        """Do what the service does at an instant: look, order what is due, and work it off."""
        clock = SimulatedClock(now)
        began, cpu, server = time.monotonic(), self._cpu_s(), self._server_s()
        watch_gateways(self.database, clock)
        done = threading.Semaphore(0)

        def work(group: int) -> None:
            self.analysts.analyse(group, clock).result()
            done.release()

        ordered = self.orders.order(jobs.groups_of(jobs.look(self.database, clock, PACE)))
        told(0, ordered)
        with Worker(self.url, work, 2 * self.workers):
            for index in range(ordered):
                done.acquire()
                told(index + 1, ordered)
        return Took(time.monotonic() - began, self._cpu_s() - cpu, self._server_s() - server)

    def peak_bytes(self) -> int:
        """Return the most that each process of the service ever held, added up."""
        return sum(peak_memory_bytes([process]) for process in [psutil.Process(), *self._processes()])

    def server_bytes(self) -> int:
        """Return what the processes of the server hold now, without what they share."""
        if self.server is None:
            return 0
        return round(_still_there(self.server.children(), lambda process: process.memory_full_info().uss))

    def _cpu_s(self) -> float:
        return time.process_time() + processor_s(self._processes()) + self._server_s()

    def _server_s(self) -> float:
        if self.server is None:
            return 0.0
        own = self.server.cpu_times()
        return sum(own[:4]) + _still_there(self.server.children(), lambda process: processor_s([process]))

    def _processes(self) -> list[psutil.Process]:
        return [psutil.Process(child.pid) for child in multiprocessing.active_children()]


def _still_there(processes: Sequence[psutil.Process], asked: Callable[[psutil.Process], float]) -> float:
    """Return what processes say, added up; those that have ended meanwhile say nothing."""
    total = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            total += asked(process)
    return total


def _server(pid: int) -> psutil.Process | None:
    """Return the first process of the server, by one that answers; None where it does not run on this machine."""
    try:
        backend = psutil.Process(pid)
        return backend.parent() if backend.name().startswith("postgres") else None
    except psutil.NoSuchProcess:
        return None

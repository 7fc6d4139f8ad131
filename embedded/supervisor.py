"""Starts every service as a process of its own, starts crashed ones again, and ends all of them."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Self

from core.clock import Clock
from core.log import logger
from embedded.backoff import Backoff
from embedded.privatefile import private_folder
from embedded.process import Process, Service, end, not_ready

TICK_S = 0.2
READY_TICK_S = 0.05

# Everything has ended within 8 s: this long we ask, of which so much is kept for each lower stage; the rest is
# for killing and waiting.
STOP_WITHIN_S = 6.0
STAGE_RESERVE_S = 1.5


class Running(NamedTuple):
    """How one service stands: `pid` is None while it waits to be started again."""

    name: str
    pid: int | None
    restarts: int
    kind: str
    metrics_port: int | None


class Supervisor:
    """Keeps services running until it is told to stop.

    All methods are called from one thread, which must go on living: the kernel ends every service when the thread
    that started it ends, so that a killed supervisor leaves nobody behind. Services have sessions of their own, so
    Ctrl-C in a terminal reaches the supervisor alone. `on_change` is told how the services stand whenever one is
    started or has ended.
    """

    def __init__(
        self,
        services: Sequence[Service] = (),
        *,
        clock: Clock,
        log_dir: Path,
        on_change: Callable[[tuple[Running, ...]], None] | None = None,
    ) -> None:
        self._to_start = list(services)
        self._clock = clock
        self._log_dir = private_folder(log_dir)
        self._on_change = on_change
        self._kept: list[_Kept] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def services(self) -> tuple[Running, ...]:
        """How the services stand, in the order in which they were started."""
        return tuple(kept.running for kept in self._kept)

    def start(self, service: Service, stop: threading.Event) -> bool:
        """Start `service` and keep it running; return once it is ready: False if `stop` was set before.

        Raises `ServiceNotReadyError` if it is not ready within its time, however often it was started.
        """
        kept = _Kept(service, self._log_dir / f"{service.name}.log", self._clock)
        self._kept.append(kept)
        self._tend()
        deadline = self._clock.monotonic() + service.ready_within_s
        while service.ready is not None and not service.ready():
            if self._clock.wait(stop, READY_TICK_S):
                return False
            if self._clock.monotonic() > deadline:
                raise not_ready(service, kept.log, kept.exit_code)
            self._tend()
        return not stop.is_set()

    def run(self, stop: threading.Event) -> None:
        """Start the services that were given at first, in their order; keep all running until `stop`; end all."""
        try:
            while self._to_start and not stop.is_set():
                self.start(self._to_start.pop(0), stop)
            while not self._clock.wait(stop, TICK_S):
                self._tend()
        finally:
            self.close()

    def close(self) -> None:
        """End all services, what others stand on last, within 8 seconds."""
        asking_ends = self._clock.monotonic() + STOP_WITHIN_S
        stages = sorted({kept.service.stage for kept in self._kept}, reverse=True)
        for still_to_come, stage in reversed(list(enumerate(reversed(stages)))):
            processes = [
                kept.process
                for kept in reversed(self._kept)
                if kept.service.stage == stage and kept.process is not None
            ]
            remaining = asking_ends - self._clock.monotonic()
            end(processes, self._clock, max(remaining - still_to_come * STAGE_RESERVE_S, STAGE_RESERVE_S / 2))
        self._kept.clear()

    def _tend(self) -> None:
        changed = [kept.tend() for kept in self._kept]
        if any(changed) and self._on_change is not None:
            self._on_change(self.services)


class _Kept:
    """One service, its present process, and when it is due again."""

    def __init__(self, service: Service, log: Path, clock: Clock) -> None:
        self.service = service
        self.log = log
        self.process: Process | None = None
        self.exit_code: int | None = None
        self._backoff = Backoff(clock)
        self._starts = 0

    @property
    def running(self) -> Running:
        pid = None if self.process is None else self.process.pid
        service = self.service
        return Running(service.name, pid, max(self._starts - 1, 0), service.kind or service.name, service.metrics_port)

    def tend(self) -> bool:
        """Do what is due; tell whether anything changed."""
        if self.process is not None:
            return self._note_end(self.process)
        if not self._backoff.due:
            return False
        self._backoff.started()
        try:
            self.process = Process(self.service, self.log)
        except OSError as error:
            # The machine is out of processes or of disk: that may pass.
            pause = self._backoff.ended()
            logger().error("service cannot be started", name=self.service.name, reason=error.strerror, seconds=pause)
            return False
        self._starts += 1
        logger().info("service started", name=self.service.name, pid=self.process.pid, restarts=self._starts - 1)
        return True

    def _note_end(self, process: Process) -> bool:
        self.exit_code = process.exit_code()
        if self.exit_code is None:
            return False
        self.process = None
        pause = self._backoff.ended()
        logger().warning(
            "service ended, it is started again", name=self.service.name, exit_code=self.exit_code, seconds=pause
        )
        return True

"""The parts of the chain as processes that can be killed, frozen and started again on purpose."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from core.clock import SystemClock
from embedded.process import Process, Service, end

ROOT = Path(__file__).parents[2]
NOWHERE = Path(os.devnull)
POLL_S = 0.02
END_WITHIN_S = 20.0


class Part:
    """One process (with those it starts itself) that is started from what `service` returns at that time."""

    def __init__(self, name: str, service: Callable[[], Service], log: Path) -> None:
        self.name = name
        self._service = service
        self._log = log
        self._process: Process | None = None
        self._frozen: list[psutil.Process] = []

    @property
    def log(self) -> Path:
        """Where the process writes."""
        return self._log

    @property
    def pid(self) -> int:
        """The process id; raises `RuntimeError` if it does not run."""
        if self._process is None:
            raise RuntimeError(f"{self.name} does not run.")
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.exit_code() is None

    @property
    def answering(self) -> bool:
        """Whether the process runs and is not frozen."""
        return self.alive and not self._frozen

    def start(self) -> None:
        """Start the process; it is not ready yet."""
        self._process = Process(self._service(), self._log)

    def wait_ready(self) -> None:
        """Wait until the process answers; raises `RuntimeError` if it does not."""
        service = self._service()
        deadline = time.monotonic() + service.ready_within_s
        while service.ready is not None and not service.ready():
            if not self.alive or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not become ready: read {self._log}")
            time.sleep(POLL_S)

    def kill(self) -> None:
        """Kill the process and those it started, at once, as `kill -9` does."""
        family = self._family()
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        if self._process is not None:
            self._process.end_now()
        psutil.wait_procs(family, timeout=5)
        self._process = None
        self._frozen = []

    def end(self) -> None:
        """Ask the process to end in good order, and wait for it."""
        self.resume()
        if self._process is not None:
            end([self._process], SystemClock(), END_WITHIN_S)
        self._process = None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process itself."""
        os.kill(self.pid, number)

    def freeze(self) -> None:
        """Stop the process and those it started, the first of them first: it starts no more then."""
        self._frozen = self._family()
        for member in self._frozen:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.suspend()

    def resume(self) -> None:
        """Let go on what was frozen."""
        for member in self._frozen:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.resume()
        self._frozen = []

    def _family(self) -> list[psutil.Process]:
        if not self.alive:
            return []
        with contextlib.suppress(psutil.NoSuchProcess):
            first = psutil.Process(self.pid)
            return [first, *first.children(recursive=True)]
        return []


def program(name: str, environment: Mapping[str, str]) -> Service:
    """Return one of Vicino's own services with these settings alone."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("VICINO_")}
    return Service(
        name=name,
        argv=(sys.executable, "-m", name),
        env={**inherited, **environment},
        cwd=ROOT,
    )


def pause(seconds: float) -> None:
    """Do nothing for a while; Ctrl-C ends it."""
    threading.Event().wait(seconds)

"""One service as a process of its own: how it is started, and how it ends without leaving anything behind."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from core.clock import Clock
from core.errors import VicinoError
from embedded import child
from embedded.account import Account

LOG_LIMIT_BYTES = 10_000_000
POLL_S = 0.05


@dataclass(frozen=True)
class Service:
    """What to run, and what is expected of it.

    `env` is the whole environment; None hands on our own. `ready` tells whether the service answers (asked again
    and again, it must return soon and not raise). What others stand on has a lower `stage`: stages are stopped
    from the highest to the lowest, the services of one stage together. `stop_signal` asks the service to end;
    `death_signal` is what the kernel sends it if we die. With an `account` (only root may) the program runs under
    it; `folder` is then open as `child.FOLDER`, also where the account may not enter the folders above. `kind` is what
    the service is where its name tells it from others of its kind; on `metrics_port` it tells its figures.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] | None = None
    ready: Callable[[], bool] | None = None
    ready_within_s: float = 60.0
    stage: int = 2
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    account: Account | None = None
    folder: Path | None = None
    cwd: Path | None = None
    kind: str = ""
    metrics_port: int | None = None


class ServiceNotReadyError(VicinoError):
    """A service ended, or did not answer in time, while we waited for it to become ready."""


class Process:
    """A service that was started once. The thread that made it must outlive it: the kernel ends it otherwise."""

    def __init__(self, service: Service, log: Path) -> None:
        self.service = service
        self.log = log
        order = {
            "parent": os.getpid(),
            "death_signal": int(service.death_signal),
            "uid": service.account and service.account.uid,
            "gid": service.account and service.account.gid,
            "folder": service.folder and str(service.folder),
            "cwd": service.cwd and str(service.cwd),
            "argv": service.argv,
        }
        with contextlib.closing(_LogFile(log)) as output:
            self._popen = subprocess.Popen(
                [sys.executable, "-I", "-S", child.__file__, json.dumps(order)],
                stdin=subprocess.DEVNULL,
                stdout=output.descriptor,
                stderr=subprocess.STDOUT,
                env=None if service.env is None else dict(service.env),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._popen.pid

    def exit_code(self) -> int | None:
        """Return None while the process runs; after that its exit code, negative if a signal ended it."""
        if self._popen.returncode is None and self._has_ended():
            # Before it is reaped: until then nobody else can get its number.
            _signal_group(self.pid, signal.SIGKILL)
            self._popen.wait()
        return self._popen.returncode

    def ask_to_end(self) -> None:
        """Send the signal at which the service ends in good order."""
        if self.exit_code() is None:
            self._popen.send_signal(self.service.stop_signal)

    def end_now(self) -> None:
        """Kill the process and its group, and wait until it is gone."""
        if self.exit_code() is None:
            _signal_group(self.pid, signal.SIGKILL)
            self._popen.kill()
            self._popen.wait()

    def _has_ended(self) -> bool:
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.pid, options) is not None


def end(processes: Sequence[Process], clock: Clock, patience_s: float) -> None:
    """Ask all `processes` to end, in this order; kill those that have not done so after `patience_s`."""
    deadline = clock.monotonic() + patience_s
    families = [member for process in processes for member in _descendants(process.pid)]
    for process in processes:
        process.ask_to_end()
    never = threading.Event()
    while any(process.exit_code() is None for process in processes) and clock.monotonic() < deadline:
        clock.wait(never, POLL_S)
    for process in processes:
        if process.exit_code() is None:
            families += _descendants(process.pid)
            process.end_now()
    _end_survivors(families, clock, deadline)


@contextmanager
def running(service: Service, log: Path, clock: Clock) -> Iterator[Process]:
    """Give a started service that is ready, and end it afterwards.

    Raises `ServiceNotReadyError` if it ends or does not answer within its time.
    """
    process = Process(service, log)
    try:
        _wait_until_ready(process, clock)
        yield process
    finally:
        end([process], clock, patience_s=30.0)


def not_ready(service: Service, log: Path, exit_code: int | None) -> ServiceNotReadyError:
    """Return the error that says why we do not wait for `service` any longer."""
    happened = (
        f"did not answer within {service.ready_within_s:.0f} seconds"
        if exit_code is None
        else f"ended as soon as it was started (exit code {exit_code})"
    )
    return ServiceNotReadyError(
        f"The service {service.name} {happened}.", kept="all data", advice=f"read the end of {log}, then start again"
    )


def _wait_until_ready(process: Process, clock: Clock) -> None:
    service = process.service
    deadline = clock.monotonic() + service.ready_within_s
    never = threading.Event()
    while service.ready is not None and not service.ready():
        exit_code = process.exit_code()
        if exit_code is not None or clock.monotonic() > deadline:
            raise not_ready(service, process.log, exit_code)
        clock.wait(never, POLL_S)


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _end_survivors(family: list[psutil.Process], clock: Clock, deadline: float) -> None:
    # Servers of servers (PostgreSQL's, a shell's) are not in the group of the process that was started.
    _wait_gone(family, clock, max(deadline, clock.monotonic() + 0.2))
    _kill_all(family, clock)


def _kill_all(family: list[psutil.Process], clock: Clock) -> None:
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    _wait_gone(family, clock, clock.monotonic() + 1.0)


def _wait_gone(family: list[psutil.Process], clock: Clock, deadline: float) -> None:
    never = threading.Event()
    while any(_is_alive(member) for member in family) and clock.monotonic() < deadline:
        clock.wait(never, POLL_S)


def _is_alive(member: psutil.Process) -> bool:
    # Where process 1 reaps nobody (many a container), the dead remain as zombies.
    try:
        return member.is_running() and member.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


class _LogFile:
    """The open log of a service; a large one is put aside first, and one such is kept."""

    def __init__(self, path: Path) -> None:
        if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
            path.replace(path.with_name(f"{path.name}.1"))
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self.descriptor = os.open(path, flags, 0o600)

    def close(self) -> None:
        os.close(self.descriptor)

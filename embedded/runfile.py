"""What runs in a data folder: `run.json`, for `vicino status` and whoever wants to talk to the run.

It holds no password: addresses with passwords are files of their own, named by `secrets_dir`.
"""

import contextlib
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
import psutil

from embedded.lock import locked
from embedded.privatefile import private_folder, write_private

FILE = "run.json"
LOCK = "lock"


class RunService(msgspec.Struct, frozen=True):
    """One service of a run; `pid` is None while it waits to be started again.

    `kind` is what it is where its name tells it from others of its kind. On `metrics_port` of this machine it tells its
    figures; None where it has none.
    """

    name: str
    pid: int | None
    restarts: int = 0
    kind: str = ""
    metrics_port: int | None = None


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run of all services in a data folder. `born` is when the process `pid` came to be, in Unix seconds."""

    pid: int
    born: float
    started_at: datetime
    http_port: int
    broker_port: int
    postgres_port: int | None = None
    secrets_dir: str
    services: tuple[RunService, ...] = ()


def own_birth() -> float:
    """Return when this process came to be, in Unix seconds: with the process id, who it is."""
    return float(psutil.Process(os.getpid()).create_time())


def hold(data_dir: Path) -> AbstractContextManager[None]:
    """Return the lock of `data_dir`; entering it raises `FolderInUseError` if another run holds it."""
    return locked(private_folder(data_dir) / LOCK)


def write_run(data_dir: Path, run: Run) -> None:
    """Say what runs in `data_dir`; readers see the former state or this one, never a part."""
    write_private(data_dir / FILE, msgspec.json.format(msgspec.json.encode(run), indent=2).decode() + "\n")


def read_run(data_dir: Path) -> Run | None:
    """Return what runs in `data_dir`; None if nothing does, or if whoever said so is dead."""
    try:
        run = msgspec.json.decode((data_dir / FILE).read_bytes(), type=Run)
        born = psutil.Process(run.pid).create_time()
    except (FileNotFoundError, msgspec.DecodeError, psutil.NoSuchProcess):
        return None
    # The same number with another birth is another process.
    return run if abs(born - run.born) < 1.0 else None


@contextmanager
def removed_afterwards(data_dir: Path) -> Iterator[None]:
    """Remove `run.json` at the end, whatever happens in between."""
    try:
        yield
    finally:
        with contextlib.suppress(FileNotFoundError):
            (data_dir / FILE).unlink()

"""A disk that can be full: a small file system where one may be mounted, else a limit on the process's files."""

import contextlib
import errno
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

SIZE_MB = 16
_BLOCK = bytes(4096)


class Disk(Protocol):
    """A folder whose disk can be filled up and emptied."""

    folder: Path
    how: str
    logs: bool  # whether its writer can still write a log elsewhere

    def fill(self, pid: int) -> None:
        """Leave no room; `pid` is the process that writes there."""

    def empty(self, pid: int) -> None:
        """Make room again."""


class _SmallFilesystem:
    how = "a small file system"
    logs = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, _: int) -> None:
        with self._filler.open("ab", buffering=0) as file:
            while True:
                try:
                    file.write(_BLOCK)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    return

    def empty(self, _: int) -> None:
        self._filler.unlink()


class _LimitedFiles:
    how = "a limit on the size of the gateway's files"
    logs = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, pid: int) -> None:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))

    def empty(self, pid: int) -> None:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """Give a disk in `folder`, of the better kind that is possible here."""
    folder.mkdir(parents=True)
    mounted = _run("mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=0700", "vicino-chaos", str(folder))
    try:
        yield _SmallFilesystem(folder) if mounted else _LimitedFiles(folder)
    finally:
        if mounted:
            _run("umount", "--lazy", str(folder))


def _run(*command: str) -> bool:
    with contextlib.suppress(OSError):
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    return False

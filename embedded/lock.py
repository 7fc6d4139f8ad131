"""A lock on a folder that the operating system takes back when its holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import VicinoError


class FolderInUseError(VicinoError):
    """Another process works in the folder."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path`, which names the holder's process id.

    Raises `FolderInUseError` at once if somebody else holds it. Processes started meanwhile do not inherit it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "of unknown number"
            raise FolderInUseError(
                f"Another Vicino (process {holder}) is using the folder {path.parent}.",
                kept="everything: nothing was touched",
                advice="end that one first, or give another folder with --data",
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        yield
    finally:
        os.close(descriptor)

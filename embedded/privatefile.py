"""Files that only their owner may read, written whole or not at all."""

import contextlib
import os
from pathlib import Path


def private_folder(folder: Path) -> Path:
    """Make `folder` (and its parents) if it is not there, let nobody but its owner in, and return it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def write_private(path: Path, text: str) -> None:
    """Put `text` into the file `path` with rights 0600; a reader sees the old content or the new, never a part."""
    new = path.with_name(f".{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        new.unlink()
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)

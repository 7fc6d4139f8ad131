"""The file: age(gzip(tar)), written and read as a stream, with the same little memory however much it holds.

Each of the three is a format that other programs know, so that a backup can be opened where there is no Vicino:
`age --decrypt --identity KEY FILE | gzip --decompress | tar --extract`. Age encrypts and authenticates chunks of 64 KiB
and says which is the last one: nothing can be changed, left out, put elsewhere or cut off unnoticed.
"""

import gzip
import io
import os
import tarfile
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pyrage
from pyrage import x25519

from core.errors import VicinoError

BLOCK_BYTES = 1 << 16
# What is in memory of a table at once, in both directions.
PART_BYTES = 4 << 20
_GZIP = 31
_MODE = 0o600


class Member(NamedTuple):
    """One member of the archive: a small file, or a part of a table."""

    name: str
    data: bytes


class BrokenBackupError(VicinoError):
    """A file is not a whole backup, or not one that this key opens."""


def write(path: Path, members: Iterable[Member], recipient: x25519.Recipient) -> None:
    """Write `members` into the new file `path` as they come; it is there whole, and on the disk, or not at all.

    Raises `VicinoError` if something is there already or it cannot be written, and whatever `members` raises.
    """
    part = path.with_name(f".{path.name}.part")
    pulled = _Pulled(_compressed(_archived(members)))
    try:
        if path.exists():
            raise FileExistsError(17, "there is a file of that name")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, _MODE)
        with os.fdopen(descriptor, "wb") as file:
            pyrage.encrypt_io(io.BufferedReader(pulled, BLOCK_BYTES), file, [recipient])
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        _settle(path.parent)
    except (OSError, pyrage.EncryptError) as error:
        if pulled.error is not None:
            raise pulled.error from None
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise VicinoError(
            f"The backup could not be written to {path}: {reason}.",
            kept="the installation, and every earlier backup",
            advice="make room or name another file with --to",
        ) from error
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


@contextmanager
def read(path: Path, identity: x25519.Identity) -> Iterator[Iterator[Member]]:
    """Give the members of the backup `path`, one after the other.

    Whatever keeps the file from being read to its authenticated end raises `BrokenBackupError`, at the latest after the
    last member: only then is the backup known to be whole.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise VicinoError(
            f"The backup {path} cannot be read ({error.strerror}).",
            kept="everything: nothing was touched",
            advice="name a file that `vicino backup` has made",
        ) from None
    with file:
        opening = _Opening(file, identity)
        opening.start()
        try:
            yield _members(path, opening)
        finally:
            opening.give_up()


def _archived(members: Iterable[Member]) -> Iterator[bytes]:
    for member in members:
        entry = tarfile.TarInfo(member.name)
        entry.size, entry.mode = len(member.data), _MODE
        yield entry.tobuf(tarfile.PAX_FORMAT)
        yield member.data
        yield bytes(-len(member.data) % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _compressed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    press = zlib.compressobj(wbits=_GZIP)
    for block in blocks:
        yield press.compress(block)
    yield press.flush()


class _Pulled(io.RawIOBase):
    """What an iterator gives, as a file to read from. What it raises is kept: pyrage tells only its text."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")
        self.error: BaseException | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any writable buffer
        try:
            while not self._rest:
                block = next(self._blocks, None)
                if block is None:
                    return 0
                self._rest = memoryview(block)
        except BaseException as error:
            self.error = error
            raise
        taken = min(len(buffer), len(self._rest))
        buffer[:taken] = self._rest[:taken]
        self._rest = self._rest[taken:]
        return taken


class _Opening:
    """Decrypts a file into a pipe, on a thread of its own: pyrage writes, we want to read."""

    def __init__(self, file: io.BufferedReader, identity: x25519.Identity) -> None:
        self._file = file
        self._identity = identity
        reading, writing = os.pipe()
        self.pipe = os.fdopen(reading, "rb", BLOCK_BYTES)
        self._writing = io.BufferedWriter(io.FileIO(writing, "wb"), BLOCK_BYTES)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._decrypt, name="decrypting", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def error(self) -> BaseException | None:
        """Return what went wrong; ask when nothing more comes through the pipe."""
        self._thread.join()
        return self._error

    def give_up(self) -> None:
        """End the thread, however far it is."""
        self.pipe.close()
        self._thread.join()

    def _decrypt(self) -> None:
        try:
            pyrage.decrypt_io(self._file, self._writing, [self._identity])
            self._writing.flush()
        except Exception as error:  # noqa: BLE001 - told by whoever reads the other end
            self._error = error
        finally:
            with suppress(OSError):
                self._writing.close()


def _members(path: Path, opening: _Opening) -> Iterator[Member]:
    broken: Exception | None = None
    try:
        with gzip.open(opening.pipe, "rb") as plain, tarfile.open(fileobj=plain, mode="r|") as archive:
            for entry in archive:
                content = archive.extractfile(entry)
                if content is None or entry.size > PART_BYTES:
                    raise tarfile.ReadError("no file of ours")
                yield Member(entry.name, content.read())
            while plain.read(BLOCK_BYTES):
                pass
        while opening.pipe.read(BLOCK_BYTES):
            pass
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        broken = error
    # What the decryption says is nearer to the cause than what its reader made of too little.
    cause = _drained(opening) or broken
    if cause is not None:
        raise _told(path, cause) from cause


def _drained(opening: _Opening) -> BaseException | None:
    with suppress(OSError):
        while opening.pipe.read(BLOCK_BYTES):
            pass
    return opening.error()


def _told(path: Path, cause: BaseException) -> BrokenBackupError:
    if isinstance(cause, pyrage.DecryptError) and "No matching keys" in str(cause):
        return BrokenBackupError(
            f"This key does not open the backup {path}.",
            kept="everything: nothing was touched",
            advice="use the recovery key that was shown when the key for this backup was made",
        )
    if isinstance(cause, pyrage.DecryptError):
        return BrokenBackupError(
            f"The file {path} is no backup of Vicino, or its beginning is missing.",
            kept="everything: nothing was touched",
            advice="name a file that `vicino backup` has made",
        )
    return BrokenBackupError(
        f"The backup {path} is damaged or cut off: not all of it is as it was written.",
        kept="everything: nothing was touched",
        advice="copy it again from where it is kept, or use another backup",
    )


def _settle(folder: Path) -> None:
    """See that the new name of a file is on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

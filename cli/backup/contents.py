"""What a backup says of itself: at its beginning what it is, at its end what it holds."""

import hashlib
from datetime import datetime

import msgspec

FORMAT = "vicino-backup"
VERSION = 1


class Migration(msgspec.Struct, frozen=True):
    """One incremental file that the database had run."""

    folder: str
    file: str
    checksum: str


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table and which of its columns are in the backup, in their order.

    `spans` are the times of which it may have rows, from and up to, where it is divided by time.
    """

    schema: str
    name: str
    columns: tuple[str, ...]
    spans: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def key(self) -> str:
        """Schema and name."""
        return f"{self.schema}.{self.name}"


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup is; its first member."""

    format: str = FORMAT
    version: int = VERSION
    vicino: str
    postgres: int
    variant: str
    installation: str
    installed_at: datetime
    made_at: datetime
    migrations: tuple[Migration, ...]
    tables: tuple[Table, ...]


class Sum(msgspec.Struct, frozen=True):
    """What came of one table or file: lines, bytes and SHA-256 of the bytes in their order."""

    rows: int
    size: int
    sha256: str


class Foot(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds; its last member. `sequences` are the values last given, None where none was."""

    tables: dict[str, Sum]
    files: dict[str, Sum]
    sequences: dict[str, int | None]


class Summing:
    """Counts and sums what comes of one table or file."""

    def __init__(self) -> None:
        self._rows = 0
        self._size = 0
        self._hash = hashlib.sha256()

    def add(self, data: bytes) -> None:
        """Take in the next bytes. In COPY's text format each row ends with the one line feed it has."""
        self._rows += data.count(b"\n")
        self._size += len(data)
        self._hash.update(data)

    @property
    def sum(self) -> Sum:
        """What has come so far."""
        return Sum(self._rows, self._size, self._hash.hexdigest())

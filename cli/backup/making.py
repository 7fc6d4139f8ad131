"""Makes a backup: all tables as of one moment, while everything goes on."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
from psycopg import Connection, IsolationLevel
from psycopg.rows import DictRow, dict_row
from pyrage import x25519

from cli.backup import repository, sealed
from cli.backup.contents import Foot, Head, Migration, Sum, Summing, Table
from cli.backup.sealed import PART_BYTES, Member
from cli.installation import STORING
from core.clock import Clock
from core.errors import VicinoError
from core.metrics import own_version
from core.migrations import known_files, variant_of

HEAD, FOOT, GUIDE = "vicino-backup.json", "contents.json", "READ-ME.txt"
TABLES, FILES = "tables", "files"
SCHEMAS = tuple(folder.name for folder in STORING)
# What holds for one server or one moment only: procrastinate's tables are not there, so nobody may think they are, and
# nobody who signed out since may be signed in again.
LEFT_OUT = frozenset(
    {
        "analytics.queue_version",
        "dashboards.session",
        "dashboards.half_sign_in",
        "dashboards.passkey_challenge",
        "registry.provider_request",
    }
)
_GUIDE = b"""A backup of Vicino. `vicino restore` puts it into an empty server and checks it.

By hand: vicino-backup.json says which migrations (folder, file, SHA-256) made the tables and names their columns;
tables/SCHEMA.TABLE/NNNNNN.copy, put together, is what COPY reads in text format; contents.json has rows, bytes and
SHA-256 of each table and file, and the values of sequences. Numbers of transactions (xact) mean nothing elsewhere.
"""

# Told the table and how many bytes more of it have come.
Progress = Callable[[str, int], None]
Files = Iterable[tuple[str, Path]]


class Made(NamedTuple):
    """What a backup holds."""

    head: Head
    foot: Foot


def make(url: str, files: Files, to: Path, recipient: x25519.Recipient, clock: Clock, progress: Progress) -> Made:
    """Write a backup of the database at `url`, an administrator's address, and of `files` into the new file `to`.

    Raises `VicinoError` if the login may not read all rows, the database was never migrated or the file cannot be
    written; nothing is left then. Raises `psycopg.Error` where the database fails.
    """
    with Connection.connect(url, row_factory=dict_row, application_name="vicino backup", autocommit=True) as connection:
        if not repository.rights(connection).reads_all:
            raise VicinoError(
                "This login of the database does not see all rows, so its backup would lack some.",
                kept="the installation; no backup was made",
                advice="give the address of the server's administrator",
            )
        repository.steady_text(connection)
        variant_of(connection)
        aggregates = repository.stored_in(connection, SCHEMAS)
        held = [aggregates.get(table.key) or repository.identifier(table) for table in _tables(connection)]
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        with connection.transaction():
            # Locks first: what is seen is fixed by the first statement after them.
            repository.hold(connection, held)
            repository.refuse_to_filter(connection)
            head = _head(connection, clock)
            feet: list[Foot] = []
            sealed.write(to, _members(connection, head, files, progress, feet.append), recipient)
    return Made(head, feet[0])


def _tables(connection: Connection[DictRow]) -> list[Table]:
    return [table for table in repository.tables(connection, SCHEMAS) if table.key not in LEFT_OUT]


def _head(connection: Connection[DictRow], clock: Clock) -> Head:
    installation = repository.installation(connection)
    return Head(
        vicino=own_version(),
        postgres=connection.info.server_version,
        variant=installation.variant,
        installation=installation.public_id,
        installed_at=installation.made_at,
        made_at=clock.now(),
        migrations=tuple(Migration(*known) for known in known_files(connection)),
        tables=tuple(_tables(connection)),
    )


def _members(
    connection: Connection[DictRow], head: Head, files: Files, progress: Progress, done: Callable[[Foot], None]
) -> Iterator[Member]:
    yield Member(HEAD, _json(head))
    yield Member(GUIDE, _GUIDE)
    tables: dict[str, Sum] = {}
    for table in head.tables:
        summing = Summing()
        for number, part in enumerate(_parts(repository.copy_out(connection, table))):
            summing.add(part)
            progress(table.key, len(part))
            yield Member(f"{TABLES}/{table.key}/{number:06}.copy", part)
        tables[table.key] = summing.sum
    kept: dict[str, Sum] = {}
    for name, path in files:
        summing = Summing()
        data = path.read_bytes()
        summing.add(data)
        kept[name] = summing.sum
        yield Member(f"{FILES}/{name}", data)
    found = repository.sequences(connection, SCHEMAS)
    foot = Foot(tables=tables, files=kept, sequences={f"{each.schema}.{each.name}": each.last_value for each in found})
    yield Member(FOOT, _json(foot))
    done(foot)


def _parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Put pieces together to parts of at most `PART_BYTES`; a longer piece is cut."""
    gathered = bytearray()
    for piece in pieces:
        gathered += piece
        while len(gathered) >= PART_BYTES:
            yield bytes(gathered[:PART_BYTES])
            del gathered[:PART_BYTES]
    if gathered:
        yield bytes(gathered)


def _json(struct: Head | Foot) -> bytes:
    return msgspec.json.format(msgspec.json.encode(struct), indent=1) + b"\n"

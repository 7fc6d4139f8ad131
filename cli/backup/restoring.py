"""Puts a backup into an empty database: all of it in one transaction, so that it is there whole or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg.sql import Identifier
from pyrage import x25519

from cli.backup import checking, files, repository, sealed
from cli.backup.contents import Sum, Summing, Table
from cli.backup.making import FILES, SCHEMAS, Made, Progress
from cli.backup.sealed import BrokenBackupError, Member
from cli.installation import STORING
from cli.persons.erasing import erasing
from cli.persons.erasing.listing import Erased
from core.errors import VicinoError
from core.migrations import Applied, Known, Variant, migrate, migrate_to


class Put(NamedTuple):
    """What was done: the migrations that brought a backup to this release, and how many persons were erased again."""

    applied: list[Applied]
    erased: int


def refuse_unless_empty(url: str) -> None:
    """Raise `VicinoError` unless the database at `url` is empty and its login may fill it."""
    with Connection.connect(url, row_factory=dict_row, application_name="vicino restore") as connection:
        there = repository.foreign_object(connection)
        if there is not None:
            raise VicinoError(
                f"The database is not empty: there is {there}, for example.",
                kept="everything: nothing was touched",
                advice="make a new database and give its address; nothing is ever restored over what is there",
            )
        if not repository.rights(connection).loads_all:
            raise VicinoError(
                "This login of the database may not load rows as they are.",
                kept="everything: nothing was touched",
                advice="give the address of the server's administrator (a superuser)",
            )


def restore(
    path: Path,
    identity: x25519.Identity,
    made: Made,
    url: str,
    files_to: Path | None,
    progress: Progress,
    variant: Variant | None = None,
    erased: Sequence[Erased] = (),
) -> Put:
    """Put the backup `path`, checked as `made`, into the empty database at `url` and its files to `files_to`.

    It may have TimescaleDB or not, whatever there was before; `variant` says so where the server is not to be asked.
    Whoever was `erased` since and is in the backup is erased again, before anybody can see them. Returns what was done.
    Raises `VicinoError` if it does not come out as it was, `psycopg.Error` where the database fails; the database is as
    empty as before then.
    """
    with Connection.connect(url, row_factory=dict_row, application_name="vicino restore") as connection:
        repository.steady_text(connection)
        known = [Known(each.folder, each.file, each.checksum) for each in made.head.migrations]
        migrate_to(connection, STORING, known, variant)
        targets = _targets(connection, made.head.tables)
        _prepare(connection, made.head.tables, targets)
        with sealed.read(path, identity) as members:
            if checking.first(path, members) != made.head:
                raise _changed(path)
            _load(connection, path, made, targets, members, files_to, progress)
        repository.renumber_transactions(connection)
        repository.set_installation(connection, made.head.installation, made.head.installed_at)
        for key, value in made.foot.sequences.items():
            if value is not None:
                repository.set_sequence(connection, key, value)
        repository.load_as_usual(connection)
        applied = migrate(connection, STORING)
        again = erasing.again(connection, erased, made.head.made_at)
        for target in targets.values():
            repository.analyze(connection, target)
    return Put(applied, again)


def _targets(connection: Connection[DictRow], tables: Sequence[Table]) -> dict[str, Identifier]:
    """Return into what the rows of each table go: what a continuous aggregate has computed lies elsewhere."""
    aggregates = repository.stored_in(connection, SCHEMAS)
    return {table.key: aggregates.get(table.key) or repository.identifier(table) for table in tables}


def _prepare(connection: Connection[DictRow], tables: Sequence[Table], targets: Mapping[str, Identifier]) -> None:
    repository.load_as_they_are(connection)
    for table in tables:
        if repository.is_partitioned(connection, table):
            for first, last in months(table.spans):
                repository.make_partition(connection, table, first, last)
        repository.empty(connection, targets[table.key])


def _load(
    connection: Connection[DictRow],
    path: Path,
    made: Made,
    targets: Mapping[str, Identifier],
    members: Iterator[Member],
    files_to: Path | None,
    progress: Progress,
) -> None:
    tables = {table.key: table for table in made.head.tables}
    waiting = next(members, None)
    while waiting is not None:
        key = checking.parts(waiting)
        if key is None:
            if waiting.name.startswith(f"{FILES}/") and files_to is not None:
                files.put(files_to, waiting.name.removeprefix(f"{FILES}/"), waiting.data)
            waiting = next(members, None)
            continue
        run = _Run(key, waiting, members, progress)
        rows = repository.copy_in(connection, targets[key], tables[key], run)
        if run.sum != made.foot.tables[key] or rows != run.sum.rows:
            raise _changed(path)
        waiting = run.after


class _Run:
    """The parts of one table as they come; `after` is the member that comes next."""

    def __init__(self, key: str, part: Member, members: Iterator[Member], progress: Progress) -> None:
        self._key = key
        self._part = part
        self._members = members
        self._progress = progress
        self._summing = Summing()
        self.after: Member | None = None

    @property
    def sum(self) -> Sum:
        """What has come."""
        return self._summing.sum

    def __iter__(self) -> Iterator[bytes]:
        part: Member | None = self._part
        while part is not None and checking.parts(part) == self._key:
            self._summing.add(part.data)
            self._progress(self._key, len(part.data))
            yield part.data
            part = next(self._members, None)
        self.after = part


def months(spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Return the months, from and up to, of which any time lies in `spans`."""
    found = set()
    for first, last in spans:
        month = _month(first)
        while month < last:
            found.add(month)
            month = _next(month)
    return [(month, _next(month)) for month in sorted(found)]


def _month(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _next(month: datetime) -> datetime:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def _changed(path: Path) -> BrokenBackupError:
    return BrokenBackupError(
        f"The backup {path} was changed while it was being restored.",
        kept="everything: the database is as empty as before",
        advice="see that nobody writes to the file, and restore it again",
    )

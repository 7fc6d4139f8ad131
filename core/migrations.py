"""Brings a database to the present schema.

Each folder that stores data has `sql/incremental/` (numbered files, each run exactly once) and `sql/idempotent/`
(views, functions, policies, grants: run again at every start). A file `0001_readings.timescale.sql` runs only
where TimescaleDB is, `0001_readings.plain.sql` only where it is not; which of the two an installation is, is
decided at its first migration and then kept.

Everything runs in one transaction per file under one advisory lock, as the role `vicino_owner`. The schema of each
folder, which has the folder's name, and the files under `sql/administrator/` are made first, every time, by the
administrator that the connection belongs to.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from psycopg import Connection, sql
from psycopg.pq import TransactionStatus

from core.errors import VicinoError

LOCK = 0x76696369  # any number, the same for every process
FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+(\.plain|\.timescale)?\.sql")


class Variant(StrEnum):
    """Whether the time series lie in TimescaleDB or in native partitions."""

    PLAIN = "plain"
    TIMESCALE = "timescale"


class MigrationError(VicinoError):
    """The database cannot be brought to the present schema."""


class Applied(NamedTuple):
    """One incremental file that has been run."""

    folder: str
    file: str


class Known(NamedTuple):
    """One incremental file that was run in some database, and the SHA-256 of its text."""

    folder: str
    file: str
    checksum: str


def migrate(connection: Connection[Any], folders: Sequence[Path], variant: Variant | None = None) -> list[Applied]:
    """Bring the database to the present schema and return the incremental files that were run now.

    `connection` belongs to an administrator (it makes roles and extensions) and is in autocommit, or in a transaction
    in which all of it is to happen. `folders` are the import packages that store data, in the order in which they build
    on each other. `variant` says what a new database becomes where that cannot be found out from the server. Raises
    `MigrationError` if a file that has been run was changed since, or was run by a newer version of Vicino.
    """
    return _under_lock(connection, lambda: _migrate(connection, folders, variant, None))


def migrate_to(
    connection: Connection[Any], folders: Sequence[Path], files: Sequence[Known], variant: Variant | None = None
) -> list[Applied]:
    """Bring an empty database to the tables that another one had after it had run `files`, and no further.

    For data of an older release: they are put into the tables they came from, and `migrate` then does with them what it
    does with any database of that release. Nothing under `sql/idempotent/` is run. Where one database has TimescaleDB
    and the other has not, each file counts for its counterpart. Otherwise as `migrate`.
    """
    refuse_foreign(folders, files)
    only = {(known.folder, _regardless(known.file)) for known in files}
    return _under_lock(connection, lambda: _migrate(connection, folders, variant, only))


def refuse_foreign(folders: Sequence[Path], files: Sequence[Known]) -> None:
    """Raise `MigrationError` if any of `files` is not one of this version's, word by word."""
    for folder in [Path(__file__).parent, *folders]:
        _refuse_unknown(folder, _files(folder, "incremental"), {(each.folder, each.file): "" for each in files})
    homes = {folder.name: folder for folder in [Path(__file__).parent, *folders]}
    for each in files:
        home = homes.get(each.folder)
        if home is None:
            raise _newer(each.folder, each.file)
        if hashlib.sha256((home / "sql" / "incremental" / each.file).read_bytes()).hexdigest() != each.checksum:
            raise _changed(each.folder, each.file)


def missing_files(folders: Sequence[Path], files: Sequence[Known], variant: Variant | str) -> list[Applied]:
    """Return the incremental files of this version that a database which has run `files` has still to run."""
    there = {(each.folder, each.file) for each in files}
    return [
        Applied(folder.name, path.name)
        for folder in [Path(__file__).parent, *folders]
        for path in _files(folder, "incremental")
        if _is_for(path, Variant(variant)) and (folder.name, path.name) not in there
    ]


def known_files(connection: Connection[Any]) -> list[Known]:
    """Return the incremental files that this database has run, each folder's in their order."""
    return [Known(*key, checksum) for key, checksum in sorted(_applied(connection).items())]


def _under_lock(connection: Connection[Any], work: Callable[[], list[Applied]]) -> list[Applied]:
    connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
    try:
        return work()
    finally:
        if connection.info.transaction_status is not TransactionStatus.INERROR:
            connection.execute("RESET ROLE")
            connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))


def _migrate(
    connection: Connection[Any],
    folders: Sequence[Path],
    variant: Variant | None,
    only: Collection[tuple[str, str]] | None,
) -> list[Applied]:
    own = Path(__file__).parent
    _administer(connection, own)
    variant = _variant(connection, variant)
    for folder in folders:
        connection.execute(
            sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION vicino_owner").format(sql.Identifier(folder.name))
        )
        _administer(connection, folder)
    connection.execute("SET ROLE vicino_owner")
    known = _applied(connection)
    done: list[Applied] = []
    for folder in [own, *folders]:
        files = [path for path in _files(folder, "incremental") if _is_for(path, variant)]
        if only is not None:
            files = [path for path in files if (folder.name, _regardless(path.name)) in only]
        _refuse_unknown(folder, files, known)
        for path in files:
            checksum = hashlib.sha256(path.read_bytes()).hexdigest()
            if known.get((folder.name, path.name)) == checksum:
                continue
            if (folder.name, path.name) in known:
                raise _changed(folder.name, path.name)
            with connection.transaction():
                _run(connection, path)
                connection.execute(
                    "INSERT INTO vicino.migration (folder, file, checksum) VALUES (%s, %s, %s)",
                    (folder.name, path.name, checksum),
                )
            done.append(Applied(folder.name, path.name))
    for folder in [own, *folders] if only is None else ():
        for path in _files(folder, "idempotent"):
            if _is_for(path, variant):
                with connection.transaction():
                    _run(connection, path)
    return done


def _administer(connection: Connection[Any], folder: Path) -> None:
    for path in _files(folder, "administrator"):
        _run(connection, path)


def variant_of(connection: Connection[Any]) -> Variant:
    """Return which variant this database was made as; raises `MigrationError` before the first migration."""
    row = connection.execute("SELECT to_regclass('vicino.installation') IS NOT NULL AS there").fetchone()
    if row is None or not _first(row):
        raise MigrationError("The database has no schema yet.", advice="run `vicino migrate` first")
    found = connection.execute("SELECT variant FROM vicino.installation").fetchone()
    return Variant(_first(found))


def _variant(connection: Connection[Any], wanted: Variant | None) -> Variant:
    there = connection.execute("SELECT variant FROM vicino.installation").fetchone()
    if there is not None:
        return Variant(_first(there))
    variant = wanted or _found_out(connection)
    if variant is Variant.TIMESCALE:
        connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    connection.execute("INSERT INTO vicino.installation (variant) VALUES (%s)", (variant,))
    return variant


def _found_out(connection: Connection[Any]) -> Variant:
    loaded = connection.execute(
        "SELECT 1 FROM pg_available_extensions e"
        " WHERE e.name = 'timescaledb' AND current_setting('shared_preload_libraries') LIKE '%timescaledb%'"
    ).fetchone()
    return Variant.PLAIN if loaded is None else Variant.TIMESCALE


def _applied(connection: Connection[Any]) -> dict[tuple[str, str], str]:
    rows = connection.execute("SELECT folder, file, checksum FROM vicino.migration").fetchall()
    values = [tuple(row.values()) if isinstance(row, dict) else row for row in rows]
    return {(folder, file): checksum for folder, file, checksum in values}


def _refuse_unknown(folder: Path, files: Sequence[Path], known: dict[tuple[str, str], str]) -> None:
    names = {path.name for path in files}
    newer = sorted(file for owner, file in known if owner == folder.name and file not in names)
    if newer:
        raise _newer(folder.name, newer[0])


def _newer(folder: str, file: str) -> MigrationError:
    return MigrationError(
        f"The database was migrated by a newer Vicino: it knows {folder}/{file}, this version does not.",
        kept="the database as it is",
        advice="start the version that migrated it, or a later one",
    )


def _changed(folder: str, file: str) -> MigrationError:
    return MigrationError(
        f"The migration {folder}/{file} was changed after it had been applied.",
        kept="the database as it is",
        advice="restore the file and put the change into a new, higher-numbered one",
    )


def _files(folder: Path, kind: str) -> list[Path]:
    paths = sorted((folder / "sql" / kind).glob("*.sql"))
    for path in paths:
        if not FILE_NAME.fullmatch(path.name):
            raise MigrationError(f"{path} is not named like 0001_what_it_does.sql.")
    return paths


def _is_for(path: Path, variant: Variant) -> bool:
    suffix = path.name.removesuffix(".sql").rpartition(".")[2]
    return suffix not in set(Variant) or suffix == variant


def _regardless(file: str) -> str:
    """Return the name of a file, the same for both variants."""
    return re.sub(r"\.(plain|timescale)\.sql$", ".sql", file)


def _run(connection: Connection[Any], path: Path) -> None:
    connection.execute(sql.SQL(path.read_text(encoding="utf-8")))


def _first(row: Any) -> Any:
    return next(iter(row.values())) if isinstance(row, dict) else row[0]

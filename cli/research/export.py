"""Makes an export: who agrees, as of one moment, into a folder that is there whole or not at all."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from psycopg import Connection

import registry.reads
from cli.research import repository, tihm
from cli.research.files import Sum, Writer, as_csv, digest_of, written
from cli.research.repository import Subject, Window
from cli.research.tables import TABLES, Table, age_band
from core.clock import Clock
from core.database import Database, Row
from core.errors import VicinoError
from core.localtime import local_day
from core.metrics import own_version
from embedded.privatefile import private_folder

ONE_DAY = timedelta(days=1)
FEW = 5  # in a group smaller than this, who knows somebody may find them again
MANIFEST, QUERY, DICTIONARY, GUIDE = "manifest.json", "query.json", "dictionary.csv", "READ-ME.txt"
TIHM = "tihm"
_GUIDE = """\
Data of homes whose residents all agree that they are used for research. They are pseudonymous and still personal data:
keep them as such, do not try to find out whose they are, and delete what you are told to: a consent can end any time.

csv, parquet     the same tables in both formats; dictionary.csv says what each column is
tihm             what fits into the layout of the data set TIHM
query.json       what was asked for: vicino research export --query query.json asks for the same again
manifest.json    rows and SHA-256 of each table (of its CSV), and one digest for all of them
"""

# Told how many homes are done, of how many.
Progress = Callable[[int, int], None]


class Query(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked for: local days, the last one included, of an organisation (its key) and those below, or of all."""

    first: date
    last: date
    organisation: str | None = None


class Made(NamedTuple):
    """What came of it."""

    number: int
    homes: int
    sums: dict[str, Sum]
    digest: str
    smallest_group: int


def load(path: Path) -> tuple[Query, str]:
    """Return a saved query, and the digest of what came of it then, "" where its file does not say.

    `path` is a query's file, an export's manifest, or the folder of an export.
    """
    file = path / MANIFEST if path.is_dir() else path
    try:
        found = msgspec.json.decode(file.read_bytes())
        saved = found.get("query", found)
        return msgspec.convert(saved, Query), str(found.get("digest", ""))
    except (OSError, msgspec.MsgspecError, TypeError, AttributeError) as error:
        raise VicinoError(
            f"{file} is no saved query ({error}).", advice=f"give {QUERY} or {MANIFEST} of an export, or its folder"
        ) from None


def export(
    database: Database, query: Query, to: Path, formats: Sequence[str], clock: Clock, progress: Progress
) -> Made:
    """Export into the new folder `to`.

    Raises `VicinoError` where it is there, where nobody agrees, and where a consent ended meanwhile: nothing is left
    then.
    """
    now = clock.now()
    _check(query, to, now)
    part = to.with_name(f".{to.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        with database.transaction() as connection:
            repository.snapshot(connection)
            cohort = _cohort(connection, query, now)
            made = _write(connection, query, cohort, private_folder(part), formats, progress)
        _describe(part, query, now, made)
        with database.transaction() as connection:
            _nobody_left(cohort, _cohort(connection, query, clock.now()))
            names = [subject.subject for subject, _ in cohort]
            rows = sum(each.rows for each in made.sums.values())
            number = repository.record(connection, now, msgspec.to_builtins(query), made.digest, rows, names)
        # Last: what is not written down must not be there, or nobody would ask for its deletion.
        part.rename(to)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return made._replace(number=number)


def _check(query: Query, to: Path, now: datetime) -> None:
    if to.exists():
        raise VicinoError(f"{to} is there already.", kept="it", advice="name a new folder")
    if query.first > query.last:
        raise VicinoError("The first day is after the last.", advice="give --from a day that is not after --until")
    if query.last >= now.date():
        raise VicinoError(
            f"{query.last} is not over, or was only just: late readings still change it.",
            kept="nothing was written",
            advice="export up to yesterday, or better to a week ago",
        )


def _cohort(connection: Connection[Row], query: Query, now: datetime) -> list[tuple[Subject, Window]]:
    """Return the homes of which something may be used, with the days and instants of each."""
    known = registry.reads.organisations(connection)
    organisations = None
    if query.organisation is not None:
        organisations = [each.organisation_id for each in registry.reads.below(query.organisation, known)]
        if not organisations:
            raise VicinoError(
                f"There is no organisation {query.organisation!r}.",
                kept="nothing was written",
                advice=f"choose one of: {', '.join(each.key for each in known)}",
            )
    found = [(each, _window(query, each)) for each in repository.cohort(connection, now, organisations)]
    cohort = [(subject, window) for subject, window in found if window is not None]
    if not cohort:
        raise VicinoError(
            "There is no home all of whose residents agree that data of these days are used for research.",
            kept="nothing was written",
            advice="see what was agreed on the page of each person; a consent counts from the day after it was given",
        )
    return cohort


def _window(query: Query, subject: Subject) -> Window | None:
    """Return the days that are over and began when all who live there had agreed; None where there are none."""
    zone = ZoneInfo(subject.timezone)
    agreed = subject.since.astimezone(zone).date()
    if local_day(agreed, zone).start < subject.since:
        agreed += ONE_DAY
    first = max(query.first, agreed)
    if first > query.last:
        return None
    return Window(first, query.last, local_day(first, zone).start, local_day(query.last, zone).end)


def _nobody_left(before: Sequence[tuple[Subject, Window]], after: Sequence[tuple[Subject, Window]]) -> None:
    if {subject.home_id for subject, _ in before} - {subject.home_id for subject, _ in after}:
        raise VicinoError(
            "A consent ended while the export was made.", kept="nothing of the export", advice="make it once more"
        )


def _write(
    connection: Connection[Row],
    query: Query,
    cohort: Sequence[tuple[Subject, Window]],
    folder: Path,
    formats: Sequence[str],
    progress: Progress,
) -> Made:
    groups: Counter[tuple[str, str]] = Counter()
    with _writers(folder, formats) as writers, _tihm(private_folder(folder / TIHM)) as layout:
        for number, (subject, window) in enumerate(cohort, 1):
            tables = {table.name: _rows(connection, table, query, subject, window) for table in TABLES}
            for name, rows in tables.items():
                writers[name].add(rows)
            groups.update((row["age_band"], row["sex"] or "") for row in tables["residents"])
            layout(tables, ZoneInfo(subject.timezone))
            progress(number, len(cohort))
    sums = {name: writer.sum for name, writer in writers.items()}
    return Made(0, len(cohort), sums, digest_of(sums), min(groups.values()))


def _rows(
    connection: Connection[Row], table: Table, query: Query, subject: Subject, window: Window
) -> list[Mapping[str, Any]]:
    if table.name == "subjects":
        days = {"first_day": window.first, "last_day": window.last}
        return [{**subject._asdict(), **days}]
    found = repository.rows_of(connection, table.name, subject.home_id, window)
    if table.name == "residents":
        found = [{**row, "age_band": age_band(row["birth_year"], query.last.year)} for row in found]
    return [{**table.shaped(row), "subject": subject.subject} for row in found]


@contextmanager
def _writers(folder: Path, formats: Sequence[str]) -> Iterator[dict[str, Writer]]:
    """Give what writes each table, each format into a folder of its own."""
    for name in formats:
        private_folder(folder / name)
    with ExitStack() as stack:
        yield {table.name: stack.enter_context(Writer(folder, table, formats)) for table in TABLES}


Layout = Callable[[Mapping[str, Sequence[Mapping[str, Any]]], ZoneInfo], None]


@contextmanager
def _tihm(folder: Path) -> Iterator[Layout]:
    """Give what adds a home to the files in the layout of TIHM."""
    with ExitStack() as stack:
        files = {name: stack.enter_context((folder / f"{name}.csv").open("wb")) for name in tihm.HEADS}
        for name, head in tihm.HEADS.items():
            files[name].write(as_csv([head]))

        def add(tables: Mapping[str, Sequence[Mapping[str, Any]]], zone: ZoneInfo) -> None:
            files["Activity"].write(as_csv(tihm.activity(tables["events"], zone)))
            files["Physiology"].write(as_csv(tihm.physiology(tables["measurements"], zone)))
            files["Demographics"].write(as_csv(tihm.demographics(tables["residents"])))
            files["Labels"].write(as_csv(tihm.labels(tables["alerts"])))

        yield add


def _describe(folder: Path, query: Query, now: datetime, made: Made) -> None:
    saved = msgspec.to_builtins(query)
    manifest = {
        "format": "vicino-research-export",
        "version": 1,
        "vicino": own_version(),
        "made_at": written(now),
        "query": saved,
        "homes": made.homes,
        "smallest_group": made.smallest_group,
        "tables": {name: each._asdict() for name, each in made.sums.items()},
        "digest": made.digest,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    (folder / QUERY).write_text(json.dumps(saved, indent=1) + "\n", encoding="utf-8")
    (folder / GUIDE).write_text(_GUIDE, encoding="utf-8")
    (folder / DICTIONARY).write_bytes(dictionary())


def dictionary() -> bytes:
    """Return the data dictionary as CSV: every column of every table."""
    head = ("table", "column", "type", "unit", "meaning", "a row of the table is")
    rows = [
        (table.name, each.name, str(each.type), each.unit, each.meaning, table.about)
        for table in TABLES
        for each in table.columns
    ]
    return as_csv([head, *rows])

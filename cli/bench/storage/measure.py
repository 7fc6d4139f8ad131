"""Measures what a reading of the default mix takes, with all columns and indexes, before and after compression."""

import json
from typing import Any, NamedTuple

import psycopg
from psycopg import Connection
from psycopg.rows import dict_row
from rich.table import Table

from cli import homes as registering
from cli import simulated
from cli.bench.own_database import own_database
from cli.bench.storage import month, repository
from cli.installation import STORING
from cli.replay import progress_bar
from cli.screen import results, say
from core.database import Database, Role, Row
from core.migrations import Variant, migrate, variant_of
from core.vocabulary import Retention
from ingest.upkeep import figures


class Kept(NamedTuple):
    """What the readings of one class take, in bytes, before and after compression; the same without TimescaleDB."""

    readings: int
    loaded_bytes: int
    bytes: int
    figures: int
    figure_bytes: int


class Storage(NamedTuple):
    """What was measured. `per_reading` are bytes after compression: all tables of readings with all their indexes.

    `loaded_per_reading` is the same before compression; `figures_per_reading` is what hourly and daily figures take,
    also after compression. Touched hours and rows of commits are kept for two weeks only.
    """

    variant: str
    homes: int
    days: int
    readings: int
    per_home_and_day: float
    per_reading: float
    loaded_per_reading: float
    figures_per_reading: float
    per_touched: float
    per_commit: float
    classes: dict[str, Kept]

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can have it."""
        return {**self._asdict(), "classes": {name: kept._asdict() for name, kept in self.classes.items()}}


def measure(homes: int, days: int, server: str | None) -> Storage:
    """Store a month of simulated homes and weigh it, in a database of its own that is removed afterwards.

    `server` is the address of an administrator on a PostgreSQL server; without it a server is started for this alone.
    Raises `psycopg.Error` where the server cannot be used.
    """
    with own_database(server) as own, progress_bar() as progress:
        say("Making the schema")
        with psycopg.connect(own, autocommit=True) as connection:
            migrate(connection, STORING)
            timescale = variant_of(connection) is Variant.TIMESCALE
            if timescale:
                repository.stop_jobs(connection)
        played = month.homes_of(homes)
        living = progress.add_task(f"{days} days of {homes} homes", total=1.0)
        lived = month.lived(played, days, lambda share: progress.update(living, completed=share))
        with Database(own, Role.SERVICE, name="bench") as database:
            registering.apply(database, simulated.document_of(simulated.SERVICE, played))
            storing = progress.add_task("Stored", total=1.0)
            month.take_in(database, lived, lambda share: progress.update(storing, completed=share))
            with database.connect() as connection:
                while figures.catch_up(connection, timescale=timescale):
                    pass
        with psycopg.connect(own, autocommit=True, row_factory=dict_row) as administrator:
            return _weigh(administrator, homes, days, timescale=timescale)


def _weigh(administrator: Connection[Row], homes: int, days: int, *, timescale: bool) -> Storage:
    def weigh(kind: str, each: Retention) -> int:
        return repository.size(administrator, f"{kind}_{each}", timescale=timescale)

    loaded = {each: weigh("reading", each) for each in Retention}
    if timescale:
        repository.compress_all(administrator)
    classes = {
        str(each): Kept(
            repository.rows(administrator, f"reading_{each}"),
            loaded[each],
            weigh("reading", each),
            sum(repository.rows(administrator, f"{kind}_{each}") for kind in ("hourly", "daily")),
            sum(weigh(kind, each) for kind in ("hourly", "daily")),
        )
        for each in Retention
    }
    readings = sum(kept.readings for kept in classes.values())
    return Storage(
        variant=str(Variant.TIMESCALE if timescale else Variant.PLAIN),
        homes=homes,
        days=days,
        readings=readings,
        per_home_and_day=round(readings / homes / days, 1),
        per_reading=_share(sum(kept.bytes for kept in classes.values()), readings),
        loaded_per_reading=_share(sum(loaded.values()), readings),
        figures_per_reading=_share(sum(kept.figure_bytes for kept in classes.values()), readings),
        per_touched=_per_row(administrator, "touched"),
        per_commit=_per_row(administrator, "intake"),
        classes=classes,
    )


def _per_row(administrator: Connection[Row], relation: str) -> float:
    return _share(repository.table_size(administrator, relation), repository.rows(administrator, relation))


def _share(size: int, count: int) -> float:
    return round(size / max(count, 1), 2)


def show(storage: Storage, *, as_json: bool) -> None:
    """Print what was measured."""
    if as_json:
        print(json.dumps(storage.as_dict()))
        return
    table = Table("", "readings", "bytes when stored", "bytes compressed", "figures", "bytes of figures")
    for name, kept in storage.classes.items():
        table.add_row(name, *(f"{value:,}" for value in kept))
    results.print(table)
    results.print(
        f"{storage.variant}: {storage.readings:,} readings of {storage.homes} homes in {storage.days} days, "
        f"{storage.per_home_and_day:,} a home and day. Bytes a reading: {storage.loaded_per_reading:,} when stored, "
        f"{storage.per_reading:,} in the end; hourly and daily figures {storage.figures_per_reading:,} more. "
        f"For two weeks: {storage.per_touched:,} bytes for each touched hour, {storage.per_commit:,} for each commit.",
        soft_wrap=True,
    )

"""`vicino analyse` and `vicino findings`: stored history computed again, and what was found."""

import json
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rich.table import Table

import analytics.reads
import registry.reads
from analytics.spread import analyse_spread, cluster
from cli.installation import Installation
from cli.replay import progress_bar
from cli.screen import results
from core.clock import Clock
from core.processes import cores, pool


def analyse(installation: Installation, first: date, last: date, clock: Clock, scheduler: str | None) -> None:
    """Compute the days from `first` to `last` (both included) of all homes again, with a progress bar.

    That is done by processes on this machine, one for each core; or by the workers of a Dask `scheduler`, which have
    their own settings.
    """
    with installation.database() as database, database.transaction() as connection:
        homes = sorted(home.home_id for home in registry.reads.homes(connection))
    with _workers(scheduler, len(homes)) as executor, progress_bar() as progress:
        task = progress.add_task("Homes analysed", total=len(homes))
        changed = analyse_spread(
            executor,
            homes,
            first,
            last,
            clock=clock,
            url=installation.service_url if scheduler is None else None,
            progress=lambda step: progress.update(task, completed=step.homes_done),
        )
    results.print(f"{changed} findings are new, different or withdrawn.")


def _workers(scheduler: str | None, homes: int) -> AbstractContextManager[Executor]:
    return pool(max(1, min(cores(), homes)), interruptible=True) if scheduler is None else cluster(scheduler)


def findings(installation: Installation, first: date | None, last: date | None, *, as_json: bool) -> None:
    """Print the findings that hold and touch the days from `first` to `last` (UTC days, both included)."""
    start = datetime.combine(first or date(2000, 1, 1), datetime.min.time(), UTC)
    end = datetime.combine((last or date(2199, 12, 31)) + timedelta(days=1), datetime.min.time(), UTC)
    with installation.database() as database, database.transaction() as connection:
        rows = analytics.reads.findings_that_hold(connection, start, end)
        homes = {home.home_id: home.key for home in registry.reads.homes(connection)}
        persons = {person.person_id: person.key for person in registry.reads.persons(connection)}
    found = [_line(row, homes, persons) for row in rows]
    if as_json:
        print(json.dumps(found, indent=2))
        return
    table = Table("home", "from", "kind", "severity", "coverage", "explanation")
    for line in found:
        kind = line["kind"] + (" (on trial)" if line["trial"] else "")
        table.add_row(
            line["home"], line["from"][:16], kind, f"{line['severity']:.2f}", f"{line['coverage']:.0%}",
            line["explanation"]["en"],
        )  # fmt: skip
    results.print(table)


def _line(row: dict[str, Any], homes: dict[int, str], persons: dict[int, str]) -> dict[str, Any]:
    return {
        "kind": row["kind"],
        "family": row["family"],
        "person": persons.get(row["person_id"]),
        "home": homes[row["home_id"]],
        "from": row["started_at"].isoformat(),
        "to": row["ended_at"].isoformat(),
        "severity": row["severity"],
        "coverage": row["coverage"],
        "detector": row["detector"],
        "trial": row["trial"],
        "explanation": {"it": row["explanation_it"], "en": row["explanation_en"]},
        "evidence": row["evidence"],
    }

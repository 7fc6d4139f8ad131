"""`vicino analyse` and `vicino findings`: stored history computed again, and what was found."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rich.table import Table

import analytics.jobs
import analytics.reads
import registry.reads
from cli.installation import Installation
from cli.replay import progress_bar
from cli.screen import results
from core.clock import Clock


def analyse(installation: Installation, first: date, last: date, clock: Clock) -> None:
    """Compute the days from `first` to `last` (both included) of all homes again, with a progress bar."""
    with installation.database() as database, progress_bar() as progress:
        task = progress.add_task("Homes analysed", total=None)
        changed = analytics.jobs.analyse(
            database,
            first,
            last,
            clock=clock,
            progress=lambda step: progress.update(task, completed=step.homes_done, total=step.homes),
        )
    results.print(f"{changed} findings are new, different or withdrawn.")


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

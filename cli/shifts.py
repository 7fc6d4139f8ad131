"""`vicino shifts`: who is on duty when, and when nobody is."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from alerts.policies.repository import known
from alerts.shifts import document, repository
from alerts.shifts.calendar import Duty, duties
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data, Json
from cli.screen import errors_in_words, results
from core.clock import SystemClock

app = typer.Typer(help="Shifts: who is on duty when, and when nobody is.", no_args_is_help=True)
Days = Annotated[int, typer.Option(help="For how many days from now on.", min=1, max=92)]


@app.command("load")
def load_shifts(
    file: Annotated[Path, typer.Argument(help="The YAML file; docs/examples/shifts.yaml is an example.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Make the rotas of the organisations that a file names what it says, and tell the hours nobody covers."""
    now = SystemClock().now()
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        there = known(connection)
        changed = repository.load(connection, document.load(file, there.organisations, there.logins), now)
        lines = _lines(repository.rotas_of(connection), now, 14, only_gaps=True)
    for each in changed:
        said = f"version {each.version} holds from now on" if each.version else "has ended"
        results.print(f"{each.organisation} {each.key}: {said}.", highlight=False)
    if not changed:
        results.print("Nothing was changed.")
    for line in lines:
        results.print(f"{line['rota']}: {_nobody(line)}.", highlight=False)


@app.command("show")
def show_shifts(days: Days = 7, data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """Show who is on duty from now on."""
    _show(data, days, only_gaps=False, as_json=as_json)


@app.command("gaps")
def show_gaps(days: Days = 14, data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """Show when nobody is on duty from now on; the exit code is 1 if there are such hours."""
    if _show(data, days, only_gaps=True, as_json=as_json):
        raise typer.Exit(1)


def _show(data: Path, days: int, *, only_gaps: bool, as_json: bool) -> int:
    now = SystemClock().now()
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        held = repository.rotas_of(connection)
        lines = _lines(held, now, days, only_gaps=only_gaps)
    if as_json:
        print(json.dumps(lines, indent=2))
        return len(lines)
    if not held:
        results.print("There are no rotas: write them into a file and load it.")
    elif only_gaps and not lines:
        results.print(f"Somebody is on duty at any time of the next {days} days.")
    elif only_gaps:
        for line in lines:
            results.print(f"{line['rota']}: {_nobody(line)}.", highlight=False)
    else:
        table = Table("rota", "from", "to", "on duty")
        for line in lines:
            table.add_row(line["rota"], line["from"], line["to"], ", ".join(line["people"]) or "NOBODY")
        results.print(table)
    return len(lines)


def _lines(held: list[repository.Held], now: datetime, days: int, *, only_gaps: bool) -> list[dict[str, Any]]:
    return [
        _line(each, duty)
        for each in held
        for duty in duties(each.rota, now, now + timedelta(days=days))
        if not (only_gaps and duty.people)
    ]


def _line(held: repository.Held, duty: Duty) -> dict[str, Any]:
    begins, ends = (at.astimezone(held.rota.zone) for at in (duty.start, duty.end))
    return {
        "organisation": held.organisation,
        "rota": held.rota.key,
        "from": begins.isoformat(timespec="minutes"),
        "to": ends.isoformat(timespec="minutes"),
        "people": sorted(duty.people),
    }


def _nobody(line: dict[str, Any]) -> str:
    begins, ends = (datetime.fromisoformat(line[edge]) for edge in ("from", "to"))
    return f"nobody on duty {begins:%a %d %b %H:%M}-{ends:%a %d %b %H:%M}"

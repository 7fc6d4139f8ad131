"""`vicino visits`: who is expected at a home, and when."""

import json
from datetime import date, datetime, time
from typing import Annotated, Any

import typer
from psycopg import Connection
from psycopg.rows import DictRow
from rich.table import Table

import analytics.rules.repository as stored
import registry.reads
from analytics.homes import homes
from analytics.rules.timetable import ExpectedVisit
from analytics.visits import proposed_visits
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import errors_in_words, results
from core.clock import SystemClock
from core.errors import VicinoError
from core.localtime import day_of

app = typer.Typer(
    help="Visits that are expected: a home is told of where one does not take place.", no_args_is_help=True
)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Day = datetime


@app.command("list")
def list_visits(
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List who is expected where and when."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        keys = {each.home_id: each.key for each in registry.reads.homes(connection)}
        lines = [_line(keys[home_id], visit) for home_id, visit in stored.visits_of_all(connection)]
    if as_json:
        print(json.dumps(lines, indent=2))
        return
    table = Table("visit", "home", "who", "weekdays", "from", "to", "first day", "last day")
    for line in lines:
        table.add_row(
            str(line["visit"]), line["home"], line["who"], ",".join(line["weekdays"]), line["from"], line["to"],
            line["first"], line["last"] or "",
        )  # fmt: skip
    results.print(table)


@app.command("add")
def add_visit(
    home: Annotated[str, typer.Argument(help="The home's key, as in the registry.")],
    weekdays: Annotated[str, typer.Option(help="As mon,tue,fri; daily for all of them.")],
    begins: Annotated[Day, typer.Option("--from", formats=["%H:%M"], help="From when, on the home's clock.")],
    ends: Annotated[Day, typer.Option("--to", formats=["%H:%M"], help="Until when.")],
    who: Annotated[str, typer.Option(help="Who comes, as it is said in alerts.")] = "",
    grace: Annotated[int | None, typer.Option(help="Minutes after its end; 45 if not given.", min=0, max=480)] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Enter a visit that is expected from today on."""
    clock = SystemClock()
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        found = _home(connection, home)
        today = day_of(clock.now(), found.zone)
        visit = ExpectedVisit(0, who, _weekdays(weekdays), _clock(begins), _clock(ends), grace, today)
        number = stored.put_visit(connection, found.home_id, visit, None, clock.now())
    results.print(f"Visit {number} is expected at {home}.")


@app.command("end")
def end_visit(
    visit: Annotated[int, typer.Argument(help="The visit's number, as vicino visits list tells.")],
    last: Annotated[Day, typer.Option("--last", formats=["%Y-%m-%d"], help="The last day on which it is expected.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Say on which day a visit is expected for the last time."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        if not stored.end_visit(connection, visit, last.date()):
            raise VicinoError(f"There is no visit {visit}.", advice="see them with: vicino visits list")
    results.print(f"Visit {visit} is expected for the last time on {last.date()}.")


@app.command("propose")
def propose_visits(
    home: Annotated[str, typer.Argument(help="The home's key, as in the registry.")],
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Tell which visits the front door has shown in the last four weeks, to enter those that are to be expected."""
    clock = SystemClock()
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        found = _home(connection, home)
        lines: list[dict[str, Any]] = [
            {
                "weekdays": [WEEKDAYS[number] for number in sorted(one.weekdays)],
                "from": f"{one.begins:%H:%M}",
                "to": f"{one.ends:%H:%M}",
                "came": one.came,
                "days": one.days,
            }
            for one in proposed_visits(connection, homes(connection)[found.home_id], clock.now())
        ]
    if as_json:
        print(json.dumps(lines, indent=2))
        return
    table = Table("weekdays", "from", "to", "seen on days")
    for line in lines:
        table.add_row(",".join(line["weekdays"]), line["from"], line["to"], f"{line['came']} of {line['days']}")
    results.print(table)


def _home(connection: Connection[DictRow], key: str) -> registry.reads.Home:
    found = next((each for each in registry.reads.homes(connection) if each.key == key), None)
    if found is None:
        raise VicinoError(f"There is no home {key!r}.", advice="see the homes with: vicino registry show")
    return found


def _clock(at: datetime) -> time:
    return at.time()


def _weekdays(text: str) -> frozenset[int]:
    names = WEEKDAYS if text == "daily" else tuple(part.strip() for part in text.split(","))
    unknown = [name for name in names if name not in WEEKDAYS]
    if unknown:
        raise VicinoError(
            f"{', '.join(unknown)}: no such weekday.", kept="Nothing was entered.", advice=f"use {','.join(WEEKDAYS)}"
        )
    return frozenset(WEEKDAYS.index(name) for name in names)


def _line(home: str, visit: ExpectedVisit) -> dict[str, Any]:
    return {
        "visit": visit.visit_id,
        "home": home,
        "who": visit.who,
        "weekdays": [WEEKDAYS[number] for number in sorted(visit.weekdays)],
        "from": f"{visit.begins:%H:%M}",
        "to": f"{visit.ends:%H:%M}",
        "grace_minutes": visit.grace,
        "first": _day(visit.first),
        "last": visit.last and _day(visit.last),
    }


def _day(day: date) -> str:
    return day.isoformat()

"""`vicino digest`: which contacts are told once a day how things stand."""

import json
from datetime import datetime
from typing import Annotated

import typer
from psycopg import Connection
from psycopg.rows import DictRow
from rich.table import Table

from alerts.addresses.ways import ways_of
from alerts.digest import repository
from alerts.lifecycle import Family
from cli.addresses import person
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import errors_in_words, results
from core.clock import SystemClock
from core.errors import VicinoError

app = typer.Typer(help="Contacts who want to be told once a day how things stand.", no_args_is_help=True)
FIRST = "first"
Who = Annotated[str, typer.Argument(help="The keys of a person and of one of its contacts: rosa/figlia.")]


@app.command("list")
def list_wanted(
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List who wants it, at what time of the home's clock, and by which channel."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        lines = [
            {"contact": each.who, "at": f"{each.at:%H:%M}", "by": each.channel or FIRST}
            for each in repository.all_wanted(connection)
        ]
    if as_json:
        print(json.dumps(lines, indent=2))
        return
    table = Table("contact", "at", "by")
    for line in lines:
        table.add_row(line["contact"], line["at"], line["by"])
    results.print(table)


@app.command("want")
def want(
    who: Who,
    at: Annotated[datetime, typer.Option("--at", formats=["%H:%M"], help="At what time of the home's clock.")],
    by: Annotated[
        str,
        typer.Option(help=f"By which channel, or `{FIRST}` that reaches them. Without it, as it was chosen before."),
    ] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """Tell a contact every day, from the next time on, that all is well, or why that cannot be said."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        contact = _contact(connection, who)
        repository.want(connection, contact, at.time(), SystemClock().now())
        if by:
            repository.choose_way(connection, contact, _channel(connection, who, by))
    results.print(f"{who} is told every day at {at:%H:%M}{f', by {by}' if by and by != FIRST else ''}.")


@app.command("stop")
def stop(who: Who, data: Data = DEFAULT_DATA) -> None:
    """Tell a contact no more; alerts are told as before."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        if not repository.unwant(connection, _contact(connection, who)):
            raise VicinoError(f"{who} is not told every day.", advice="see who is with: vicino digest list")
    results.print(f"{who} is not told every day any more.")


def _channel(connection: Connection[DictRow], who: str, by: str) -> str | None:
    if by == FIRST:
        return None
    found = person(connection, who)
    known = dict.fromkeys(way.channel for way in ways_of(connection, [found], family=Family.WELLBEING)[found])
    if by not in known:
        raise VicinoError(
            f"{who} is not reached by {by!r}; nothing was changed.",
            advice=f"name one of: {', '.join([*known, FIRST])}; or enter an address: vicino addresses set",
        )
    return by


def _contact(connection: Connection[DictRow], who: str) -> int:
    found = person(connection, who)
    if found.contact_id is None:
        raise VicinoError(
            f"{who!r} is an account: only contacts are told every day.", advice="name a contact, like rosa/figlia"
        )
    return found.contact_id

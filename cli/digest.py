"""`vicino digest`: which contacts are told once a day how things stand."""

import json
from datetime import datetime
from typing import Annotated

import typer
from psycopg import Connection
from psycopg.rows import DictRow
from rich.table import Table

from alerts.digest import repository
from cli.addresses import person
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import errors_in_words, results
from core.clock import SystemClock
from core.errors import VicinoError

app = typer.Typer(help="Contacts who want to be told once a day how things stand.", no_args_is_help=True)
Who = Annotated[str, typer.Argument(help="The keys of a person and of one of its contacts: rosa/figlia.")]


@app.command("list")
def list_wanted(
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List who wants it, and at what time of the home's clock."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        lines = [{"contact": each.who, "at": f"{each.at:%H:%M}"} for each in repository.all_wanted(connection)]
    if as_json:
        print(json.dumps(lines, indent=2))
        return
    table = Table("contact", "at")
    for line in lines:
        table.add_row(line["contact"], line["at"])
    results.print(table)


@app.command("want")
def want(
    who: Who,
    at: Annotated[datetime, typer.Option("--at", formats=["%H:%M"], help="At what time of the home's clock.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Tell a contact every day, from the next time on, that all is well, or why that cannot be said."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        repository.want(connection, _contact(connection, who), at.time(), SystemClock().now())
    results.print(f"{who} is told every day at {at:%H:%M}.")


@app.command("stop")
def stop(who: Who, data: Data = DEFAULT_DATA) -> None:
    """Tell a contact no more; alerts are told as before."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        if not repository.unwant(connection, _contact(connection, who)):
            raise VicinoError(f"{who} is not told every day.", advice="see who is with: vicino digest list")
    results.print(f"{who} is not told every day any more.")


def _contact(connection: Connection[DictRow], who: str) -> int:
    found = person(connection, who)
    if found.contact_id is None:
        raise VicinoError(
            f"{who!r} is an account: only contacts are told every day.", advice="name a contact, like rosa/figlia"
        )
    return found.contact_id

"""`vicino contexts list`: what is going on in homes, entered or proposed, and what it keeps from being told."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

import registry.reads
from analytics.contexts.reads import all_contexts, silenced_by_context
from cli import screen
from cli.installation import Installation

app = typer.Typer(help="What is going on in homes: entered, or proposed by the system.", no_args_is_help=True)


@app.callback()
def contexts() -> None:
    """Have `list` as a command of its own, as there is one alone."""


@app.command("list")
def list_(
    home: Annotated[str | None, typer.Option(help="Only the home with this key.")] = None,
    data: Annotated[Path, typer.Option("--data", envvar="VICINO_DATA", help="Folder of the installation.")] = Path(
        "data/vicino"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List contexts by home and beginning, also those that were refused."""
    with screen.errors_in_words():
        with Installation(data).database() as database, database.transaction() as connection:
            keys = {each.home_id: each.key for each in registry.reads.homes(connection)}
            rows = [
                {"home": keys[row.pop("home_id")], **row}
                for row in all_contexts(connection)
                if home in (None, keys[row["home_id"]])
            ]
            silenced = silenced_by_context(connection)
        if as_json:
            print(json.dumps({"contexts": rows, "kept_back": silenced}, indent=2, default=str))
            return
        table = Table("home", "kind", "from", "to", "standing", "confidence", "why")
        for row in rows:
            end = "" if row["ended_at"] is None else f"{row['ended_at']:%Y-%m-%d %H:%M}"
            start = f"{row['started_at']:%Y-%m-%d %H:%M}"
            sure = f"{row['confidence']:.2f}" if row["detector"] else ""
            table.add_row(row["home"], row["kind"], start, end, row["standing"], sure, row["why_en"] or row["note"])
        screen.results.print(table)
        for kind, count in silenced.items():
            screen.results.print(f"{count} findings kept back: {kind}")

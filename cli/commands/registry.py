"""`vicino registry`."""

from pathlib import Path
from typing import Annotated

import typer

import devices.reads
import registry.file
import registry.show
from cli import homes, screen
from cli.changes import tell_changes
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data

app = typer.Typer(help="Who lives where, and what is installed there.", no_args_is_help=True)


@app.command("apply")
def apply(
    file: Annotated[Path, typer.Argument(help="The YAML file; docs/examples/registry.yaml is an example.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Make the registry what a file says. Nothing is deleted; the same file again changes nothing."""
    document = registry.file.load(file)
    with Installation(data).database() as database:
        tell_changes(homes.apply(database, document))


@app.command("show")
def show(data: Data = DEFAULT_DATA) -> None:
    """Show organisations, homes, rooms, persons and devices as a tree."""
    with Installation(data).database() as database, database.transaction() as connection:
        screen.results.print(registry.show.show(connection, devices.reads.devices(connection)))

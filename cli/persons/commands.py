"""`vicino person`: what somebody in care has a right to."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.persons.copying import write_copy
from cli.persons.erasing.commands import erase, erasures, print_certificate
from cli.screen import errors_in_words, messages, results
from core.clock import SystemClock

app = typer.Typer(
    help="What somebody in care has a right to: a copy of what is held about them, and that it is erased.",
    no_args_is_help=True,
)
Key = Annotated[str, typer.Argument(metavar="PERSON", help="Key of the person, as in the registry file.")]


app.command("erase")(erase)
app.command("erasures")(erasures)
app.command("certificate")(print_certificate)


@app.command("export")
def export(
    key: Key,
    to: Annotated[Path, typer.Option("--to", help="The new file, a ZIP.")],
    by: Annotated[str, typer.Option("--by", help="Login of the administrator who hands it over; it is noted.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Write all that is held about a person into one file: an index to read and print, and tables."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with errors_in_words(), Installation(data).database() as database:
        with Progress(*columns, console=messages, transient=True) as bar:
            task = bar.add_task("", total=None)
            size = write_copy(
                database, key, to, by, SystemClock(),
                lambda part, rows: bar.update(task, description=f"{part}: {rows:,} lines"),
            )  # fmt: skip
        results.print(f"{to}: {size:,} bytes. Hand it over in person, or encrypted.", highlight=False, soft_wrap=True)

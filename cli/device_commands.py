"""The commands under `vicino devices`."""

from pathlib import Path
from typing import Annotated

import typer

from cli import device_coverage

app = typer.Typer(help="Models of devices and what Vicino makes of them.", no_args_is_help=True)


@app.callback()
def devices() -> None:
    """Keep the command below a name of its own while it is the only one."""


@app.command()
def coverage(
    file: Annotated[
        Path, typer.Argument(help="Models and their exposes, one JSON object a line: .jsonl or .jsonl.gz.")
    ],
    unknown: Annotated[int, typer.Option(help="List so many of the most frequent unknown properties.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Tell how many exposed properties are mapped to a quantity, ignored with a reason, or unknown."""
    device_coverage.show(device_coverage.measure(file), unknown=unknown, as_json=as_json)

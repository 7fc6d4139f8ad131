"""The commands under `vicino bench`."""

from typing import Annotated

import typer

from cli.bench import ingest as ingesting
from cli.screen import errors_in_words
from core.clock import SystemClock
from core.service import stop_on_signals

app = typer.Typer(help="Measure what this machine can do.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.command()
def ingest(
    readings: Annotated[int, typer.Option("--readings-per-message", help="Readings in one message.", min=1)] = 20,
    messages: Annotated[int, typer.Option(help="Messages that are sent.", min=1)] = 20_000,
    workers: Annotated[int, typer.Option(help="Ingest processes.", min=1, max=16)] = 1,
    as_json: Json = False,
) -> None:
    """Measure how many readings a second go from a broker to the commit, on a database and a broker of their own."""
    with errors_in_words():
        figures = ingesting.measure(
            SystemClock(), stop_on_signals(), readings=readings, messages=messages, workers=workers
        )
    ingesting.show(figures, as_json=as_json)

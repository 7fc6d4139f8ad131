"""The commands under `vicino bench`."""

import typer

app = typer.Typer(help="Measure what this machine can do.", no_args_is_help=True)

"""`vicino findings`."""

from datetime import datetime
from typing import Annotated

import typer

from cli import analyse as analysing
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data, Json
from cli.precision import show_precision

Day = datetime
app = typer.Typer(help="What analysis has found, and how often it was right.")
app.command("precision")(show_precision)


@app.callback(invoke_without_command=True)
def findings(
    context: typer.Context,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of a finding.")
    ] = None,
    last: Annotated[Day | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day of a finding.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """List what analysis has found."""
    if context.invoked_subcommand is None:
        analysing.findings(Installation(data), first and first.date(), last and last.date(), as_json=as_json)

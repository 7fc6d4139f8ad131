"""`vicino analyse`."""

from datetime import datetime
from typing import Annotated

import typer

from cli import analyse as analysing
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from core.clock import SystemClock


def analyse(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First local day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last local day.")],
    data: Data = DEFAULT_DATA,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Address of a Dask scheduler whose workers compute them, as tcp://10.0.0.5:8786."),
    ] = None,
) -> None:
    """Compute stored days again, walk-forward: each day sees only what could have been seen then."""
    analysing.analyse(Installation(data), first.date(), last.date(), SystemClock(), scheduler)

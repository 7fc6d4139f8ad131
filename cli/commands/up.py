"""`vicino up`."""

from typing import Annotated

import typer

from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.up import up as run_up
from core.clock import SystemClock


def up(
    data: Data = DEFAULT_DATA,
    port: Annotated[
        int | None, typer.Option(help="Port of the pages; a free one if not given.", min=0, max=65535)
    ] = None,
    simulator: Annotated[bool, typer.Option("--simulator", help="Also run simulated homes.")] = False,
    homes_: Annotated[int, typer.Option("--homes", help="How many simulated homes.", min=1, max=99)] = 3,
) -> None:
    """Run all services of one machine in the foreground, until Ctrl-C."""
    run_up(Installation(data), SystemClock(), port=port, simulated_homes=homes_ if simulator else 0)

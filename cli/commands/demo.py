"""`vicino demo`."""

from pathlib import Path
from typing import Annotated

import typer

from cli import demo as demonstration
from cli.options import Data
from core.clock import SystemClock

DEFAULT_DEMO_DATA = Path("data/demo")


def demo(
    data: Data = DEFAULT_DEMO_DATA,
    port: Annotated[
        int | None, typer.Option(help="Port of the pages; a free one if not given.", min=0, max=65535)
    ] = None,
) -> None:
    """Run a demonstration: twelve simulated homes, two months of history, and a story that unfolds by itself."""
    demonstration.demo(data, SystemClock(), port=port)

"""Options that most commands have."""

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_DATA = Path("data/vicino")
Data = Annotated[Path, typer.Option("--data", envvar="VICINO_DATA", help="Folder of the installation.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

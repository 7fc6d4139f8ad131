"""`vicino status`."""

import typer

from cli import status as standing
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data, Json
from core.clock import SystemClock


def status(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """Tell what runs, how far behind it is, and how many readings are stored, rejected and pending.

    The exit code is 1 if nothing runs.
    """
    found = standing.status(Installation(data), SystemClock())
    standing.show(found, as_json=as_json)
    raise typer.Exit(0 if found["running"] else 1)

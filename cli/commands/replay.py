"""`vicino replay`."""

from pathlib import Path
from typing import Annotated

import typer

from cli import replay as replaying
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from core.clock import SystemClock
from core.errors import VicinoError
from gateway.recordings.formats import FORMATS


def replay(
    path: Annotated[Path, typer.Argument(help="The recording: a folder or a file.")],
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")],
    speed: Annotated[
        str, typer.Option(help="'max', or how many seconds pass in one: 60 plays an hour a minute.")
    ] = "max",
    homes_limit: Annotated[int | None, typer.Option("--homes", help="At most so many homes.", min=1)] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Send a recording through the gateway's own code, over MQTT, into a running installation."""
    whole = replaying.replay(
        Installation(data), path, form, speed=_speed(speed), homes_limit=homes_limit, clock=SystemClock()
    )
    raise typer.Exit(0 if whole else 1)


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise VicinoError(f"{text!r} is no speed.", advice="say 'max', or a number such as 60")
    return speed

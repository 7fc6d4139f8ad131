"""`vicino rejects`."""

from typing import Annotated

import typer

from cli import rejects as rejecting
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data, Json
from core.clock import SystemClock

app = typer.Typer(help="What could not be stored, and trying it again.", no_args_is_help=True)


@app.command("list")
def list_(
    reason: Annotated[str | None, typer.Option(help="Only what was rejected for this reason.")] = None,
    gateway: Annotated[str | None, typer.Option(help="Only what this gateway sent.")] = None,
    replayable: Annotated[bool, typer.Option("--replayable", help="Only what would be stored now.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many messages.", min=1, max=10_000)] = 20,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Show what could not be stored, by reason and gateway, and the latest messages."""
    rejecting.show_list(
        Installation(data),
        SystemClock(),
        reason=reason,
        gateway=gateway,
        replayable=replayable,
        limit=limit,
        as_json=as_json,
    )


@app.command("show")
def show(
    number: Annotated[int, typer.Argument(help="The number, as `vicino rejects list` shows it.")],
    raw: Annotated[bool, typer.Option("--raw", help="Write the bytes as they came, and nothing else.")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Show one message that could not be stored: why, what to do, and what it says."""
    rejecting.show_one(Installation(data), number, raw=raw)


@app.command("replay")
def replay(
    numbers: Annotated[list[int] | None, typer.Argument(help="Their numbers.")] = None,
    reason: Annotated[str | None, typer.Option(help="All that was rejected for this reason.")] = None,
    gateway: Annotated[str | None, typer.Option(help="All of this gateway that may be stored now.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that may be stored now.")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Try again what could not be stored. What can be is stored with its own time, and never twice."""
    rejecting.replay(
        Installation(data), SystemClock(), numbers or (), reason=reason, gateway=gateway, everything=everything
    )

"""`vicino backtest`."""

from typing import Annotated

import typer

from cli import backtest as backtesting
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data, Json
from core.clock import SystemClock


def backtest(
    rule: Annotated[str, typer.Argument(help="A rule (see vicino rules list), or an indicator for its detector.")],
    days: Annotated[int, typer.Option(help="How many days, up to yesterday.", min=1, max=366)] = 60,
    home: Annotated[str | None, typer.Option(help="One home by its key; all homes if not given.")] = None,
    changed: Annotated[
        list[str] | None, typer.Option("--set", help="FIELD=VALUE: judge by this instead of what is set.")
    ] = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Tell what a rule or detector would have raised over stored days, beside what was raised; nothing is stored."""
    backtesting.run(Installation(data), SystemClock(), rule, days, home, changed or [], as_json=as_json)

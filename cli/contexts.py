"""`vicino contexts`: what is going on in homes, entered or proposed: listed, entered, confirmed and refused.

Whoever enters or answers does so as an account (`--as`): the database decides whether it may, and its name stays.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

import registry.reads
from analytics.contexts import actions
from analytics.contexts.kinds import ContextKind
from analytics.contexts.reads import all_contexts, silenced_by_context
from cli import screen
from cli.acting import seen_by
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from core.clock import SystemClock
from core.database import View
from core.errors import VicinoError

app = typer.Typer(help="What is going on in homes: entered, or proposed by the system.", no_args_is_help=True)

As = Annotated[str, typer.Option("--as", help="The login of the operator or coordinator who says so.")]
Asked = Annotated[UUID, typer.Argument(help="The context, as vicino contexts list --json tells (public_id).")]
Moment = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="On the home's clock; now.")
]
End = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="On the home's clock; open if not given."),
]


@app.command("list")
def list_(
    home: Annotated[str | None, typer.Option(help="Only the home with this key.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List contexts by home and beginning, also those that were refused."""
    with screen.errors_in_words():
        with Installation(data).database() as database, database.transaction() as connection:
            keys = {each.home_id: each.key for each in registry.reads.homes(connection)}
            rows = [
                {"home": keys[row.pop("home_id")], **row}
                for row in all_contexts(connection)
                if home in (None, keys[row["home_id"]])
            ]
            silenced = silenced_by_context(connection)
        if as_json:
            print(json.dumps({"contexts": rows, "kept_back": silenced}, indent=2, default=str))
            return
        table = Table("context", "home", "kind", "from", "to", "standing", "confidence", "why")
        for row in rows:
            end = "" if row["ended_at"] is None else f"{row['ended_at']:%Y-%m-%d %H:%M}"
            start = f"{row['started_at']:%Y-%m-%d %H:%M}"
            sure = f"{row['confidence']:.2f}" if row["detector"] else ""
            why = row["why_en"] or row["note"]
            table.add_row(str(row["public_id"]), row["home"], row["kind"], start, end, row["standing"], sure, why)
        screen.results.print(table)
        for kind, count in silenced.items():
            screen.results.print(f"{count} findings kept back: {kind}")


@app.command("add")
def add(
    home: Annotated[str, typer.Argument(help="The home's key, as in the registry.")],
    kind: Annotated[ContextKind, typer.Argument(help="What is going on.")],
    login: As,
    start: Moment = None,
    end: End = None,
    note: Annotated[str, typer.Option(help="For colleagues.")] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """Enter what is going on in a home, from now on where no beginning is given. The same again is entered once."""
    now = SystemClock().now()

    def act(view: View) -> UUID:
        found = next((each for each in registry.reads.seen_homes(view, cared=True) if each.key == home), None)
        if found is None:
            raise VicinoError(
                f"There is no home {home!r} for {login}.",
                kept="Nothing was entered.",
                advice="see the homes with: vicino registry show",
            )
        begins, ends = (each and each.replace(tzinfo=found.zone).astimezone(UTC) for each in (start, end))
        return actions.enter(view, UUID(str(found.public_id)), kind, begins or now, ends, note, now)

    made = _done(data, login, act)
    screen.results.print(f"Entered: {kind} at {home}, {made}.", soft_wrap=True)


@app.command("confirm")
def confirm(
    context: Asked,
    login: As,
    kind: Annotated[ContextKind | None, typer.Option(help="What it is instead of what was proposed.")] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Say that what the system proposes is so, perhaps as something else."""
    _done(data, login, lambda view: actions.confirm(view, context, kind, SystemClock().now()))
    screen.results.print(f"Confirmed: {context}.", soft_wrap=True)


@app.command("refuse")
def refuse(context: Asked, login: As, data: Data = DEFAULT_DATA) -> None:
    """Say that what the system proposes is not so: it has no effect, and is not proposed again."""
    _done(data, login, lambda view: actions.refuse(view, context, SystemClock().now()))
    screen.results.print(f"Refused: {context}.", soft_wrap=True)


def _done(data: Path, login: str, act: Callable[[View], UUID]) -> UUID:
    """Carry out an action as an account."""
    installation = Installation(data)
    with screen.errors_in_words(), seen_by(installation, login) as view:
        return act(view)

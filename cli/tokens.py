"""`vicino token`: what programs sign in with at the REST API."""

import json
from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table

from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import errors_in_words, results
from core.clock import SystemClock
from core.errors import VicinoError
from dashboards.api import repository
from dashboards.api.access import PREFIX
from dashboards.api.repository import TokenLine
from dashboards.api.scopes import MEANINGS, Scope
from dashboards.tokens import digest, new_token

STANDS = {
    "good": "good until {day}",
    "ended": "ended on {day}",
    "expired": "expired on {day}",
    "closed": "of no use: its account is closed",
}

app = typer.Typer(help="Tokens: what programs sign in with at the REST API.", no_args_is_help=True)


@app.command("make")
def make(
    login: Annotated[str, typer.Argument(help="The account that the program acts for; it sees no more than that.")],
    name: Annotated[str, typer.Option(help="What the token is for, so that it can be told from others.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; give it once for each.")],
    days: Annotated[int, typer.Option(help="It lasts so many days.", min=1, max=730)] = 365,
    data: Data = DEFAULT_DATA,
) -> None:
    """Make a token and print it, once: only a digest of it is kept."""
    made = PREFIX + new_token()
    with errors_in_words():
        if not name.strip():
            raise VicinoError("A token needs a name.", advice="say what it is for: --name 'evaluation of the pilot'")
        with Installation(data).database() as database, database.transaction() as connection:
            number = repository.make_token(
                connection, login, digest(made), name.strip(), scope, SystemClock().now(), timedelta(days=days)
            )
        if number is None:
            raise VicinoError(f"There is no active account {login!r}.", advice="see them with: vicino account list")
    print(made)


@app.command("list")
def list_tokens(
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the tokens, whom they act for, what they may do, and when they were last used."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        found = repository.tokens(connection, SystemClock().now())
    if as_json:
        print(json.dumps([one._asdict() for one in found], indent=2, default=str))
        return
    table = Table("number", "name", "acts for", "may do", "made", "last used", "how it stands")
    for one in found:
        used = f"{one.used_at:%Y-%m-%d}" if one.used_at else "never"
        table.add_row(
            str(one.token_id), one.name, one.login, " ".join(one.scopes), f"{one.made_at:%Y-%m-%d}", used, _stands(one)
        )
    results.print(table)


@app.command("end")
def end(
    number: Annotated[int, typer.Argument(help="The number of the token in the list.", min=1)],
    data: Data = DEFAULT_DATA,
) -> None:
    """End a token: what uses it is refused from the next request on."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        if not repository.end_token(connection, number, SystemClock().now()):
            raise VicinoError(
                f"There is no token {number}, or it is over already.", advice="see them with: vicino token list"
            )
    results.print(f"Token {number} is ended.")


@app.command("scopes")
def scopes() -> None:
    """Tell what the scopes mean."""
    table = Table("scope", "what it gives")
    for scope, meaning in MEANINGS.items():
        table.add_row(scope, meaning)
    results.print(table)


def _stands(one: TokenLine) -> str:
    return STANDS[one.stands].format(day=f"{one.over_at:%Y-%m-%d}")

"""`vicino account`."""

import getpass
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

import registry.reads
from cli import homes, screen
from cli.changes import tell_changes
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data, Json
from core.clock import SystemClock
from core.errors import VicinoError
from registry import accounts, second_factor
from registry.rules import ROLES

app = typer.Typer(help="Accounts of people who sign in.", no_args_is_help=True)
# By whom, in what an account is told of itself.
BY_COMMAND = "vicino account recovery"


@app.command("add")
def add(
    login: Annotated[str, typer.Argument(help="Lower-case letters, digits, '.', '_' and '-'.")],
    organisation: Annotated[str, typer.Option(help="Key of an organisation that exists.")],
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")] = "operator",
    name: Annotated[str, typer.Option(help="The person's name; the login if not given.")] = "",
    email: Annotated[str, typer.Option(help="Where notifications go.")] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """Make an account, or give one another role; nothing is taken away. Set its password afterwards."""
    with Installation(data).database() as database:
        known = homes.organisations(database)
        if organisation not in {each.key for each in known}:
            raise VicinoError(
                f"There is no organisation {organisation!r}.",
                advice=f"choose one of: {', '.join(each.key for each in known)}",
            )
        tell_changes(
            homes.apply(database, homes.account_document(known, login, name or login, email, organisation, role))
        )


@app.command("password")
def password(
    login: Annotated[str, typer.Argument(help="The login, as in the registry file.")],
    from_stdin: Annotated[bool, typer.Option("--stdin", help="Read the password from standard input.")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Set the password of an account."""
    with Installation(data).database() as database:
        password = sys.stdin.readline().rstrip("\n") if from_stdin else _ask_password()
        with database.transaction() as connection:
            accounts.set_password(connection, login, password, SystemClock().now())
    screen.results.print(f"The password of {login} is set.")


@app.command("recovery")
def recovery(
    login: Annotated[str, typer.Argument(help="The login.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Hand out a code for whoever has lost the second factor; it is shown this once. Their sign-ins are ended."""
    with Installation(data).database() as database, database.transaction() as connection:
        issued = second_factor.hand_out(connection, login, BY_COMMAND, SystemClock().now())
    print(issued.code)
    screen.messages.print(
        f"With it and the password {login} signs in once, until {issued.expires_at:%Y-%m-%d %H:%M} UTC, and sets up"
        " one-time codes anew. Hand it over in person: it is kept nowhere.",
        highlight=False,
    )


@app.command("close")
def close(
    login: Annotated[str, typer.Argument(help="The login.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Close an account: nobody can sign in with it, and whoever is signed in is out at once. What it did stays."""
    _open_or_close(data, login, active=False)
    screen.results.print(f"The account {login} is closed.")


@app.command("open")
def open_(
    login: Annotated[str, typer.Argument(help="The login.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Open a closed account again."""
    _open_or_close(data, login, active=True)
    screen.results.print(f"The account {login} is open.")


@app.command("remove-role")
def remove_role(
    login: Annotated[str, typer.Argument(help="The login.")],
    organisation: Annotated[str, typer.Option(help="Key of the organisation.")],
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Take a role away, from the next request on."""
    with Installation(data).database() as database, database.transaction() as connection:
        accounts.remove_role(connection, login, organisation, role)
    screen.results.print(f"{login} is no longer {role} of {organisation}.")


@app.command("list")
def list_(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """List the accounts and their roles."""
    with Installation(data).database() as database, database.transaction() as connection:
        lines = registry.reads.accounts(connection)
    if as_json:
        print(json.dumps([line._asdict() for line in lines], indent=2, default=str))
        return
    table = Table(*(name.replace("_", " ") for name in lines[0]._fields)) if lines else None
    if table is None:
        screen.results.print("There are no accounts yet: describe them in a file and apply it.")
        return
    for line in lines:
        table.add_row(*(str(value) for value in line))
    screen.results.print(table)


def _open_or_close(data: Path, login: str, *, active: bool) -> None:
    with Installation(data).database() as database, database.transaction() as connection:
        accounts.open_or_close(connection, login, SystemClock().now(), active=active)


def _ask_password() -> str:
    password = getpass.getpass("New password: ")
    if getpass.getpass("The same again: ") != password:
        raise VicinoError("The two passwords are not the same.", kept="the password as it was")
    return password

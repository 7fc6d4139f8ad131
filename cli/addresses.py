"""`vicino addresses`: how operators and families are reached, and in which order."""

import json
from typing import Annotated

import typer
from psycopg import Connection
from psycopg.rows import DictRow
from rich.table import Table

import registry.reads
from alerts.addresses import entering, repository
from alerts.addresses.ways import Recipient, recipient, ways_of
from alerts.channels.names import CHANNELS
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.push import enter_apprise
from cli.screen import errors_in_words, results
from core.clock import SystemClock
from core.errors import VicinoError

app = typer.Typer(help="How people are reached, the preferred way first.", no_args_is_help=True)
app.command("apprise")(enter_apprise)
Who = Annotated[str, typer.Argument(help="A login, or the keys of a person and of one of its contacts: rosa/figlia.")]
Channel = Annotated[str, typer.Argument(help=f"One of {', '.join(CHANNELS)}.")]


@app.command("show")
def show_addresses(
    who: Who,
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Show the ways to somebody in the order in which they are tried, and what is not used any more."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        found = person(connection, who)
        ways = ways_of(connection, [found])[found]
        accounts, contacts = ([each] if each is not None else [] for each in found[:2])
        gone = [row for row in repository.addresses_of(connection, accounts, contacts) if row["gone_at"] is not None]
    if as_json:
        lines = [way._asdict() for way in ways]
        left = [{"channel": row["channel"], "address": row["address"], "why": row["gone_for"]} for row in gone]
        print(json.dumps({"ways": lines, "gone": left}, indent=2))
        return
    table = Table("", "channel", "address", "not used because")
    for number, way in enumerate(ways, 1):
        table.add_row(str(number), way.channel, way.address, "")
    for row in gone:
        table.add_row("", row["channel"], row["address"], row["gone_for"])
    results.print(table)


@app.command("set")
def set_address(
    who: Who,
    channel: Channel,
    address: Annotated[str, typer.Argument(help="The address there.")],
    position: Annotated[int, typer.Option(help="The lowest is tried first.", min=1, max=99)] = 1,
    data: Data = DEFAULT_DATA,
) -> None:
    """Enter an address, or bring one back; what the registry knows of somebody goes on being tried after it."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        found = person(connection, who)
        _known(channel)
        kept = entering.enter(connection, found, channel, address, position, SystemClock().now())
    results.print(f"{who} is reached by {channel} at {kept}.")


@app.command("remove")
def remove_address(
    who: Who,
    channel: Channel,
    address: Annotated[str, typer.Argument(help="The address there.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Use an address no more, also where the registry still knows it."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        found = person(connection, who)
        _known(channel)
        entering.remove(connection, found, channel, address, SystemClock().now())
    results.print(f"{who} is not reached by {channel} at that address any more.")


def person(connection: Connection[DictRow], who: str) -> Recipient:
    """Return an account by its login, or a contact by `person/contact`. Raises `VicinoError` if there is none."""
    key, slash, contact = who.partition("/")
    found = (
        registry.reads.told_contact(connection, key, contact) if slash else registry.reads.told_account(connection, who)
    )
    if found is None:
        raise VicinoError(
            f"There is no {'contact' if slash else 'active account'} {who!r}.",
            advice="see them with: vicino account list, or vicino registry show",
        )
    return recipient(found)


def _known(channel: str) -> None:
    if channel not in CHANNELS:
        raise VicinoError(f"There is no channel {channel!r}.", advice=f"use one of: {', '.join(CHANNELS)}")

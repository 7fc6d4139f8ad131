"""`vicino channels`: what is set up of each channel, and a test message by one of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer
from pydantic import SecretStr
from rich.table import Table

from alerts.__main__ import transports
from alerts.addresses.ways import ways_of
from alerts.channels import levels
from alerts.channels.installed import installed
from alerts.channels.levels import Level
from alerts.channels.transport import NO_ALERT, Doubt, NoTransport, Outgoing, Transport, TransportError
from alerts.lifecycle import Family
from alerts.settings import AlertSettings
from cli.addresses import person
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import errors_in_words, results
from core.clock import SystemClock
from core.database import Database
from core.errors import VicinoError
from core.translation import mark, translator

app = typer.Typer(help="The channels by which people are reached.", no_args_is_help=True)
TEST = (
    mark("This is a test message from Vicino."),
    mark("Whoever reads it is reached here. Nothing has happened, and there is nothing to do."),
)


@app.command("list")
def list_channels(data: Data = DEFAULT_DATA) -> None:
    """List the channels as the settings of this terminal's environment set them up, and what each may know."""
    with errors_in_words(), _channels(data) as (_, channels, wanted):
        table = Table("channel", "set up", "may know")
        for channel, transport in channels.items():
            missing = transport.reason if isinstance(transport, NoTransport) else ""
            table.add_row(channel, missing or "yes", levels.level_of(channel, wanted).name.lower())
    results.print(table)


@app.command("test")
def send_test(
    channel: Annotated[str, typer.Argument(help="The channel, as vicino channels list tells them.")],
    to: Annotated[str, typer.Option("--to", help="A login, or a person's contact: rosa/figlia.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Send a message that says that it is a test to the first address of somebody there, and tell what came of it.

    It uses the settings of this terminal's environment, which should be those of the alert worker. The exit code is 1
    if it was not accepted.
    """
    clock = SystemClock()
    with errors_in_words(), _channels(data) as (database, channels, _):
        if channel not in channels:
            raise VicinoError(f"There is no channel {channel!r}.", advice="see them with: vicino channels list")
        with database.transaction() as connection:
            found = person(connection, to)
            way = next(iter(ways_of(connection, [found], channels=[channel])[found]), None)
        if way is None:
            raise VicinoError(
                f"There is no address of {to} for the channel {channel}.",
                advice=f"enter one with: vicino addresses set {to} {channel} ADDRESS",
            )
        began = clock.monotonic()
        named = _sent(channels[channel], _message(way.address, found.language, clock.now()))
    took = clock.monotonic() - began
    if isinstance(named, Doubt):
        results.print(f"It may have gone out: {named.value} by {channel}, after {took:.1f} s.")
        return
    results.print(f"Accepted by {channel} after {took:.1f} s{f', as {named}' if named else ''}.")


@contextmanager
def _channels(data: Path) -> Iterator[tuple[Database, dict[str, Transport], dict[str, Level]]]:
    installation, clock = Installation(data), SystemClock()
    with installation.database() as database:
        # The rest comes from the environment.
        settings = AlertSettings(database_url=SecretStr(installation.service_url))  # type: ignore[call-arg]
        found = {**transports(settings, clock), **installed(settings, database, clock).transports}
        yield database, found, levels.parse(settings.channel_levels)


def _sent(transport: Transport, message: Outgoing) -> str | Doubt | None:
    try:
        return transport.send(message)
    except TransportError as error:
        raise VicinoError(
            f"The message was not accepted: {error.reason}.",
            kept="It may have arrived all the same." if error.uncertain else "",
            advice="correct the settings or the address" if error.permanent else "try again later",
        ) from error


def _message(address: str, language: str, now: datetime) -> Outgoing:
    gettext = translator(language).gettext
    return Outgoing(
        public_id=uuid4(),
        alert_public_id=NO_ALERT,
        address=address,
        language=language,
        family=Family.TECHNICAL,
        kind="",
        municipality="",
        opened_at=now,
        step=0,
        said=tuple(gettext(sentence) for sentence in TEST),
    )

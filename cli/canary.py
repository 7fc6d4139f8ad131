"""`vicino canary`: a home of nobody's, from which test calls go through the whole chain of alerts."""

from pathlib import Path
from typing import Annotated

import typer

import devices.repository
import registry.reads
import registry.repository
from alerts.addresses.repository import enter
from alerts.canary.gateway import DEVICE, KEY, QUANTITY
from cli import access
from cli.installation import Installation
from cli.machine import BROKER_URL, Machine
from cli.options import DEFAULT_DATA, Data
from cli.screen import results
from core.access.accounts import HOMES
from core.clock import Clock, SystemClock
from core.credentials import Credentials
from core.database import Database
from embedded.privatefile import private_folder, write_private
from registry.document import Account, Device, Document, Home, Membership, Organisation
from registry.rules import CANARY

app = typer.Typer(help="Test calls through the whole chain of alerts.", no_args_is_help=True)

NAME = "Canary"
CHANNEL = "canary"
CREDENTIALS = "VICINO_CANARY_CREDENTIALS"
GATEWAY = "VICINO_CANARY_GATEWAY"
DOCUMENT = Document(
    organisations=(Organisation(KEY, NAME, CANARY),),
    # Nobody: it has no password and no address but the channel of test calls.
    accounts=(Account(KEY, NAME, memberships=(Membership(KEY, "operator"),)),),
    homes=(Home(KEY, KEY, NAME, gateway=KEY, devices=(Device(DEVICE, NAME, quantities=(QUANTITY,)),)),),
)


@app.command("register")
def register_(
    file: Annotated[
        Path | None, typer.Option("--file", help="Where to write the credentials; vicino-canary.toml if not given.")
    ] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Register the canary and make its credentials. `vicino up` then makes test calls; so does `alerts.watchdog`."""
    installation, clock = Installation(data), SystemClock()
    with installation.database() as database:
        register(database, clock)
        made = credentials(installation, database, clock)
    if made is None:
        results.print(f"Registered. The broker asks for no credentials: set {GATEWAY}={KEY}.", highlight=False)
        return
    path = file or Path(made.file_name)
    write_private(path, made.to_toml())
    results.print(f"Registered. The watchdog signs in by {path}: set {CREDENTIALS} to it.", highlight=False)


def register(database: Database, clock: Clock) -> None:
    """Put the canary into the registry: an organisation that nobody sees, with a home, a button and a channel."""
    with database.transaction() as connection:
        registry.repository.apply(connection, DOCUMENT)
        devices.repository.apply(connection, DOCUMENT)
        account_id = registry.reads.credentials(connection, KEY)
        if account_id is not None:
            enter(connection, account_id.account_id, None, CHANNEL, KEY, 1, clock.now())


def is_registered(database: Database) -> bool:
    """Tell whether the installation has a canary."""
    with database.transaction() as connection:
        return any(each.kind == CANARY for each in registry.reads.organisations(connection))


def credentials(installation: Installation, database: Database, clock: Clock) -> Credentials | None:
    """Make new credentials of the canary's gateway; None where the broker asks gateways for none."""
    if not installation.manages_accounts:
        return None
    (made,) = access.enrolled(installation, database, [KEY], clock)
    return made


def watch(made: Machine, clock: Clock) -> None:
    """Start the watchdog of a machine, with test calls where a canary is registered."""
    settings = {"VICINO_DATABASE_URL": made.installation.service_url, BROKER_URL: made.broker_url(HOMES)}
    with made.installation.database() as database:
        if is_registered(database):
            settings |= _signing_in(made, database, clock)
    made.start("alerts.watchdog", settings, name="watchdog")


def _signing_in(made: Machine, database: Database, clock: Clock) -> dict[str, str]:
    found = credentials(made.installation, database, clock)
    if found is None:
        return {GATEWAY: KEY}
    folder = private_folder(made.installation.secrets / KEY)
    write_private(folder / found.file_name, found.to_toml())
    return {CREDENTIALS: str((folder / found.file_name).absolute())}

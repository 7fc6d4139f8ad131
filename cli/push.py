"""`vicino push-key` and `vicino addresses apprise`: what web push and Apprise need and nobody may read on the way."""

import getpass
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from alerts.channels.apprise.limits import SERVICES, is_allowed
from alerts.channels.webpush.limits import listed
from alerts.channels.webpush.vapid import VapidKey
from alerts.reach import repository
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import errors_in_words, messages, results
from core.clock import SystemClock
from core.database import Database
from core.errors import VicinoError
from embedded.privatefile import write_private


def push_key(
    file: Annotated[
        Path, typer.Argument(help="File for the key, in the folder of secrets: .../vicino_vapid_key. Must not exist.")
    ],
) -> None:
    """Make the key by which push services know this installation, into a file that only you can read."""
    with errors_in_words():
        make_key(file)
    messages.print(
        f"The key is in {file}. Keep a copy: with another key every device has to be registered anew.", highlight=False
    )


def make_key(file: Path) -> None:
    """Write a new key; raises `VicinoError` rather than replace anything."""
    if file.exists():
        raise VicinoError(
            f"The file {file} exists already.",
            kept="the key in it",
            advice="devices are registered for that key; name another file if you want another one all the same",
        )
    write_private(file, VapidKey.make().text + "\n")


def enter_apprise(
    login: Annotated[str, typer.Argument(help="The account that is reached there.")], data: Data = DEFAULT_DATA
) -> None:
    """Enter an address of Apprise for an account. It is asked for, or read from standard input, and never shown."""
    with errors_in_words():
        url = (getpass.getpass("Address for Apprise: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
        with Installation(data).database() as database:
            keep_apprise(database, login, url, listed(os.environ.get("VICINO_APPRISE_SERVICES", SERVICES)))
    results.print(f"{login} is reached by Apprise from now on, before the other ways.")


def keep_apprise(database: Database, login: str, url: str, allowed: Collection[str]) -> None:
    """Keep an address of Apprise for an account; raises `VicinoError` if it cannot be used, without repeating it."""
    if not is_allowed(url, allowed):
        raise VicinoError(
            "That is no address of a service that messages may go to.",
            kept="the addresses as they were",
            advice=f"use one of {', '.join(allowed)}; VICINO_APPRISE_SERVICES of the alert worker allows others",
        )
    with database.transaction() as connection:
        if not repository.enter_apprise(connection, login, url, SystemClock().now()):
            raise VicinoError(f"There is no active account {login!r}.", advice="see them with: vicino account list")

"""`vicino migrate`: the tables and logins of Vicino on a database server of yours."""

from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

import psycopg
import typer

from cli.database_server import SETTING, given_url
from cli.grafana.repository import admit
from cli.installation import STORING
from cli.screen import messages, results, say
from core.clock import Clock, SystemClock
from core.database import Role
from core.errors import VicinoError
from core.migrations import migrate, variant_of
from core.service import stop_on_signals, wait_until_there
from embedded.repository import ensure_login

UrlFile = Path | None


def bring_up(
    database_url: Annotated[
        str | None, typer.Option("--database-url", envvar=SETTING, show_envvar=True, help="An administrator's address.")
    ] = None,
    services: Annotated[
        UrlFile, typer.Option("--services", help="File with the address by which services sign in; the login is made.")
    ] = None,
    pages: Annotated[
        UrlFile, typer.Option("--pages", help="File with the address by which the pages sign in; the login is made.")
    ] = None,
    grafana: Annotated[
        UrlFile,
        typer.Option("--grafana", help="File with the address by which Grafana signs in; the login is made."),
    ] = None,
) -> None:
    """Bring the database to this version, and make the logins that services, pages and Grafana use; safe to repeat."""
    url = given_url(database_url)
    if url is None:
        raise VicinoError(
            "The address of the database's administrator is not given.",
            advice=f"set {SETTING}, put it into a file {SETTING.lower()} in VICINO_SECRETS_DIR, or use --database-url;"
            " with `vicino up` nothing is to be done, it brings up its own database",
        )
    logins = [(_login(path), role) for path, role in ((services, Role.SERVICE), (pages, Role.PEOPLE)) if path]
    reader = _login(grafana) if grafana else None
    connection = _connect(url, SystemClock())
    if connection is None:
        raise typer.Exit(1)
    with connection:
        applied = migrate(connection, STORING)
        for (login, password), role in logins:
            ensure_login(connection, login, password, role)
        if reader is not None:
            admit(connection, *reader)
        variant = variant_of(connection)
    results.print(f"{len(applied)} migrations were run; the database is of this version ({variant}).", highlight=False)
    for (login, _), role in logins:
        results.print(f"{login} signs in as {role}.", highlight=False)
    if reader is not None:
        results.print(f"{reader[0]} reads the pseudonymous views.", highlight=False)


def _connect(url: str, clock: Clock) -> psycopg.Connection | None:
    """Connect as soon as the server is there and lets us in; None if we are to end before.

    Each reason why not is said once: a server that comes later is waited for, a wrong password is not to be guessed at.
    """
    say("Connecting to the database")
    told: set[str] = set()

    def attempt() -> psycopg.Connection:
        try:
            return psycopg.connect(url, autocommit=True, connect_timeout=5)
        except psycopg.OperationalError as error:
            reason = " ".join(str(error).split())
            if reason not in told:
                messages.print(f"Tried again each second: {reason}", markup=False, highlight=False, soft_wrap=True)
                told.add(reason)
            raise

    return wait_until_there(attempt, "database", (psycopg.OperationalError,), clock, stop_on_signals())


def _login(path: Path) -> tuple[str, str]:
    """Return login and password of the address in a file; raises `VicinoError` if it names none."""
    try:
        parts = urlsplit(path.read_text(encoding="utf-8").strip())
    except OSError as error:
        raise VicinoError(
            f"The file {path} cannot be read ({error.strerror}).", kept="the database as it was", advice="name another"
        ) from None
    if not parts.username or not parts.password:
        raise VicinoError(
            f"The address in {path} names no login with a password.",
            kept="the database as it was",
            advice="write postgresql://LOGIN:PASSWORD@HOST:PORT/DATABASE into it",
        )
    return unquote(parts.username), unquote(parts.password)

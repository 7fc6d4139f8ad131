"""`vicino person erase`, `erasures` and `certificate`."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from psycopg import Connection
from psycopg.rows import dict_row
from rich.table import Table

from cli import access
from cli.backup.commands import last
from cli.database_server import SETTING, administrator_url
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.persons import repository as persons
from cli.persons.erasing import certificate, erasing, listing, repository
from cli.persons.erasing.erasing import Done
from cli.screen import errors_in_words, messages, results, say
from core.clock import Clock, SystemClock
from core.database import Row
from core.errors import VicinoError

# A process that takes readings in knows a series for a minute after it is gone.
SETTLES_S = 70.0

Key = Annotated[str, typer.Argument(metavar="PERSON", help="Key of the person, as in the registry file.")]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url", envvar=SETTING, show_envvar=True, help="Administrator's address of a server of yours."
    ),
]


def erase(
    key: Key,
    confirm: Annotated[str, typer.Option("--confirm", help="The same key once more: nothing is erased without.")] = "",
    to: Annotated[Path | None, typer.Option("--to", help="New folder for the certificate.")] = None,
    reference: Annotated[
        str, typer.Option("--reference", help="Under what the request is filed; it stands on the certificate.")
    ] = "",
    also: Annotated[
        list[Path] | None, typer.Option("--list", help="Also write the list of erasures here, beside your backups.")
    ] = None,
    database_url: DatabaseUrl = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Tell what an erasure would remove; with --confirm remove it, for ever, and write a certificate."""
    installation, clock = Installation(data), SystemClock()
    with errors_in_words():
        _refuse_half(key, confirm, to)
        with _connection(installation, database_url, clock) as connection:
            done = _erased(connection, installation, key, clock, reference, confirmed=bool(confirm))
            _tell(done, confirmed=bool(confirm))
            if to is None:
                return
            _keep_list(connection, installation, also or [])
            for path in certificate.write(done.certificate, to):
                results.print(str(path), highlight=False, soft_wrap=True)
            _forget(installation, done.whose.gateway_keys)
            _sweep(connection, done, clock)
            # What was on its way to the broker when it was emptied.
            _forget(installation, done.whose.gateway_keys)
            _say_still(erasing.still_named(connection, done.whose))


def erasures(
    database_url: DatabaseUrl = None,
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List who was erased, by number of the certificate and reference; nobody is named."""
    with errors_in_words(), _connection(Installation(data), database_url, SystemClock()) as connection:
        found = repository.recorded(connection)
    if as_json:
        print(json.dumps([each.certificate for each in found], indent=2))
        return
    table = Table("certificate", "erased", "reference", "rows")
    for each in found:
        rows = sum(row["rows"] for row in each.certificate["rows"])
        reference = each.certificate["reference"]
        table.add_row(each.number, f"{each.erased_at:%Y-%m-%d %H:%M}", reference, f"{rows:,}")
    results.print(table)


def print_certificate(
    number: Annotated[str, typer.Argument(help="The number of the certificate.")],
    to: Annotated[Path, typer.Option("--to", help="Folder for it.")],
    database_url: DatabaseUrl = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Write a certificate once more."""
    with errors_in_words():
        with _connection(Installation(data), database_url, SystemClock()) as connection:
            found = {each.number: each for each in repository.recorded(connection)}
        if number not in found:
            raise VicinoError(f"There is no certificate {number!r}.", advice="see them with: vicino person erasures")
        for path in certificate.write(found[number].certificate, to):
            results.print(str(path), highlight=False, soft_wrap=True)


@contextmanager
def _connection(installation: Installation, url: str | None, clock: Clock) -> Iterator[Connection[Row]]:
    with (
        administrator_url(installation, url, clock) as address,
        Connection.connect(
            address, row_factory=dict_row, autocommit=True, application_name="vicino person erase"
        ) as connection,
    ):
        yield connection


def _refuse_half(key: str, confirm: str, to: Path | None) -> None:
    if confirm and confirm != key:
        raise VicinoError(
            "What is confirmed is not the person that is to be erased.", kept="everything; nothing was erased",
            advice="write the same key twice",
        )  # fmt: skip
    if bool(confirm) != (to is not None):
        raise VicinoError(
            "To erase, both --confirm and --to are needed.", kept="everything; nothing was erased",
            advice=f"vicino person erase {key} --confirm {key} --to FOLDER; without both it only tells what would go",
        )  # fmt: skip
    if to is not None and to.exists() and any(to.iterdir()):
        raise VicinoError(f"{to} is not empty.", kept="everything; nothing was erased", advice="name a new folder")


def _erased(
    connection: Connection[Row], installation: Installation, key: str, clock: Clock, reference: str, *, confirmed: bool
) -> Done:
    """Erase, or do the same and take it back: so what is told beforehand is what happens."""
    person = persons.person(connection, key)
    with connection.transaction(force_rollback=True):
        done = erasing.erase(connection, person.person_id, clock.now(), reference=reference, regardless=not confirmed)
    if not confirmed:
        return done
    if done.whose.gateway_keys:
        _expel(installation, done.whose.gateway_keys)
    with connection.transaction():
        return erasing.erase(connection, person.person_id, clock.now(), reference=reference)


def _keep_list(connection: Connection[Row], installation: Installation, also: list[Path]) -> None:
    """Write the list of erasures where a restore looks for it."""
    lines = listing.of(repository.recorded(connection))
    places = [*also]
    if installation.root.is_dir():
        places.append(installation.root / listing.FILE)
    backup = last(installation)
    if backup is not None and backup.folder and Path(backup.folder).is_dir():
        places.append(Path(backup.folder) / listing.FILE)
    for place in places:
        try:
            listing.write(place, lines)
        except OSError as error:
            messages.print(f"[bold red]The list of erasures cannot be written: {place} ({error.strerror}).[/bold red]")
            continue
        messages.print(f"The list of erasures is in {place}.", highlight=False, soft_wrap=True)
    if not places:
        messages.print(
            "[bold]Keep the list of erasures beside your backups[/bold]: name a file for it by --list. Without it, an"
            " older backup brings the person back.",
            highlight=False,
        )


def _expel(installation: Installation, keys: list[str]) -> None:
    """Throw gateways out before anything is erased; raises `VicinoError` where the broker cannot be told."""
    try:
        with access.accounts(installation) as control:
            if control is not None:
                control.expel(keys)
    except VicinoError as error:
        raise VicinoError(
            str(error.args[0]), kept="everything; nothing was erased", advice=error.advice or "do it again"
        ) from error


def _forget(installation: Installation, keys: list[str]) -> None:
    """Empty what the broker retains; where that cannot be done, say how to do it later. The erasure holds anyhow."""
    try:
        if not keys or access.forget_gateways(installation, keys):
            return
        advice = (
            "it is none that this command administers: remove what it retains below vicino/v1/gw/ for these gateways"
        )
    except VicinoError as error:
        advice = f"{error} Once it runs: " + "; ".join(f"vicino gateway forget {key}" for key in keys)
    messages.print(
        f"[bold]The broker may still keep what {', '.join(keys)} said and was told last[/bold]: {advice}.",
        highlight=False,
    )


def _sweep(connection: Connection[Row], done: Done, clock: Clock) -> None:
    if not done.whose.gateways:
        return
    say("Waiting for what the gateway of the home had under way")
    clock.wait(threading.Event(), SETTLES_S)
    with connection.transaction():
        swept = erasing.sweep(connection, done.whose, clock.now())
    if swept:
        messages.print(f"{swept:,} more rows had come in meanwhile and were removed.", highlight=False)


def _tell(done: Done, *, confirmed: bool) -> None:
    table = Table("class", "removed" if confirmed else "would be removed", "kept without the person")
    for group, counts in erasing.by_group(done.certificate).items():
        table.add_row(group, f"{counts['removed']:,}", f"{counts['detached']:,}")
    results.print(table)
    if not done.whose.homes:
        results.print("Somebody else lives in the home: its readings and what was worked out of them stay.")
    for export in done.certificate["exports_for_research"]:
        results.print(
            f"Research export {export['number']}: ask whoever has it to delete {export['subject']}.", highlight=False
        )
    if not confirmed:
        if done.whose.open:
            results.print(
                f"[bold]{len(done.whose.open)} alerts are open[/bold]: close them before; it is refused until then."
            )
        results.print("Nothing was erased. To erase: --confirm with the key, and --to with a folder.", highlight=False)


def _say_still(found: dict[str, int]) -> None:
    for place, rows in found.items():
        messages.print(
            f"The same name stands in {place} ({rows} rows): look whether it is this person, in what others wrote.",
            highlight=False,
        )

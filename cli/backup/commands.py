"""`vicino backup` and `vicino restore`."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from pyrage import x25519
from rich.progress import DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TransferSpeedColumn

from cli.backup import checking, files, keys, making, restoring
from cli.backup.making import Made
from cli.backup.restoring import Put
from cli.database_server import SETTING, administrator_url, given_url
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.persons.erasing import listing
from cli.persons.erasing.listing import Erased
from cli.screen import in_words, messages, results, say
from core.clock import SystemClock
from core.errors import VicinoError
from embedded.postgres import EmbeddedPostgres
from embedded.privatefile import write_private

LAST_FILE = "last-backup.json"

app = typer.Typer(help="Backups: the database as of one moment and the files that belong to it, encrypted.")

KeyFile = Annotated[Path, typer.Option("--key-file", help="File with the key.")]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url", envvar=SETTING, show_envvar=True, help="Administrator's address of a server of yours."
    ),
]
FilesFolder = Annotated[
    Path | None, typer.Option("--files", help="With a server of yours: folder of the keys and settings beside it.")
]


class Last(msgspec.Struct, frozen=True):
    """When the last backup was made, how many bytes it takes, and in which folder it lies ("": not noted)."""

    made_at: datetime
    size: int
    folder: str = ""


def last(installation: Installation) -> Last | None:
    """Return when the last backup of an installation was made; None if none is known."""
    try:
        return msgspec.json.decode((installation.root / LAST_FILE).read_bytes(), type=Last)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return None


@app.callback(invoke_without_command=True)
def backup(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option("--to", help="The new file.")] = None,
    key_file: Annotated[Path | None, typer.Option("--key-file", help="File with the key that makes backups.")] = None,
    database_url: DatabaseUrl = None,
    files_from: FilesFolder = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Make a backup while everything goes on. Nothing is written over."""
    if context.invoked_subcommand is not None:
        return
    if to is None or key_file is None:
        raise VicinoError(
            "Where to write the backup and by which key is not said.",
            kept="the installation; no backup was made",
            advice="vicino backup --to FILE --key-file KEY; `vicino backup key --to KEY` makes a key",
        )
    installation, clock = Installation(data), SystemClock()
    recipient = keys.for_making(key_file)
    with in_words("the installation; no backup was made"):
        kept = list(files.of_installation(installation.root) if files_from is None else files.within(files_from))
        with administrator_url(installation, database_url, clock) as url, _bar() as tell:
            made = making.make(url, kept, to, recipient, clock, tell)
    if installation.root.is_dir():
        noted = msgspec.json.encode(Last(made.head.made_at, to.stat().st_size, str(to.resolve().parent)))
        with in_words(f"the backup, whole, in {to}; when it was made is not noted for the doctor"):
            write_private(installation.root / LAST_FILE, noted.decode() + "\n")
            listing.write(to.parent / listing.FILE, listing.read(installation.root / listing.FILE))
    _tell(made, f"{to} ({to.stat().st_size:,} bytes)")


@app.command("key")
def key(
    to: Annotated[Path, typer.Option("--to", help="File for the half that makes backups; it stays on this machine.")],
) -> None:
    """Make a key. The half that opens backups is printed once and kept nowhere."""
    if to.exists():
        raise VicinoError(
            f"There is a file {to} already.",
            kept="the file: backups that were made with it are opened by its recovery key",
            advice="go on using it, or name another file with --to",
        )
    made = keys.new_pair()
    with in_words("everything as it was; no key was made"):
        write_private(to, made.making)
    print(made.recovery)
    messages.print(
        "[bold]This recovery key is shown this once.[/bold] Write it down, twice, and keep it away from this machine:"
        " nobody can open a backup without it, and whoever has it and a backup can read all of it."
        f" {to} makes backups and cannot open them.",
        highlight=False,
    )


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    key_file: KeyFile,
) -> None:
    """Read a backup from beginning to end and check all of it; nothing is restored."""
    identity = keys.for_opening(key_file)
    with _bar() as tell:
        made = checking.check(file, identity, tell)
    _tell(made, f"{file} is whole")


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    key_file: KeyFile,
    database_url: DatabaseUrl = None,
    files_to: FilesFolder = None,
    erasures: Annotated[
        list[Path] | None,
        typer.Option(
            "--erasures", help=f"A list of erasures to be done again, beside the {listing.FILE} next to the backup."
        ),
    ] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Put a backup into a new folder, or into an empty database of a server of yours. Who was erased stays erased."""
    identity = keys.for_opening(key_file)
    erased = _erased(file, erasures or [])
    url = given_url(database_url)
    if url is None:
        _refuse_used(data)
    elif files_to is not None:
        _refuse_used(files_to)
    with in_words("the backup; nothing was restored, what was begun is taken away"):
        if url is not None:
            restoring.refuse_unless_empty(url)
        say("Checking the backup")
        with _bar() as tell:
            made = checking.check(file, identity, tell)
        say("Restoring")
        with _bar() as tell:
            if url is None:
                put = _into_folder(file, identity, made, data, erased, tell)
            elif files_to is None:
                put = restoring.restore(file, identity, made, url, None, tell, erased=erased)
            else:
                with _whole_or_not_at_all(files_to) as folder:
                    put = restoring.restore(file, identity, made, url, folder, tell, erased=erased)
    if put.applied:
        messages.print(f"It was made by an earlier version: {len(put.applied)} migrations brought it to this one.")
    _tell_erased(len(erased), put.erased)
    left = bool(made.foot.files) and url is not None and files_to is None
    _tell(made, str(data) if url is None else "the database", came_back=not left)
    if left:
        messages.print(
            f"[bold]The {len(made.foot.files)} files of the backup were not restored[/bold]: links in messages that are"
            " out already, and gateways, need the keys in them. Restore them too: --files FOLDER, into a database that"
            " is empty.",
            highlight=False,
        )
    if url is None:
        messages.print(f"Start it with: vicino up --data {data}", highlight=False)


def _erased(file: Path, named: list[Path]) -> list[Erased]:
    """Return whom the list beside the backup, and those that were named, say to be erased."""
    if missing := next((path for path in named if not path.is_file()), None):
        raise VicinoError(
            f"There is no list {missing}.", kept="everything: nothing was touched", advice="look at its name"
        )
    return listing.merged(*(listing.read(path) for path in (file.parent / listing.FILE, *named)))


def _tell_erased(listed: int, erased: int) -> None:
    if listed:
        messages.print(
            f"{listed} persons are on the list of erasures; {erased} of them were in the backup and were erased again.",
            highlight=False,
        )
    else:
        messages.print(
            "[bold]No list of erasures was found beside the backup.[/bold] If somebody was erased since it was made,"
            f" they are back: restore it once more with --erasures and the latest {listing.FILE}.",
            highlight=False,
        )


def _into_folder(
    file: Path, identity: x25519.Identity, made: Made, data: Path, erased: list[Erased], tell: making.Progress
) -> Put:
    """Restore into a new folder, with a database server of its own."""
    with _whole_or_not_at_all(data) as folder:
        installation = Installation(folder)
        with EmbeddedPostgres(installation.postgres, installation.secrets, clock=SystemClock()) as server:
            put = restoring.restore(file, identity, made, server.administrator_url, folder, tell, erased=erased)
        listing.write(folder / listing.FILE, erased)
        return put


@contextmanager
def _whole_or_not_at_all(folder: Path) -> Iterator[Path]:
    """Give a folder beside `folder` that gets its name when all is done, and is removed if that fails."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.unfinished-", dir=folder.parent))
    try:
        yield unfinished
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _refuse_used(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise VicinoError(
            f"{folder} is not empty.",
            kept="everything: nothing was touched",
            advice="name a folder that is not there yet; nothing is ever restored over what is there",
        )


@contextmanager
def _bar() -> Iterator[making.Progress]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeElapsedColumn(), console=messages, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda table, size: progress.update(task, description=table, advance=size)


def _tell(made: Made, where: str, *, came_back: bool = True) -> None:
    rows = sum(each.rows for each in made.foot.tables.values())
    files_too = f" and {len(made.foot.files)} files" if came_back else ""
    results.print(
        f"{where}: {rows:,} rows of {len(made.foot.tables)} tables{files_too},"
        f" as of {made.head.made_at:%Y-%m-%d %H:%M:%S} UTC, Vicino {made.head.vicino}.",
        highlight=False,
        soft_wrap=True,
    )

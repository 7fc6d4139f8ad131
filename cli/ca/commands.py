"""The commands of `vicino ca`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.ca.authority import Authority, Issued
from cli.options import DEFAULT_DATA, Data
from cli.screen import messages, results
from core.clock import SystemClock

app = typer.Typer(
    help="An authority of your own, and the certificates of broker, pages and database.", no_args_is_help=True
)
Folder = Annotated[Path | None, typer.Option("--folder", help="Folder of the authority; DIR/ca if not given.")]
Hosts = Annotated[
    list[str], typer.Option("--host", help="A name or address under which it is reached; again for more.")
]


@app.command("init")
def init(
    title: Annotated[str, typer.Option("--title", help="What people see when they look at it.")] = "Vicino",
    folder: Folder = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Make the authority."""
    authority = _authority(folder, data)
    authority.make(title, SystemClock().now())
    results.print(f"Give {authority.certificate} to everybody who has to know your servers.", highlight=False)
    messages.print("Its key lies in private/ca.key: whoever has it can be each of your servers.", highlight=False)


@app.command("issue")
def issue(
    name: Annotated[str, typer.Argument(help="The server, as its files are called: broker, pages, database.")],
    hosts: Hosts,
    folder: Folder = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Issue a certificate for one server, in the place of an earlier one."""
    authority = _authority(folder, data)
    _show([authority.issue(name, hosts, SystemClock().now())])
    results.print(f"Its key: {authority.key_of(name)}", highlight=False, soft_wrap=True)


@app.command("renew")
def renew(
    every: Annotated[bool, typer.Option("--all", help="All of them, however long they hold.")] = False,
    folder: Folder = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Issue anew what ends within four months. Servers take it without being started again (docs/operations/tls.md)."""
    made = _authority(folder, data).renew(SystemClock().now(), every=every)
    if made:
        _show(made)
    else:
        results.print("Nothing ends soon.")


@app.command("list")
def list_(folder: Folder = None, data: Data = DEFAULT_DATA) -> None:
    """List the certificates, and until when they hold."""
    _show(_authority(folder, data).issued())


def _authority(folder: Path | None, data: Path) -> Authority:
    return Authority(folder or data / "ca")


def _show(issued: list[Issued]) -> None:
    table = Table("server", "reached as", "until")
    for each in issued:
        table.add_row(each.name, ", ".join(each.hosts), f"{each.ends:%Y-%m-%d}")
    results.print(table)

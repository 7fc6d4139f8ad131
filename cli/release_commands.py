"""The commands under `vicino release`."""

from pathlib import Path
from typing import Annotated

import typer

from cli import release, screen
from core.clock import SystemClock
from gateway.edge import signing
from gateway.edge.bundle import NOTICE_SUFFIX, this_target

app = typer.Typer(help="Make and sign what gateways install.", no_args_is_help=True)


@app.command()
def keygen(
    key: Annotated[Path, typer.Argument(help="File for the private key; it must not exist yet.")],
) -> None:
    """Make a key that signs releases: the private one into a file, the public one on the screen, for the gateways."""
    public = signing.make_key(key)
    screen.messages.print(f"The private key is in {key}. Keep it off every server, and a copy of it in a safe.")
    print(public)


@app.command()
def bundle(
    wheels: Annotated[Path, typer.Argument(help="Folder with the wheel of vicino and those that a gateway needs.")],
    output: Annotated[Path, typer.Option(help="Folder for the bundle.")] = Path("build/release"),
    target: Annotated[str, typer.Option(help="Kind of board: machine and Python.")] = "aarch64-cp311",
    minimum: Annotated[
        str | None, typer.Option("--from", help="Oldest version that it may replace; any if not given.")
    ] = None,
    days: Annotated[int, typer.Option(help="Days for which it may be installed.", min=1, max=3660)] = release.DAYS,
) -> None:
    """Put the wheels of a version into one file, with a list of them."""
    made = release.make(wheels, output, target=target, minimum=minimum, days=days, now=SystemClock().now())
    screen.results.print(f"{made} is made. It is worth something once it is signed (vicino release sign).")


@app.command()
def sign(
    file: Annotated[Path, typer.Argument(help="The bundle.")],
    key: Annotated[Path, typer.Option(help="File with the private key.")],
) -> None:
    """Sign a bundle, and write the notice by which gateways see that there is a new version."""
    manifest = release.sign(file, key)
    screen.results.print(
        f"Version {manifest.version} for {manifest.target} is signed, to be installed until "
        f"{manifest.expires:%Y-%m-%d}. Put {file.name} and {file.with_suffix(NOTICE_SUFFIX).name} where gateways look."
    )
    if manifest.target == this_target():
        screen.messages.print("It can be tried on this machine: vicino-gateway setup --root DIR.")

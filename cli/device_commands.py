"""The commands under `vicino devices`."""

from pathlib import Path
from typing import Annotated

import typer

from cli import batteries, device_catalogue, device_coverage, screen
from cli.installation import Installation
from cli.options import Json
from core.clock import SystemClock

app = typer.Typer(help="Models of devices and what Vicino makes of them.", no_args_is_help=True)


@app.command("list")
def list_(
    kind: Annotated[str | None, typer.Option(help="Only this kind, as `motion` or `sos_button`.")] = None,
    protocol: Annotated[str | None, typer.Option(help="Only this protocol, as `lorawan`.")] = None,
    as_json: Json = False,
) -> None:
    """List the models that the catalogue describes."""
    with screen.errors_in_words():
        device_catalogue.show_list(device_catalogue.listed(kind, protocol), as_json=as_json)


@app.command()
def show(
    model: Annotated[str, typer.Argument(help="The model, by any name it is reported by.")], as_json: Json = False
) -> None:
    """Show what is known of one model: advice for mounting, how to try it, how often it reports, examples."""
    with screen.errors_in_words():
        device_catalogue.show_model(model, as_json=as_json)


@app.command()
def catalogue(
    folder: Annotated[Path, typer.Argument(help="Where the pages are written.")] = Path("docs/reference/devices"),
) -> None:
    """Write the catalogue as pages of documentation."""
    with screen.errors_in_words():
        device_catalogue.write(folder)


@app.command()
def coverage(
    file: Annotated[
        Path, typer.Argument(help="Models and their exposes, one JSON object a line: .jsonl or .jsonl.gz.")
    ],
    unknown: Annotated[int, typer.Option(help="List so many of the most frequent unknown properties.", min=0)] = 0,
    as_json: Json = False,
) -> None:
    """Tell how many exposed properties are mapped to a quantity, ignored with a reason, or unknown."""
    device_coverage.show(device_coverage.measure(file), unknown=unknown, as_json=as_json)


@app.command("batteries")
def battery_round(
    municipality: Annotated[str | None, typer.Option(help="Only the homes of this municipality.")] = None,
    within: Annotated[float, typer.Option(help="Batteries that may be empty within so many days.", min=0)] = 30.0,
    everything: Annotated[bool, typer.Option("--all", help="All batteries of which anything is known.")] = False,
    data: Annotated[Path, typer.Option("--data", envvar="VICINO_DATA", help="Folder of the installation.")] = Path(
        "data/vicino"
    ),
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
) -> None:
    """List the batteries to change, in the order of a round: by municipality, street and number."""
    with screen.errors_in_words():
        stops = batteries.round_of(
            Installation(data), SystemClock(), municipality=municipality, within=within, everything=everything
        )
    batteries.show(stops, as_json=as_json, as_csv=as_csv)

"""The commands under `vicino bench`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.bench import alert_latency as calling
from cli.bench import edge as edging
from cli.bench import ingest as ingesting
from cli.bench import storm as storming
from cli.bench.analytics import measure as analysing
from cli.bench.dashboards import live as following
from cli.bench.dashboards import measure as visiting
from cli.bench.figures import show
from cli.bench.storage import measure as storing
from cli.options import Json
from cli.screen import errors_in_words
from core.clock import SystemClock
from core.service import stop_on_signals

app = typer.Typer(help="Measure what this machine can do.", no_args_is_help=True)

Server = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        help="Address of an administrator on a PostgreSQL server, with TimescaleDB or without; a database is made "
        "there and removed. Without it a PostgreSQL of its own is started.",
    ),
]
Kept = Annotated[
    Path | None,
    typer.Option(
        "--data", help="Folder in which the filled database stays, for the next measurement of the same union."
    ),
]


@app.command()
def ingest(
    readings: Annotated[int, typer.Option("--readings-per-message", help="Readings in one message.", min=1)] = 20,
    messages: Annotated[int, typer.Option(help="Messages that are sent.", min=1)] = 20_000,
    workers: Annotated[int, typer.Option(help="Ingest processes.", min=1, max=16)] = 1,
    as_json: Json = False,
) -> None:
    """Measure how many readings a second go from a broker to the commit, on a database and a broker of their own."""
    with errors_in_words():
        figures = ingesting.measure(
            SystemClock(), stop_on_signals(), readings=readings, messages=messages, workers=workers
        )
    show(figures._asdict(), as_json=as_json)


@app.command()
def storm(
    gateways: Annotated[int, typer.Option(help="Gateways that come back at once.", min=1, max=900)] = 500,
    hours: Annotated[int, typer.Option(help="Hours of readings that each has kept.", min=1, max=168)] = 24,
    workers: Annotated[int, typer.Option(help="Ingest processes.", min=1, max=16)] = 1,
    as_json: Json = False,
) -> None:
    """Measure how soon gateways that come back at once are absorbed, and how long others wait meanwhile."""
    with errors_in_words():
        figures = storming.measure(SystemClock(), stop_on_signals(), number=gateways, hours=hours, workers=workers)
    show(figures._asdict(), as_json=as_json)


@app.command()
def storage(
    homes: Annotated[int, typer.Option(help="Simulated homes of the default mix.", min=1, max=99)] = 40,
    days: Annotated[int, typer.Option(help="Days of their lives.", min=1, max=400)] = 30,
    server: Server = None,
    as_json: Json = False,
) -> None:
    """Measure how many bytes a stored reading takes, all columns and indexes counted, and the figures beside it."""
    with errors_in_words():
        storing.show(storing.measure(homes, days, server), as_json=as_json)


@app.command()
def analytics(
    homes: Annotated[int, typer.Option(help="Standard homes, of about 400 readings a day.", min=1, max=10_000)] = 1_000,
    days: Annotated[int, typer.Option(help="Days that are computed already.", min=1, max=400)] = 90,
    workers: Annotated[
        int | None, typer.Option(help="Processes that analyse; one for each core if not given.", min=1, max=64)
    ] = None,
    server: Server = None,
    as_json: Json = False,
) -> None:
    """Measure what the nightly run over all homes, and the five-minute tick, take of time, processors and memory."""
    with errors_in_words():
        show(analysing.measure(homes, days, workers, server)._asdict(), as_json=as_json)


@app.command()
def edge(
    devices: Annotated[int, typer.Option(help="Devices in the home.", min=1, max=1_000)] = 40,
    backlog: Annotated[int, typer.Option(help="Readings in the outbox at the start.", min=0, max=2_000_000)] = 200_000,
    seconds: Annotated[float, typer.Option(help="Seconds for which the service is away.", min=1)] = 30.0,
    per_s: Annotated[float, typer.Option("--per-second", help="Reports of all devices a second.", min=0.1)] = 20.0,
    as_json: Json = False,
) -> None:
    """Measure the memory of an edge agent that has kept the readings of a long outage, and gets rid of them."""
    with errors_in_words():
        figures = edging.measure(
            SystemClock(), stop_on_signals(), devices=devices, backlog=backlog, seconds=seconds, per_s=per_s
        )
    edging.show(figures, as_json=as_json)


@app.command("alert-latency")
def alert_latency(
    rate: Annotated[float, typer.Option(help="Messages a second in the background, of one reading each.", min=1)],
    calls: Annotated[int, typer.Option(help="Buttons that are pressed.", min=1, max=10_000)] = 300,
    calls_per_s: Annotated[float, typer.Option("--calls-per-second", help="Presses a second.", min=0.1)] = 5.0,
    workers: Annotated[int, typer.Option(help="Ingest processes.", min=1, max=16)] = 1,
    as_json: Json = False,
) -> None:
    """Measure how long a press of a button takes from its gateway to a person's channel, while a region reports."""
    with errors_in_words():
        figures = calling.measure(
            SystemClock(), stop_on_signals(), rate=rate, calls=calls, calls_per_s=calls_per_s, workers=workers
        )
    show(asdict(figures), as_json=as_json)


@app.command()
def dashboards(
    homes: Annotated[int, typer.Option(help="Homes of the union.", min=1, max=10_000)] = 1_000,
    days: Annotated[int, typer.Option(help="Days of their lives that are computed.", min=31, max=400)] = 365,
    requests: Annotated[int, typer.Option(help="Requests for each kind of page.", min=1, max=10_000)] = 100,
    folder: Kept = None,
    as_json: Json = False,
) -> None:
    """Measure how soon the pages of a whole union answer an operator, and what they weigh on a first visit."""
    with errors_in_words():
        figures = visiting.measure(
            SystemClock(), stop_on_signals(), homes=homes, days=days, requests=requests, folder=folder
        )
    visiting.show(figures, as_json=as_json)


@app.command("live-boards")
def live_boards(
    boards: Annotated[int, typer.Option(help="Boards that are open.", min=1, max=1_000)] = 200,
    accounts: Annotated[int, typer.Option(help="Operators who have opened them.", min=1, max=1_000)] = 20,
    alerts: Annotated[int, typer.Option(help="Alerts that open, one after the other.", min=1, max=10_000)] = 60,
    every_s: Annotated[float, typer.Option("--every", help="Seconds from one alert to the next.", min=0.1)] = 5.0,
    homes: Annotated[int, typer.Option(help="Homes of the union.", min=1, max=10_000)] = 1_000,
    days: Annotated[int, typer.Option(help="Days of their lives that are computed.", min=31, max=400)] = 365,
    folder: Kept = None,
    as_json: Json = False,
) -> None:
    """Measure how soon open boards show a new alert, each following its stream, and whether memory stays flat."""
    with errors_in_words():
        figures = following.measure(
            SystemClock(),
            stop_on_signals(),
            homes=homes,
            days=days,
            boards=boards,
            accounts=accounts,
            alerts=alerts,
            every_s=every_s,
            folder=folder,
        )
    following.show(figures, as_json=as_json)

"""The commands under `vicino evaluate`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from analytics.change.budget import DEFAULT_BUDGET
from cli.evaluate import cohorts as cohorting
from cli.evaluate import reference as referring
from cli.evaluate import report as reporting
from cli.evaluate.simulated import report as simulated_report
from cli.evaluate.simulated.homes import Run
from cli.evaluate.tihm import report as recorded
from cli.screen import errors_in_words

app = typer.Typer(help="Measure how well the analysis judges, on homes whose truth is known.", no_args_is_help=True)


@app.command()
def silence(
    per_class: Annotated[int, typer.Option("--per-class", help="Simulated faults of each class.", min=1)] = 200,
    seed: Annotated[int, typer.Option(help="The same seed gives the same homes and faults.")] = 1,
    report: Annotated[Path | None, typer.Option(help="Also write the figures and every case into this folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Measure how well silences are told apart: dead sensor, power cut, line cut, person away and the others."""
    with errors_in_words():
        reporting.silence(seed, per_class, report, as_json=as_json)


@app.command()
def tihm(
    test: Annotated[Path, typer.Argument(help="Folder of TIHM whose homes are judged.", metavar="TEST_DIR")],
    train: Annotated[
        Path | None, typer.Option(help="Another folder whose homes teach too.", metavar="TRAIN_DIR")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Last day of the five test weeks; the last one with agitation if not given."
        ),
    ] = None,
    scores: Annotated[Path | None, typer.Option(help="Write person, day and score of the test weeks.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Also write report, model card and model into this folder.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Measure the learned detector on recorded homes: each week judged by what was known before it."""
    with errors_in_words():
        recorded.tihm(test, train, until and until.date(), scores, report, as_json=as_json)


@app.command()
def simulated(
    homes: Annotated[int, typer.Option(help="Simulated homes.", min=1, max=999)] = 40,
    days: Annotated[int, typer.Option(help="Days of each home; on the first 24 nothing happens.", min=30)] = 100,
    seed: Annotated[int, typer.Option(help="The same seed gives the same homes, people and events.")] = 1,
    calm: Annotated[
        bool, typer.Option(help="Let nothing happen to the people: every finding about them is false.")
    ] = False,
    budget: Annotated[
        list[float] | None,
        typer.Option(
            help=f"Wellbeing alerts per home and week, {DEFAULT_BUDGET} if absent. Given more than once, what is false "
            "is counted for each, and the first is gone by.",
            min=0.02,
        ),
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; as many as there are cores if absent.", min=1)] = None,
    report: Annotated[Path | None, typer.Option(help="Also write a page with pictures and every event here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Measure what is found in simulated lives: falls, bad nights, missed meals, decline, and every technical fault."""
    with errors_in_words():
        simulated_report.simulated(
            Run(seed, days, calm, budget or [DEFAULT_BUDGET]), homes, workers, report, as_json=as_json
        )


@app.command()
def reference(
    out: Annotated[Path, typer.Argument(help="File to write, as analytics/change/reference.json.", metavar="FILE")],
    homes: Annotated[int, typer.Option(help="Simulated homes to whom nothing happens.", min=2, max=999)] = 60,
    days: Annotated[int, typer.Option(help="Days of each home.", min=60)] = 120,
    seed: Annotated[int, typer.Option(help="The same seed gives the same homes and people.")] = 5,
    recorded_homes: Annotated[
        Path | None, typer.Option("--tihm", help="Folder of TIHM whose homes teach too, and price the budget.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; as many as there are cores if absent.", min=1)] = None,
) -> None:
    """Learn how far calm days depart from what is usual: what makes a change rare, and what a budget buys."""
    with errors_in_words():
        referring.write(Run(seed, days, calm=True), homes, recorded_homes, workers, out)


@app.command()
def cohorts(
    out: Annotated[Path, typer.Argument(help="File to write, as analytics/change/cohorts.json.", metavar="FILE")],
    homes: Annotated[int, typer.Option(help="Simulated homes to whom nothing happens.", min=2, max=999)] = 36,
    days: Annotated[int, typer.Option(help="Days of each home.", min=30)] = 100,
    seed: Annotated[int, typer.Option(help="The same seed gives the same homes and people.")] = 2132,
    recorded_homes: Annotated[
        Path | None, typer.Option("--tihm", help="Folder of TIHM whose homes teach too, by their people's ages.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; as many as there are cores if absent.", min=1)] = None,
) -> None:
    """Learn what is usual among people of an age, for those who are not known for two weeks yet."""
    with errors_in_words():
        cohorting.write(Run(seed, days, calm=True), homes, recorded_homes, workers, out)

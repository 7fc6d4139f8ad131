"""`vicino doctor`: what is wrong, and what to do."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.doctor.catalogue import Said, look
from cli.doctor.finding import Level
from cli.doctor.surroundings import Surroundings
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import messages, results
from core.clock import SystemClock

COLOURS = {Level.ERROR: "bold red", Level.WARNING: "yellow"}


def doctor(
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: every check with what it found.")] = False,
) -> None:
    """Look at everything and say in one line each what is wrong and what to do; the exit code is 1 on an error."""
    found = Surroundings(Installation(Path(data)), SystemClock())
    if as_json:
        said = list(look(found))
        print(json.dumps([_line(each) for each in said], indent=2))
    else:
        with messages.status("Looking"):
            said = list(look(found))
        _show(said)
    if any(each.level is Level.ERROR for check in said for each in check.findings or ()):
        raise typer.Exit(1)


def _line(said: Said) -> dict[str, object]:
    found = said.findings
    return {
        "check": said.check,
        "looked": found is not None,
        "findings": [{"level": str(each.level), "wrong": each.wrong, "advice": each.advice} for each in found or ()],
    }


def _show(said: list[Said]) -> None:
    findings = [(check.check, each) for check in said for each in check.findings or ()]
    for level in Level:
        for check, each in findings:
            if each.level is level:
                results.print(
                    f"[{COLOURS[level]}]{level}[/] [dim]{check}:[/dim] ", end="", highlight=False, soft_wrap=True
                )
                results.print(f"{each.wrong} → {each.advice}", markup=False, highlight=False, soft_wrap=True)
    counts = {level: sum(1 for _, each in findings if each.level is level) for level in Level}
    skipped = sum(1 for each in said if each.findings is None)
    tail = f", {skipped} could not be made" if skipped else ""
    results.print(
        f"{len(said)} checks: {counts[Level.ERROR]} errors, {counts[Level.WARNING]} warnings{tail}.", highlight=False
    )

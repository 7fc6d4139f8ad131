"""`vicino research study`, `enrol`, `leave` and `studies`: arms, and who takes part."""

import json
from datetime import date, datetime
from typing import Annotated

import typer
from rich.table import Table

from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import errors_in_words, results
from core.clock import SystemClock
from core.errors import VicinoError
from registry.studies import repository

Study = Annotated[str, typer.Argument(help="Key of the study.")]
Person = Annotated[str, typer.Argument(help="Key of the person, as in the registry file.")]
On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day; today if not given.")]


def study(
    key: Annotated[str, typer.Argument(help="Key of the study.")],
    name: Annotated[str, typer.Option("--name", help="What it is called.")],
    organisation: Annotated[str, typer.Option("--organisation", help="Key of the organisation that leads it.")],
    arm: Annotated[list[str], typer.Option("--arm", help="An arm; give it once for each.")],
    control: Annotated[str, typer.Option("--control", help="Which of them is the control arm.")] = "control",
    data: Data = DEFAULT_DATA,
) -> None:
    """Make a study with its arms, or add arms; nothing is taken away."""
    with errors_in_words():
        if len(set(arm)) > 1 and control not in arm:
            raise VicinoError(f"{control!r} is no arm of it.", advice="name the control arm by --control")
        with Installation(data).database() as database, database.transaction() as connection:
            repository.put(connection, key, name, organisation, arm, control)
    results.print(f"The study {key} has the arms {', '.join(arm)}.", highlight=False)


def enrol(
    key: Study,
    person: Person,
    arm: Annotated[str, typer.Option("--arm", help="In which arm.")],
    on: On = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Let a person take part in a study. It is no consent: that is recorded on the person's page."""
    day = _day(on)
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        repository.enrol(connection, key, person, arm, day)
    results.print(f"{person} takes part in {key} ({arm}) from {day} on.", highlight=False)


def leave(key: Study, person: Person, on: On = None, data: Data = DEFAULT_DATA) -> None:
    """Write down that a person has left a study."""
    day = _day(on)
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        repository.leave(connection, key, person, day)
    results.print(f"{person} has left {key} on {day}.", highlight=False)


def studies(
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the studies, their arms, and how many take part."""
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        found = repository.studies(connection)
    if as_json:
        print(json.dumps([each._asdict() for each in found], indent=2))
        return
    table = Table("study", "name", "organisation", "arm", "control", "enrolled", "of them left")
    for each in found:
        control = "yes" if each.is_control else ""
        table.add_row(each.key, each.name, each.organisation, each.arm, control, str(each.enrolled), str(each.has_left))
    results.print(table)


def _day(on: datetime | None) -> date:
    return (on or SystemClock().now()).date()

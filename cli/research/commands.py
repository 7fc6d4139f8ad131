"""`vicino research`."""

import json
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.replay import progress_bar
from cli.research import repository
from cli.research.export import FEW, Made, Query, export, load
from cli.research.reporting import report
from cli.research.studies import enrol, leave, studies, study
from cli.screen import errors_in_words, messages, results
from core.clock import SystemClock
from core.errors import VicinoError

app = typer.Typer(
    help="The report on a pilot, studies, and pseudonymised exports of those who agree to research.",
    no_args_is_help=True,
)
for command in (report, study, studies, enrol, leave):
    app.command(command.__name__)(command)
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")]


class Format(StrEnum):
    """In which formats the tables are written."""

    csv = "csv"
    parquet = "parquet"


class Shown:
    """Shows how far an export has come."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("Homes", total=1)

    def __call__(self, done: int, of: int) -> None:
        """Show that so many homes are done."""
        self._bar.update(self._task, completed=done, total=of)


@app.command("export")
def make(
    to: Annotated[Path, typer.Option("--to", help="New folder for the export.")],
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, by the clock of each home.")
    ] = None,
    last: Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day.")] = None,
    organisation: Annotated[
        str | None, typer.Option("--organisation", help="Only this one (its key) and those below; all if not given.")
    ] = None,
    query: Annotated[
        Path | None, typer.Option("--query", help="Ask for the same as before: an export's folder, or its query.json.")
    ] = None,
    form: Annotated[list[Format] | None, typer.Option("--format", help="Once for each; both if not given.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: Json = False,
) -> None:
    """Export data of the homes all of whose residents agree to research, under pseudonyms.

    A consent that has ended counts at once. With --query the exit code is 1 where something else came of it.
    """
    with errors_in_words():
        asked, before = _asked(first, last, organisation, query)
        with Installation(data).database() as database, progress_bar() as bar:
            made = export(database, asked, to, [str(each) for each in form or Format], SystemClock(), Shown(bar))
    same = made.digest == before if before else None
    if as_json:
        tables = {name: each._asdict() for name, each in made.sums.items()}
        told = {"number": made.number, "homes": made.homes, "digest": made.digest, "same": same, "tables": tables}
        print(json.dumps(told, indent=2))
    else:
        _tell(made, to, same)
    raise typer.Exit(1 if same is False else 0)


def _asked(
    first: datetime | None, last: datetime | None, organisation: str | None, query: Path | None
) -> tuple[Query, str]:
    if query is not None and (first or last or organisation):
        raise VicinoError("A saved query says its days itself.", advice="give --query alone, or --from and --until")
    if query is not None:
        return load(query)
    if first is None or last is None:
        raise VicinoError("The days are not given.", advice="give --from and --until, or --query")
    return Query(first=first.date(), last=last.date(), organisation=organisation), ""


def _tell(made: Made, to: Path, same: bool | None) -> None:
    table = Table("table", "rows")
    for name, each in made.sums.items():
        table.add_row(name, f"{each.rows:,}")
    results.print(table)
    results.print(
        f"Export {made.number} of {made.homes:,} homes is in {to}: {made.digest}", highlight=False, soft_wrap=True
    )
    if same is not None:
        said = "The same came of it as before." if same else "Something else came of it than before: see its tables."
        results.print(said)
    if made.smallest_group < FEW:
        messages.print(
            f"One age band and sex has only {made.smallest_group} persons: who knows them may find them. Think twice to"
            " whom this goes.",
            highlight=False,
            soft_wrap=True,
        )


@app.command("list")
def list_exports(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """List the exports that were made, and of how many of their homes the consent has ended since."""
    found = _ended(data)
    if as_json:
        said = [{**past._asdict(), "ended": sorted(ended)} for past, ended in found]
        print(json.dumps(said, indent=2, default=str))
        return
    table = Table("number", "made", "from", "until", "of", "homes", "to delete", "digest")
    for past, ended in found:
        query = past.query
        table.add_row(
            str(past.export_id), f"{past.made_at:%Y-%m-%d %H:%M}", query["first"], query["last"],
            query["organisation"] or "all", str(len(past.subjects)), str(len(ended)), past.digest[:16],
        )  # fmt: skip
    results.print(table)


@app.command("ended")
def ended_consents(
    number: Annotated[int, typer.Argument(help="The number of an export.", min=1)], data: Data = DEFAULT_DATA
) -> None:
    """Print the pseudonyms of the homes in an export whose consent has ended: whoever has it must delete them."""
    with errors_in_words():
        found = {past.export_id: ended for past, ended in _ended(data)}
        if number not in found:
            raise VicinoError(f"There is no export {number}.", advice="see them with: vicino research list")
    for subject in sorted(found[number]):
        print(subject)


def _ended(data: Path) -> list[tuple[repository.Past, set[str]]]:
    with errors_in_words(), Installation(data).database() as database, database.transaction() as connection:
        agree = {each.subject for each in repository.cohort(connection, SystemClock().now(), None)}
        return [(past, set(past.subjects) - agree) for past in repository.exports(connection)]

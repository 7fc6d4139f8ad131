"""`vicino research report`: the report on a pilot as files, as an account that researches sees it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from cli.acting import seen_by
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import errors_in_words, results
from core.clock import SystemClock
from core.database import View
from core.errors import VicinoError
from core.localtime import day_of
from dashboards.pdf.printing import printed
from dashboards.rendering import Renderer
from dashboards.research.numbers import Asked, Document, canonical, digest, document, load
from dashboards.research.paper import job
from dashboards.research.reads import figures, researches
from dashboards.research.report import ReportView, report_view
from dashboards.static_files import styles
from dashboards.watch import ROME
from dashboards.wording import Words
from embedded.privatefile import private_folder

NUMBERS = "numbers.json"


class Language(StrEnum):
    """In which language the report is written."""

    it = "it"
    en = "en"


class Format(StrEnum):
    """As which file the report is written."""

    html = "html"
    pdf = "pdf"


class Wanted(NamedTuple):
    """What is asked for, and the digest of what came of it before, "" where that is not known."""

    asked: Asked
    before: str


def report(
    to: Annotated[Path, typer.Option("--to", help="New folder for the report.")],
    login: Annotated[str, typer.Option("--as", help="Account of a researcher: it is of what that account may see.")],
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")] = None,
    last: Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day.")] = None,
    query: Annotated[
        Path | None, typer.Option("--query", help="Ask for the same as before: the folder or numbers.json of a report.")
    ] = None,
    language: Annotated[Language, typer.Option("--language", help="Of the report.")] = Language.it,
    form: Annotated[
        list[Format] | None, typer.Option("--format", help="Once for each; a page (html) if not given.")
    ] = None,
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Write the report on the pilot, as a page to print or as PDF, and its numbers.

    With --query the exit code is 1 where other numbers came of it.
    """
    now = SystemClock().now()
    with errors_in_words():
        wanted = _wanted(first, last, query)
        _check(wanted.asked, to, now)
        with _seen_by(Installation(data), login) as view:
            numbers = document(figures(view, wanted.asked.first, wanted.asked.last, now), wanted.asked)
        _write(numbers, to, language, form or [Format.html], now)
    made = digest(numbers)
    same = made == wanted.before if wanted.before else None
    if as_json:
        print(json.dumps({"digest": made, "same": same}))
    else:
        results.print(f"The report is in {to}: {made}", highlight=False, soft_wrap=True)
        if same is not None:
            results.print("The same numbers as before." if same else "Other numbers than before: compare numbers.json.")
    raise typer.Exit(1 if same is False else 0)


def _wanted(first: datetime | None, last: datetime | None, query: Path | None) -> Wanted:
    if query is not None and (first or last):
        raise VicinoError("A saved query says its days itself.", advice="give --query alone, or --from and --until")
    if query is not None:
        file = query / NUMBERS if query.is_dir() else query
        return Wanted(*load(file.read_bytes()))
    if first is None or last is None:
        raise VicinoError("The days are not given.", advice="give --from and --until, or --query")
    return Wanted(Asked(first=first.date(), last=last.date()), "")


def _check(asked: Asked, to: Path, now: datetime) -> None:
    if to.exists():
        raise VicinoError(f"{to} is there already.", kept="what is in it", advice="name a new folder")
    if asked.first > asked.last:
        raise VicinoError("The first day is after the last.", advice="give --from a day that is not after --until")
    if asked.last > day_of(now, ROME) - timedelta(days=1):
        raise VicinoError(
            f"{asked.last} is not over yet.", kept="nothing was written", advice="report up to yesterday at most"
        )


@contextmanager
def _seen_by(installation: Installation, login: str) -> Iterator[View]:
    with seen_by(installation, login) as view:
        if not researches(view):
            raise VicinoError(
                f"{login!r} researches nowhere.", kept="nothing was written", advice="name an account of a researcher"
            )
        yield view


def _write(numbers: Document, to: Path, language: Language, forms: list[Format], now: datetime) -> None:
    shown, renderer = report_view(numbers, Words(language.value)), Renderer()
    made = {f"report.{form}": _made(shown, form, language, renderer, now) for form in forms}
    folder = private_folder(to)
    for name, content in ({NUMBERS: canonical(numbers)} | made).items():
        (folder / name).write_bytes(content)


def _made(shown: ReportView, form: Format, language: Language, renderer: Renderer, now: datetime) -> bytes:
    if form is Format.pdf:
        return printed(*job(shown, language.value, renderer))
    page = renderer.text(
        "research_report_file.html", language.value, report=shown, made=now, zone=ROME, styles=styles()
    )
    return page.encode()

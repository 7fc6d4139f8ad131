"""`vicino bench dashboards`: how soon the board, the page of a person and that of an alert answer, over HTTP."""

import json
import threading
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

from rich.table import Table

from cli.bench.dashboards import repository
from cli.bench.dashboards.browser import Answer, Browser
from cli.bench.dashboards.repository import Counts
from cli.bench.dashboards.site import Site, percentiles, site
from cli.screen import results, say
from core.clock import Clock
from dashboards import actogram, trends

WARMING = 5  # requests of each kind before the clock starts, as a process that has run for a day has had


class View(NamedTuple):
    """How a kind of page answers: of how many requests half and 95 percent took no longer, and what it weighs."""

    requests: int
    p50_ms: float
    p95_ms: float
    longest_ms: float
    kb: float


class Figures(NamedTuple):
    """What was measured: times from the request until the whole answer is there, weights in thousands of bytes.

    `first_visit_kb` is the heaviest of the pages with all that they are made of, compressed, when nothing is kept yet.
    """

    homes: int
    days: int
    there: Counts
    board: View
    board_views: dict[str, View]
    person: View
    person_views: dict[str, View]
    alert: View
    first_visit_kb: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can have it."""

        def views(found: dict[str, View]) -> dict[str, Any]:
            return {name: view._asdict() for name, view in found.items()}

        return {
            "homes": self.homes,
            "days": self.days,
            **self.there._asdict(),
            "board": self.board._asdict() | {"views": views(self.board_views)},
            "person": self.person._asdict() | {"views": views(self.person_views)},
            "alert": self.alert._asdict(),
            "first_visit_kb": max(self.first_visit_kb.values()),
            "first_visits_kb": self.first_visit_kb,
        }


def measure(
    clock: Clock, stop: threading.Event, *, homes: int, days: int, requests: int, folder: Path | None
) -> Figures:
    """Ask `requests` times for each kind of page, of as many homes. Raises `VicinoError` if a page does not answer."""
    with site(clock, stop, homes=homes, days=days, operators=2, folder=folder) as served, served.browser() as browser:
        say(f"Asking {requests} times for each kind of page")
        return _measured(served, browser, homes, days, requests)


def _measured(served: Site, browser: Browser, homes: int, days: int, requests: int) -> Figures:
    persons = cycle(repository.persons(served.connection))
    alerts = repository.alerts(served.connection, requests)
    boards = {
        name: _asked(browser, [path] * requests, fragment=fragment)
        for name, path, fragment in (("whole", "/", False), ("part", "/board", True), ("look", "/?order=look", False))
    }
    people = {
        name: _asked(browser, [path.format(person) for person in islice(persons, requests)])
        for name, path in person_views()
    }
    opened = _asked(browser, [f"/alerts/{alert}" for alert in islice(cycle(alerts), requests)])
    first = {
        "board": "/",
        "person": f"/persons/{next(persons)}",
        "days": f"/persons/{next(persons)}/days?days=90",
        "life": f"/persons/{next(persons)}/life/movement?days=365",
        "alert": f"/alerts/{alerts[0]}",
    }
    return Figures(
        homes=homes,
        days=days,
        there=repository.counts(served.connection),
        board=_view(boards["whole"]),
        board_views={name: _view(found) for name, found in boards.items()},
        person=_view([answer for found in people.values() for answer in found]),
        person_views={name: _view(found) for name, found in people.items()},
        alert=_view(opened),
        first_visit_kb={name: round(browser.weight(path) / 1_000, 1) for name, path in first.items()},
    )


def person_views() -> Iterator[tuple[str, str]]:
    """Yield every view of a person's page that can be chosen, by name, as an address with a gap for the person."""
    yield "today", "/persons/{}"
    for days in actogram.PERIODS:
        yield f"days {days}", f"/persons/{{}}/days?days={days}"
    for part in trends.Part:
        for days in trends.PERIODS:
            yield f"{part} {days}", f"/persons/{{}}/life/{part}?days={days}"


def _asked(browser: Browser, paths: Sequence[str], *, fragment: bool = False) -> list[Answer]:
    for path in paths[:WARMING]:
        browser.seen(path)
    return [browser.get(path, fragment=True) if fragment else browser.seen(path) for path in paths]


def _view(found: Sequence[Answer]) -> View:
    middle, nearly, longest = percentiles([answer.took_s for answer in found], 50, 95, 100)
    return View(
        len(found), middle, nearly, longest, round(sum(answer.bytes for answer in found) / len(found) / 1_000, 1)
    )


def show(figures: Figures, *, as_json: bool) -> None:
    """Print what was measured."""
    if as_json:
        print(json.dumps(figures.as_dict()))
        return
    table = Table("", "requests", "half within ms", "95 % within ms", "longest ms", "kB")
    for name, view in (
        *((f"board, {name}", view) for name, view in figures.board_views.items()),
        ("person, all views", figures.person),
        *((f"person, {name}", view) for name, view in figures.person_views.items()),
        ("alert", figures.alert),
    ):
        table.add_row(name, *(f"{value:,}" for value in view))
    results.print(table)
    there = figures.there
    results.print(
        f"{figures.homes:,} homes: {there.readings:,} readings, {there.episodes:,} episodes, {there.indicators:,} "
        f"indicators, {there.alerts:,} alerts. First visits, kB: {figures.first_visit_kb}.",
        soft_wrap=True,
    )

"""`vicino bench live-boards`: how soon many open boards show a new alert, and what that costs in memory.

Each board is a page that somebody has signed in for: it holds its stream of live updates open, and asks for those parts
of itself whose turn a word of the stream says it is, as its markup tells the page's script to. Measured is the time
from the commit of an alert until a part that shows it is there, on each board.
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple

from cli.bench.dashboards import repository, union
from cli.bench.dashboards.browser import Browser
from cli.bench.dashboards.site import Site, percentiles, site
from cli.replay import progress_bar
from cli.screen import results, say
from core.clock import Clock

MEBI = 1_048_576
SETTLING_S = 5.0  # before the first alert, and after the last
OPEN = 5  # alerts of the measurement that stay open at most, as people resolve them
_PART = re.compile(r'hx-get="(/board[^"]*)" hx-trigger="([^"]*)"')
_TOLD = re.compile(r"sse:(\w+)")
_MARK = re.compile(r"Prova (\d+)\.")


class Figures(NamedTuple):
    """What was measured: milliseconds from the commit of an alert until a board shows it, over all boards and alerts.

    `lost` is how often a board did not show an alert before the next ones were over. `rss_..._mib` is the memory of the
    pages' process when all boards were open and had been told of some alerts, and at the end, `minutes` later.
    """

    boards: int
    accounts: int
    homes: int
    alerts: int
    shown: int
    lost: int
    p50_ms: float
    p95_ms: float
    longest_ms: float
    rss_before_mib: float
    rss_after_mib: float
    growth_mib: float
    minutes: float


class Board:
    """One open board."""

    def __init__(self, browser: Browser, clock: Clock) -> None:
        self._browser = browser
        self._clock = clock
        self._parts: Mapping[str, list[str]] = {}
        self._read(browser.seen("/").text)
        self._stream = browser.listen()
        self.shown: dict[int, float] = {}
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def start(self) -> None:
        """Follow, in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Let the stream go, and with it the thread."""
        self._stream.end()
        self._thread.join()
        self._stream.close()
        self._browser.__exit__()

    def _read(self, text: str) -> None:
        """Note which parts the board asks for at which words; later parts say so of those in them."""
        found = {path.replace("&amp;", "&"): _TOLD.findall(trigger) for path, trigger in _PART.findall(text)}
        wanted = {path for path in self._parts if path.split("?")[0] not in {new.split("?")[0] for new in found}}
        self._parts = {path: self._parts[path] for path in wanted} | found

    def _follow(self) -> None:
        try:
            for word in self._stream.words():
                for path in [path for path, words in self._parts.items() if word in words]:
                    self._show(self._browser.get(path, fragment=True).text)
        except (OSError, HTTPException):
            return  # the measurement is over, or the pages are: what is missing then is counted

    def _show(self, text: str) -> None:
        at = self._clock.monotonic()
        for number in map(int, _MARK.findall(text)):
            self.shown.setdefault(number, at)
        self._read(text)


def measure(
    clock: Clock,
    stop: threading.Event,
    *,
    homes: int,
    days: int,
    boards: int,
    accounts: int,
    alerts: int,
    every_s: float,
    folder: Path | None,
) -> Figures:
    """Open `alerts` alerts, one every `every_s` seconds, while `boards` boards of `accounts` accounts are open.

    Raises `VicinoError` if a page does not answer.
    """
    with (
        site(clock, stop, homes=homes, days=days, operators=accounts, folder=folder) as served,
        _opened(served, clock, boards, accounts) as opened,
    ):
        clock.wait(stop, SETTLING_S)
        say(f"Opening {alerts} alerts")
        committed, before, began = _open_alerts(served, stop, alerts, every_s)
        clock.wait(stop, SETTLING_S)
        after, ended = served.process.memory_info().rss, clock.monotonic()
        took = [
            board.shown[number] - at for board in opened for number, at in committed.items() if number in board.shown
        ]
    middle, nearly, longest = percentiles(took, 50, 95, 100)
    return Figures(
        boards=boards,
        accounts=accounts,
        homes=homes,
        alerts=alerts,
        shown=len(took),
        lost=boards * len(committed) - len(took),
        p50_ms=middle,
        p95_ms=nearly,
        longest_ms=longest,
        rss_before_mib=round(before / MEBI, 1),
        rss_after_mib=round(after / MEBI, 1),
        growth_mib=round((after - before) / MEBI, 1),
        minutes=round((ended - began) / 60, 1),
    )


@contextmanager
def _opened(served: Site, clock: Clock, boards: int, accounts: int) -> Iterator[list[Board]]:
    """Give so many open boards of so many accounts."""
    with ExitStack() as stack, progress_bar() as progress:
        opening = progress.add_task(f"{boards} boards of {accounts} accounts open", total=boards)
        found = []
        for number in range(boards):
            board = Board(served.browser(number % accounts), clock)
            stack.callback(board.close)
            board.start()
            found.append(board)
            progress.update(opening, advance=1)
        yield found


def _open_alerts(
    served: Site, stop: threading.Event, alerts: int, every_s: float
) -> tuple[dict[int, float], int, float]:
    """Return when each alert was committed, and the memory of the pages after the first ones, and when that was."""
    clock = served.clock
    people = repository.without_open_call(served.connection)
    policies = union.plans(clock.now())
    committed: dict[int, float] = {}
    open_ones: list[str] = []
    before, began = served.process.memory_info().rss, clock.monotonic()
    for number in range(alerts):
        person = people[number % len(people)]
        public_id = repository.open_alert(served.connection, person, f"Prova {number}.", policies, clock.now())
        committed[number] = clock.monotonic()
        open_ones.append(public_id)
        clock.wait(stop, every_s / 2)
        if len(open_ones) > min(OPEN, len(people) - 1):
            repository.end_alert(served.connection, open_ones.pop(0), clock.now())
        clock.wait(stop, every_s / 2)
        if number == min(20, alerts // 2):
            before, began = served.process.memory_info().rss, clock.monotonic()
    for public_id in open_ones:
        repository.end_alert(served.connection, public_id, clock.now())
    return committed, before, began


def show(figures: Figures, *, as_json: bool) -> None:
    """Print what was measured."""
    found: dict[str, Any] = figures._asdict()
    if as_json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        results.print(f"{name}: {value:,}")

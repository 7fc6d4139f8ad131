"""`vicino bench alert-latency`: how long a press of a button takes to a person's channel, while a region reports.

A real broker, a real PostgreSQL, and ingest and the alert worker as processes of their own. The channel is a real mail
server: a notification is handed over when the server has its whole text. What is measured lies between the moment when
the gateway writes its message to the broker and that moment, for each person who is told.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec
import psycopg
from psycopg.rows import dict_row

from cli import homes
from cli.bench import calls as calling
from cli.bench import fleet, gateways, ingest
from cli.bench import repository as measured
from cli.bench.calls import Call
from cli.bench.channel import Channel, Handed, channel
from cli.bench.ground import SWITCHED_OFF, Ground, Process, ground
from cli.bench.repository import OpenedAlert
from cli.screen import say
from core.clock import Clock
from core.topics import Leaf
from devices.reads import Series, series_of_gateways
from embedded.process import Service
from registry.document import Account, Document, Membership

GATEWAYS = 250  # that report in the background
PEOPLE = ("operator", "operator", "coordinator")  # who is told of each call
SETTLING_S = 5.0  # what begins is not what is measured
REST_S = 30.0  # for what is still under way after the last press
LOOK_S = 0.1
WORKS = "alerts are worked on"


@dataclass(frozen=True)
class Figures:
    """What was measured. Times are in milliseconds, from a gateway's publish until a person's channel has the message.

    `opened_p99_ms` ends where the alert worker begins to open the alert. Each call is told to three people: `count` is
    how many of those messages came, `lost` how many did not, `duplicated` how many came again. `reached_per_s` is how
    many background messages a second were committed between the first press and the last.
    """

    rate: float
    reached_per_s: float
    calls: int
    count: int
    lost: int
    duplicated: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    longest_ms: float
    opened_p99_ms: float


def measure(
    clock: Clock, stop: threading.Event, *, rate: float, calls: int, calls_per_s: float, workers: int
) -> Figures:
    """Press `calls` buttons while gateways send `rate` messages a second. Raises `VicinoError` if a server fails."""
    lasts_s = SETTLING_S + calls / calls_per_s + REST_S
    with ground(clock, stop) as made, channel() as (mail, smtp_url):
        say(f"Registering {GATEWAYS + calls} homes and preparing {rate * lasts_s:,.0f} messages")
        with made.database() as database:
            homes.apply(database, document(GATEWAYS + calls))
            with database.transaction() as connection:
                registered = series_of_gateways(connection)
        first_caller = fleet.gateway_key(GATEWAYS)
        living = fleet.sources([series for series in registered if series.gateway_key < first_caller])
        pressed = presses([series for series in registered if series.gateway_key >= first_caller], calls_per_s)
        load = fleet.load(
            living,
            Leaf.READINGS,
            messages=round(rate * lasts_s),
            readings=1,
            ends_at=clock.now(),
            every_s=1 / rate,
        )
        # With its first message a worker learns the homes and makes the partitions; nobody waits for that again.
        first = fleet.load(
            living, Leaf.READINGS, messages=GATEWAYS, readings=1, ends_at=clock.now() - timedelta(days=1)
        )
        made.start_workers(workers, os.environ)
        _start_alerts(made, smtp_url)
        ingest.send(made, first, clock)
        with (
            psycopg.connect(made.service_url, autocommit=True, row_factory=dict_row) as reader,
            _waiting(made, "cli.bench.calls", lambda path: calling.write(path, pressed)) as caller,
            _waiting(made, "cli.bench.gateways", lambda path: gateways.write(path, load.packets)) as background,
        ):
            _begin(background)
            clock.wait(stop, SETTLING_S)
            say(f"Pressing {calls} buttons")
            before, began = measured.stored(reader), clock.monotonic()
            _begin(caller)
            published: dict[str, float] = json.loads(_line(caller))
            reached = (measured.stored(reader) - before - calls) / (clock.monotonic() - began)
            _await(mail, calls * len(PEOPLE), clock, stop)
            opened = measured.opened_alerts(reader)
    return figures(
        rate, round(reached, 1), published, mail.handed, opened, monotonic_at_s=time.time() - time.monotonic()
    )


def figures(
    rate: float,
    reached_per_s: float,
    published: Mapping[str, float],
    handed: Sequence[Handed],
    opened: Sequence[OpenedAlert],
    *,
    monotonic_at_s: float,
) -> Figures:
    """Return what was measured; `monotonic_at_s` is when the monotonic clock began, in seconds since 1970."""
    gateway_of = {alert.public_id: alert.gateway_key for alert in opened}
    first: dict[tuple[str, str], Handed] = {}
    for each in handed:
        first.setdefault((each.alert, each.address), each)
    took = sorted(1000 * (each.at_s - published[gateway_of[each.alert]]) for each in first.values())
    opening = sorted(
        1000 * (alert.opened_at.timestamp() - monotonic_at_s - published[alert.gateway_key]) for alert in opened
    )
    return Figures(
        rate=rate,
        reached_per_s=reached_per_s,
        calls=len(published),
        count=len(took),
        lost=len(published) * len(PEOPLE) - len(took),
        duplicated=len(handed) - len(took),
        p50_ms=percentile(took, 50),
        p95_ms=percentile(took, 95),
        p99_ms=percentile(took, 99),
        longest_ms=percentile(took, 100),
        opened_p99_ms=percentile(opening, 99),
    )


def percentile(ordered: Sequence[float], share: int) -> float:
    """Return the smallest of `ordered` that `share` percent of them do not exceed, by nearest rank; 0 of none."""
    if not ordered:
        return 0.0
    return round(ordered[-(-len(ordered) * share // 100) - 1], 1)


def document(number: int) -> Document:
    """Return so many homes with a gateway and a button each, and the people who are told of their calls."""
    made = fleet.document(number)
    owner = made.organisations[0].key
    accounts = tuple(
        Account(f"bench-{place}", "Bench", f"bench-{place}@example.org", memberships=(Membership(owner, role),))
        for place, role in enumerate(PEOPLE)
    )
    return msgspec.structs.replace(made, accounts=accounts)


def presses(registered: Sequence[Series], per_s: float) -> list[Call]:
    """Return a press for each gateway that has a button, one after the other."""
    buttons = fleet.sources(registered, safety=True)
    return [
        Call(key, source.name, source.quantity.unit, number / per_s)
        for number, (key, (source, *_)) in enumerate(sorted(buttons.items()))
    ]


def _start_alerts(made: Ground, smtp_url: str) -> None:
    log = made.installation.logs / "alerts.log"
    made.supervisor.start(
        Service(
            name="alerts",
            argv=(sys.executable, "-m", "alerts"),
            env={
                **os.environ,
                **SWITCHED_OFF,
                "VICINO_DATABASE_URL": made.service_url,
                "VICINO_SMTP_URL": smtp_url,
            },
            ready=lambda: log.exists() and WORKS in log.read_text(encoding="utf-8", errors="replace"),
        ),
        made.stop,
    )


@contextmanager
def _waiting(made: Ground, module: str, write: Callable[[Path], None]) -> Iterator[Process]:
    """Start a process that plays gateways and waits for its line; end it afterwards."""
    path = made.installation.root / module
    write(path)
    player = made.process((sys.executable, "-m", module, str(path)))
    try:
        _line(player)
        yield player
    finally:
        # Its input ends, and with it what it plays.
        player.communicate()


def _line(player: Process) -> str:
    assert player.stdout is not None
    return player.stdout.readline()


def _begin(player: Process) -> None:
    assert player.stdin is not None
    player.stdin.write("go\n")
    player.stdin.flush()


def _await(mail: Channel, messages: int, clock: Clock, stop: threading.Event) -> None:
    deadline = clock.monotonic() + REST_S
    while len(mail.handed) < messages and clock.monotonic() < deadline and not clock.wait(stop, LOOK_S):
        pass

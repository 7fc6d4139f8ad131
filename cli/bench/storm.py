"""`vicino bench storm`: many gateways come back at once with a day of readings each, while others go on living."""

import json
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import psycopg
from psycopg.rows import dict_row

from cli import homes
from cli.bench import fleet, gateways
from cli.bench import repository as measured
from cli.bench.fleet import Load
from cli.bench.ground import Ground, Process, ground, peak_memory_bytes
from cli.bench.ingest import MEBI, compare
from cli.replay import progress_bar
from cli.screen import say
from core.clock import Clock
from core.topics import Leaf
from devices.reads import Series, series_of_gateways

READINGS_PER_HOUR = 360
BATCH = 200  # readings, as a gateway seals them
LIVE_GATEWAYS = 100
LIVE_PER_S = 100  # messages, of all of them together
LIVE_READINGS = 2  # in one message
URGENT_PER_S = 10
LOOK_S = 0.2
LONGEST_S = 300  # for which live readings are prepared


class Figures(NamedTuple):
    """What was measured. Delays are in seconds, from when a batch was due until its gateway knew that it is stored."""

    gateways: int
    hours: int
    readings: int
    seconds: float
    readings_per_s: float
    live_delay_p50_s: float
    live_delay_p99_s: float
    live_delay_longest_s: float
    urgent_delay_p50_s: float
    urgent_delay_p99_s: float
    urgent_delay_longest_s: float
    live_messages: int
    urgent_messages: int
    lost: int
    duplicated: int
    peak_memory_mib: float


def measure(clock: Clock, stop: threading.Event, *, number: int, hours: int, workers: int) -> Figures:
    """Let `number` gateways come back with `hours` of readings each. Raises `VicinoError` if a server fails."""
    with ground(clock, stop) as made, ExitStack() as stack:
        say(f"Registering {number + LIVE_GATEWAYS} homes and preparing their readings")
        with made.database() as database:
            homes.apply(database, fleet.document(number + LIVE_GATEWAYS))
            with database.transaction() as connection:
                registered = series_of_gateways(connection)
        first_live = fleet.gateway_key(number)
        back = [series for series in registered if series.gateway_key < first_live]
        living = [series for series in registered if series.gateway_key >= first_live]
        storm, live, urgent = _prepare(back, living, clock.now(), number, hours)
        made.start_workers(workers, os.environ)
        everyday = [_player(made, name, load) for name, load in (("live", live), ("urgent", urgent))]
        returning = _player(made, "storm", storm)
        for player in (*everyday, returning):
            stack.callback(player.wait)
        reader = stack.enter_context(psycopg.connect(made.service_url, autocommit=True, row_factory=dict_row))
        for player in everyday:
            _begin(player)
        # What begins is not what is measured: the others are at work when the storm comes.
        clock.wait(stop, 3.0)
        already = measured.stored(reader)
        _begin(returning)
        with progress_bar() as progress:
            task = progress.add_task("Committed, of all homes", total=len(storm.keys))
            while returning.poll() is None and not clock.wait(stop, LOOK_S):
                progress.update(task, completed=measured.stored(reader) - already)
        came_back = _end(returning)
        calm = [_end(player) for player in everyday]
        with psycopg.connect(made.administrator_url, autocommit=True) as administrator:
            found = measured.keys(administrator)
        memory = peak_memory_bytes(made.workers())
    lost, _ = compare(storm.keys, found)
    # Of the others, what was called stored must be there; what was under way at the end may be.
    for load, said, size in ((live, calm[0], LIVE_READINGS), (urgent, calm[1], 1)):
        missing, _ = compare(load.keys, found)
        lost += max(0, said["stored"] * size - (len(load.keys) - missing))
    _, duplicated = compare(np.concatenate([storm.keys, live.keys, urgent.keys]), found)
    return Figures(
        gateways=number,
        hours=hours,
        readings=len(storm.keys),
        seconds=round(came_back["seconds"], 1),
        readings_per_s=round(len(storm.keys) / came_back["seconds"]),
        live_delay_p50_s=round(calm[0]["delays"]["p50"], 3),
        live_delay_p99_s=round(calm[0]["delays"]["p99"], 3),
        live_delay_longest_s=round(calm[0]["delays"]["longest"], 3),
        urgent_delay_p50_s=round(calm[1]["delays"]["p50"], 3),
        urgent_delay_p99_s=round(calm[1]["delays"]["p99"], 3),
        urgent_delay_longest_s=round(calm[1]["delays"]["longest"], 3),
        live_messages=calm[0]["stored"],
        urgent_messages=calm[1]["stored"],
        lost=lost,
        duplicated=duplicated,
        peak_memory_mib=round(memory / MEBI, 1),
    )


def _prepare(
    back: Sequence[Series], living: Sequence[Series], now: datetime, number: int, hours: int
) -> tuple[Load, Load, Load]:
    """Return the readings of those who come back, of those who are there, and calls for help of the latter."""
    each = hours * READINGS_PER_HOUR
    storm = fleet.load(
        fleet.sources(back),
        Leaf.BACKFILL,
        messages=number * -(-each // BATCH),
        readings=BATCH,
        ends_at=now - timedelta(minutes=5),
        step_ms=3_600_000 // READINGS_PER_HOUR,
    )
    live = fleet.load(
        fleet.sources(living),
        Leaf.READINGS,
        messages=LIVE_PER_S * LONGEST_S,
        readings=LIVE_READINGS,
        ends_at=now,
        every_s=1 / LIVE_PER_S,
    )
    urgent = fleet.load(
        fleet.sources(living, safety=True),
        Leaf.URGENT,
        messages=URGENT_PER_S * LONGEST_S,
        readings=1,
        ends_at=now,
        every_s=1 / URGENT_PER_S,
    )
    return storm, live, urgent


def _player(made: Ground, name: str, load: Load) -> Process:
    """Start a process that plays the gateways of a load; return it when it is ready."""
    path = made.installation.root / name
    gateways.write(path, load.packets)
    command = (sys.executable, "-m", "cli.bench.gateways", str(path))
    player = made.process(command)
    assert player.stdout is not None
    player.stdout.readline()
    return player


def _begin(player: Process) -> None:
    assert player.stdin is not None
    player.stdin.write("go\n")
    player.stdin.flush()


def _end(player: Process) -> dict[str, Any]:
    """Let a process come to its end, now if it is not there yet, and return what it says of itself."""
    said, _ = player.communicate()
    return dict(json.loads(said))

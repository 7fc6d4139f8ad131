"""`vicino bench ingest`: how many readings a second are committed, and how many the database could take."""

import os
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, dict_row

from cli import homes
from cli.bench import fleet, publishing
from cli.bench import repository as measured
from cli.bench.fleet import Keys, Load
from cli.bench.ground import Ground, ground, peak_memory_bytes, processor_s
from cli.replay import progress_bar
from cli.screen import say
from core.clock import Clock
from core.topics import Leaf
from devices.reads import Series, series_of_gateways
from ingest import mqtt5, packing, repository
from ingest.packing import Columns
from ingest.series import Directory
from ingest.settings import IngestSettings
from ingest.validate import Limits, judge

GATEWAYS = 250
PATIENCE_S = 60.0  # without anything new
LOOK_S = 0.05
CEILING_READINGS = 10_000  # in one commit
MEBI = 1_048_576


class Figures(NamedTuple):
    """What was measured. Rates are per second of wall clock; the ceilings are those of one connection."""

    readings_per_message: int
    messages: int
    workers: int
    seconds: float
    readings_per_s: float
    messages_per_s: float
    ceiling_readings_per_s: float
    ratio: float
    ceiling_copied_readings_per_s: float
    published: int
    stored: int
    lost: int
    duplicated: int
    peak_memory_mib: float
    worker_cpu_us_per_reading: float


def measure(clock: Clock, stop: threading.Event, *, readings: int, messages: int, workers: int) -> Figures:
    """Send `messages` of `readings` readings each through a real broker to so many workers, into a fresh database."""
    with ground(clock, stop) as made:
        say(f"Registering {GATEWAYS} homes and preparing {messages:,} messages")
        with made.database() as database:
            homes.apply(database, fleet.document(GATEWAYS))
            with database.transaction() as connection:
                registered = series_of_gateways(connection)
        sources, now = fleet.sources(registered), clock.now()
        prepared = fleet.load(sources, Leaf.READINGS, messages=messages, readings=readings, ends_at=now)
        # With its first message a worker learns the homes and makes the partitions; nobody waits for that again.
        first = fleet.load(sources, Leaf.READINGS, messages=GATEWAYS, readings=1, ends_at=now - timedelta(days=1))
        made.start_workers(workers, os.environ)
        with psycopg.connect(made.administrator_url, autocommit=True, row_factory=dict_row) as administrator:
            send(made, first, clock)
            measured.empty(administrator)
            used_before_s = processor_s(made.workers())
            seconds = send(made, prepared, clock)
            used_s = processor_s(made.workers()) - used_before_s
            found, counted = measured.keys(administrator), measured.stored(administrator)
            memory = peak_memory_bytes(made.workers())
            ceiling, ceiling_copied = _ceilings(made, administrator, registered, prepared, clock)
    lost, beside = compare(prepared.keys, found)
    # A table with a key holds nothing twice; what the workers counted as stored shows if they counted it twice.
    duplicated = beside + max(0, counted - len(found))
    count = len(prepared.keys)
    return Figures(
        readings_per_message=readings,
        messages=messages,
        workers=workers,
        seconds=round(seconds, 3),
        readings_per_s=round(count / seconds),
        messages_per_s=round(messages / seconds),
        ceiling_readings_per_s=round(ceiling),
        ratio=round(count / seconds / ceiling, 3),
        ceiling_copied_readings_per_s=round(ceiling_copied),
        published=count,
        stored=len(found),
        lost=lost,
        duplicated=duplicated,
        peak_memory_mib=round(memory / MEBI, 1),
        worker_cpu_us_per_reading=round(used_s * 1e6 / count, 2),
    )


def compare(sent: Keys, found: Keys) -> tuple[int, int]:
    """Return how many of the readings sent are not there, and how many there are that should not be."""
    expected, there = _as_one(sent), _as_one(found)
    lost = len(np.setdiff1d(expected, there))
    return lost, len(there) - (len(np.unique(expected)) - lost)


def _as_one(keys: Keys) -> Keys:
    combined: Keys = keys[:, 0] * 2**45 + keys[:, 1]
    return combined


def send(made: Ground, prepared: Load, clock: Clock) -> float:
    """Publish everything from a process of its own; return after how many seconds all of it was committed."""
    path = made.installation.root / "packets"
    publishing.write(path, prepared.packets)
    command = (sys.executable, "-m", "cli.bench.publishing", str(path))
    with (
        psycopg.connect(made.service_url, autocommit=True, row_factory=dict_row) as connection,
        made.process(command) as publisher,
    ):
        assert publisher.stdin is not None
        assert publisher.stdout is not None
        publisher.stdout.readline()
        already = measured.stored(connection)
        publisher.stdin.write("go\n")
        publisher.stdin.flush()
        return _until_committed(lambda: measured.stored(connection) - already, len(prepared.keys), clock)


def _until_committed(stored: Callable[[], int], wanted: int, clock: Clock) -> float:
    """Return after how many seconds all `wanted` readings were committed, or the last of those that came."""
    started = last = clock.monotonic()
    count, never = 0, threading.Event()
    with progress_bar() as progress:
        task = progress.add_task("Committed", total=wanted)
        while count < wanted and clock.monotonic() - last < PATIENCE_S:
            clock.wait(never, LOOK_S)
            now = stored()
            if now != count:
                count, last = now, clock.monotonic()
                progress.update(task, completed=count)
    return last - started


def _ceilings(
    made: Ground, administrator: Connection[DictRow], registered: Sequence[Series], prepared: Load, clock: Clock
) -> tuple[float, float]:
    """Return how many readings a second one connection stores of the same data, by way of staging and by COPY alone."""
    say("Measuring what the database can take")
    parts = _gathered(registered, prepared, clock)
    rates: list[float] = []
    with made.database() as database:
        for store in (_staged, _copied):
            measured.empty(administrator)
            connection = database.connect()
            repository.prepare(connection)
            rates.append(len(prepared.keys) / store(connection, parts, clock))
            connection.close()
    return rates[0], rates[1]


def _gathered(registered: Sequence[Series], prepared: Load, clock: Clock) -> list[Columns]:
    directory = Directory(clock)
    directory.refresh(lambda _: registered)
    limits = Limits(IngestSettings.model_fields["ingest_message_bytes"].default, 0)
    now_ms = round(clock.now().timestamp() * 1000)
    stream = bytearray(b"".join(packet.content for packet in prepared.packets))
    verdicts = [judge(mqtt5.delivery(packet, 0), directory, now_ms, limits) for packet in mqtt5.split(stream)]
    step = max(1, CEILING_READINGS * len(verdicts) // len(prepared.keys))
    return [packing.gather(verdicts[start : start + step]) for start in range(0, len(verdicts), step)]


def _staged(connection: Connection[DictRow], parts: Sequence[Columns], clock: Clock) -> float:
    encoded = [(packing.staged(part), np.unique(part["route"]).tolist()) for part in parts]
    started = clock.monotonic()
    for rows, routes in encoded:
        repository.store_staged(connection, rows, routes)
    return clock.monotonic() - started


def _copied(connection: Connection[DictRow], parts: Sequence[Columns], clock: Clock) -> float:
    encoded = [
        {route: packing.kept(part[part["route"] == route]) for route in np.unique(part["route"]).tolist()}
        for part in parts
    ]
    started = clock.monotonic()
    for rows in encoded:
        repository.store_copied(connection, rows)
    return clock.monotonic() - started

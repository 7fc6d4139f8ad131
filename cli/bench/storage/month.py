"""A month of simulated homes, taken in as ingest takes in what gateways send."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, groupby

from cli import simulated
from core import senml, topics
from core.clock import SimulatedClock
from core.database import Database
from core.messages import BatchProperties
from core.processes import pool
from core.topics import Leaf
from devices.reads import series_of_gateways
from gateway.recordings import zigbee2mqtt
from gateway.recordings.recording import RecordedHome
from ingest import repository
from ingest.mqtt5 import Delivery
from ingest.series import Directory
from ingest.validate import Limits, judge
from simulator.home import SimulatedHome

# The month ends here, so that every measurement stores the same.
END = datetime(2026, 11, 1, tzinfo=UTC)
# What comes in within so long is committed together.
COMMIT_MS = 60_000
_LIMITS = Limits(payload_bytes=2**24, ahead_ms=0)
_PROCESSES = 2

Progress = Callable[[float], None]


def lived(homes: Sequence[SimulatedHome], days: int, progress: Progress) -> list[RecordedHome]:
    """Return what the gateways of homes send of the last days before `END`: what their thinning leaves."""
    found = []
    with pool(min(_PROCESSES, len(homes)), interruptible=False) as processes:
        for home in processes.map(_lived, homes, [days] * len(homes)):
            found.append(home)
            progress(len(found) / len(homes))
    return found


def _lived(home: SimulatedHome, days: int) -> RecordedHome:
    begin = END - timedelta(days=days)
    said = chain(home.announcement(begin), home.messages(begin, END))
    recording = zigbee2mqtt.record((zigbee2mqtt.RawMessage(m.at, m.topic, m.payload) for m in said), home.key)
    return recording.recorded[0]


def take_in(database: Database, homes: Sequence[RecordedHome], progress: Progress) -> int:
    """Store the readings of homes in the order in which they came; return how many."""
    total = sum(len(home.track) for home in homes)
    stored = 0
    with database.connect() as connection:
        repository.prepare(connection)
        directory = Directory(SimulatedClock(END))
        directory.refresh(lambda keys: series_of_gateways(connection, keys))
        months: set[tuple[int, int]] = set()
        for received_ms, deliveries in _commits(homes):
            received_at = datetime.fromtimestamp(received_ms / 1000, UTC)
            if (received_at.year, received_at.month) not in months:
                months.add((received_at.year, received_at.month))
                repository.ensure_month(connection, received_at)
            verdicts = [judge(delivery, directory, received_ms, _LIMITS) for delivery in deliveries]
            outcome = repository.store(
                connection, verdicts, lane=Leaf.READINGS, worker="bench", received_at=received_at
            )
            stored += outcome.stored
            progress(stored / total)
    return stored


def _commits(homes: Sequence[RecordedHome]) -> Iterator[tuple[int, list[Delivery]]]:
    """Yield what is committed together, a message for each home, and when."""
    tracks = [_numbered(home) for home in homes]
    merged = heapq.merge(*tracks, key=lambda item: item[0])
    for number, together in groupby(merged, key=lambda item: item[0] // COMMIT_MS):
        packs: dict[str, list[senml.Measurement]] = defaultdict(list)
        for _, gateway, measurement in together:
            packs[gateway].append(measurement)
        properties = BatchProperties("bench", number, number * COMMIT_MS / 1000, "synced").as_user_properties()
        yield (
            (number + 1) * COMMIT_MS,
            [
                Delivery(topics.topic(gateway, Leaf.READINGS), senml.encode(pack), properties, 1, 1)
                for gateway, pack in packs.items()
            ],
        )


def _numbered(home: RecordedHome) -> Iterator[tuple[int, str, senml.Measurement]]:
    for measurement in home.track:
        yield measurement.at_ms, home.gateway, measurement


def homes_of(number: int) -> list[SimulatedHome]:
    """Return so many simulated homes of the default mix."""
    return simulated.simulated(number)

"""Homes as a running service has them: registered, with their readings, and their days before computed.

A few patterns are simulated and computed by the code of the service; the others are copies of their rows under other
numbers, so that what is measured afterwards finds what it would find in homes that were all lived.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple

from psycopg import Connection

from analytics import jobs
from analytics.analysis import SLICE
from cli import homes as registering
from cli import simulated
from cli.bench.analytics import repository
from core.clock import SimulatedClock
from core.database import Database, Row
from core.localtime import Interval, local_day
from core.processes import cores
from core.vocabulary import BY_NAME, Retention
from devices.reads import series_of_gateways
from gateway.recordings import zigbee2mqtt
from gateway.recordings.recording import RecordedHome
from registry import reads as registry
from registry.document import Organisation
from simulator.home import SimulatedHome

OWNER = Organisation("bench", "Bench", "service")
ZONE = simulated.ZONE
PATTERNS = 2
# A standard home has about 400 readings a day: movement in four rooms, the front door, a plug, two thermometers and
# a button, without what only a technician asks for.
QUANTITIES = frozenset({"occupancy", "contact", "power", "temperature", "humidity", "sos_button", "battery"})
ROOMS_WITHOUT = frozenset({"hall", "entrance"})
PLACES_WITHOUT = frozenset({"fridge"})
KEPT = timedelta(days=17)  # of readings: nothing that is computed every day looks further back than 15 days
AT_ONCE = 50  # homes that are filled in one go
ONE_DAY = timedelta(days=1)

Progress = Callable[[float], None]


class Span(NamedTuple):
    """The days that are there before: `first` to `last`, of which the last has just ended; all is lived until `end`."""

    first: date
    last: date
    end: datetime


def span(days: int, last: date) -> Span:
    """Return so many days before `last` and that day, lived until the evening after it."""
    return Span(last - days * ONE_DAY, last, local_day(last + ONE_DAY, ZONE).start + timedelta(hours=18))


def last_day(days: Span) -> Interval:
    """Return from when to when the last day lasted."""
    return local_day(days.last, ZONE)


def prepare(
    database: Database, connection: Connection[Row], number: int, days: Span, told: Callable[[str, float], None]
) -> None:
    """Register so many homes, and give them readings and computed days; `told` hears of what is done which share is."""
    told(f"{number:,} homes registered", 0.0)
    patterns = _register(database, number)
    told(f"{number:,} homes registered", 1.0)
    lived = f"{(days.last - days.first).days} days of {len(patterns)} homes lived and computed"
    told(lived, 0.0)
    live(database, connection, patterns, local_day(days.first, ZONE).start, days.end)
    with database.transaction() as asking:
        ids = {home.key: home.home_id for home in registry.homes(asking)}
    compute(database, [ids[key] for key, _ in patterns], days, lambda share: told(lived, share))

    def fill(address: str, password: str, copies: Sequence[tuple[str, str]]) -> None:
        _copy_some(address, password, copies, days)

    fill_copies(connection, _copies(number), fill, lambda share: told("The same for the other homes", share))


def _register(database: Database, number: int) -> list[tuple[str, SimulatedHome]]:
    """Register so many homes; return those that are simulated, with their keys. The others are copies of them."""
    patterns = simulated.simulated(min(PATTERNS, number), OWNER)
    entries = (_entry(patterns[index % len(patterns)].registry_entry(), index) for index in range(number))
    registering.apply(database, registering.document_of(OWNER, entries))
    return [(_key(index), home) for index, home in enumerate(patterns)]


def _copies(number: int) -> list[tuple[str, str]]:
    """Return the homes that are copies, each with its pattern."""
    patterns = min(PATTERNS, number)
    return [(_key(index), _key(index % patterns)) for index in range(patterns, number)]


def _key(index: int) -> str:
    return f"bench-{index:05d}"


def _entry(entry: dict[str, Any], index: int) -> dict[str, Any]:
    key = _key(index)
    return standard(entry, key) | {"name": "Bench", "persons": [{"key": key, "name": "Bench"}]}


def standard(entry: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the entry of a simulated home as that of a standard home under another key."""
    devices = [
        {**device, "quantities": sorted(QUANTITIES.intersection(device["quantities"]))}
        for device in entry["devices"]
        if _is_standard(device)
    ]
    return {**entry, "key": key, "gateway": key, "devices": devices}


def _is_standard(device: Mapping[str, Any]) -> bool:
    moves = "occupancy" in device["quantities"]
    spared = (moves and device["room"] in ROOMS_WITHOUT) or device["place"] in PLACES_WITHOUT
    return not spared and bool({"occupancy", "contact", "power", "temperature", "sos_button"} & {*device["quantities"]})


def live(
    database: Database,
    connection: Connection[Row],
    patterns: Sequence[tuple[str, SimulatedHome]],
    begin: datetime,
    end: datetime,
) -> None:
    """Store the readings of patterns, each with the key of its gateway, from `begin` to `end`."""
    repository.ensure_partitions(connection, begin, end)
    with database.transaction() as asking:
        registered = {
            (series.gateway_key, series.name): series
            for series in series_of_gateways(asking, [key for key, _ in patterns])
        }
    rows: dict[Retention, list[tuple[datetime, float, int]]] = {}
    for key, home in patterns:
        for measurement in _lived(home, begin, end).track:
            series = registered.get((key, measurement.name))
            if series is not None and series.series_id is not None:
                quantity = BY_NAME[measurement.name.split("/")[1]]
                at = datetime.fromtimestamp(measurement.at_ms / 1000, UTC)
                rows.setdefault(quantity.retention, []).append((at, measurement.value, series.series_id))
    repository.put_readings(connection, rows)


def _lived(home: SimulatedHome, begin: datetime, end: datetime) -> RecordedHome:
    said = chain(home.announcement(begin), home.messages(begin, end))
    recording = zigbee2mqtt.record((zigbee2mqtt.RawMessage(m.at, m.topic, m.payload) for m in said), home.key)
    return recording.recorded[0]


def compute(database: Database, home_ids: Sequence[int], days: Span, progress: Progress) -> None:
    """Compute the patterns' days up to the last but one, as they ended, and the last as it was a little before."""
    noon = SimulatedClock(local_day(days.last, ZONE).start + timedelta(hours=13))
    done = 0

    def told(_: jobs.Progressed) -> None:
        nonlocal done
        done += 1
        progress(min(1.0, done / (len(home_ids) * (-(-(days.last - days.first).days // SLICE)))))

    jobs.analyse(database, days.first, days.last - ONE_DAY, clock=noon, homes=home_ids, progress=told)
    evening = SimulatedClock(local_day(days.last, ZONE).end - timedelta(minutes=5))
    jobs.analyse(database, days.last, days.last, clock=evening, homes=home_ids)


def fill_copies(
    connection: Connection[Row],
    copies: Sequence[tuple[str, str]],
    fill: Callable[[str, str, Sequence[tuple[str, str]]], None],
    progress: Progress,
) -> None:
    """Give copies, each with its pattern, what the patterns have: some at a time on as many connections as cores.

    `fill` gets the address of the database, its password and some of the copies.
    """
    shares = [copies[first : first + AT_ONCE] for first in range(0, len(copies), AT_ONCE)]
    with ThreadPoolExecutor(cores()) as executor:
        waiting = [executor.submit(fill, connection.info.dsn, connection.info.password, each) for each in shares]
        for index, done in enumerate(as_completed(waiting), start=1):
            done.result()
            progress(index / (len(waiting) + 1))
    repository.settle(connection)
    progress(1.0)


def _copy_some(address: str, password: str, copies: Sequence[tuple[str, str]], days: Span) -> None:
    with repository.filling(address, password) as connection:
        repository.pair(connection, copies)
        for retention in Retention:
            repository.copy_readings(connection, retention, days.end - KEPT)
        for table in repository.computed(connection):
            repository.copy_computed(connection, table)

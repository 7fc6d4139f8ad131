"""A database with homes whose readings are put there directly, as ingest would have."""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from analytics.frames import instant
from core.clock import SimulatedClock
from core.database import Database, Role
from core.vocabulary import BY_NAME
from tests.unit.analytics.made import at

ROOT = Path(__file__).parents[3]
STEP_S = 0.2
NOW = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
SENSORS = (
    ("bedroom", "bedroom", "motion", ""),
    ("bathroom", "bathroom", "motion", ""),
    ("kitchen", "kitchen", "motion", ""),
    ("hall", "hall", "opening", "entrance_door"),
)


@dataclass
class MadeHome:
    """A home, its organisation and the series of its sensors, by place or room and in the order they were given."""

    home_id: int
    organisation_id: int
    series: dict[str, int]
    series_in_order: list[int]


class Installation:
    """Makes homes and stores readings, as the administrator."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)
        self._numbers = itertools.count(1)

    def rows(self, query: str, *parameters: object) -> list[dict]:
        return self.connection.execute(query, parameters).fetchall()

    def one(self, query: str, *parameters: object) -> int:
        return next(iter(self.rows(query, *parameters)[0].values()))

    def organisation(self) -> int:
        key = f"town-{next(self._numbers)}"
        return self.one(
            "INSERT INTO registry.organisation (key, name, kind) VALUES (%s, %s, 'service') RETURNING organisation_id",
            key,
            key,
        )

    def viewer(self, organisation_id: int) -> int:
        login = f"operator-{next(self._numbers)}"
        account = self.one(
            "INSERT INTO registry.account (login, name) VALUES (%s, %s) RETURNING account_id", login, login
        )
        self.connection.execute(
            "INSERT INTO registry.membership VALUES (%s, %s, 'operator')", (account, organisation_id)
        )
        return account

    def home(self, organisation_id: int, zone: str = "Europe/Rome", sensors: Sequence[tuple] = SENSORS) -> MadeHome:
        key = f"home-{next(self._numbers)}"
        org = organisation_id
        home = self.one(
            "INSERT INTO registry.home (organisation_id, key, name, timezone) VALUES (%s, %s, %s, %s)"
            " RETURNING home_id",
            org, key, key, zone,
        )  # fmt: skip
        self.connection.execute(
            "INSERT INTO registry.person (organisation_id, home_id, key, name) VALUES (%s, %s, %s, 'Ada')",
            (org, home, key),
        )
        gateway = self.one(
            "INSERT INTO devices.gateway (organisation_id, home_id, key) VALUES (%s, %s, %s) RETURNING gateway_id",
            org,
            home,
            key,
        )
        series, in_order = {}, []
        for room, kind, quantity, place in sensors:
            rooms = self.rows("SELECT room_id FROM registry.room WHERE home_id = %s AND key = %s", home, room)
            room_id = rooms[0]["room_id"] if rooms else self.one(
                "INSERT INTO registry.room (organisation_id, home_id, key, kind) VALUES (%s, %s, %s, %s)"
                " RETURNING room_id",
                org, home, room, kind,
            )  # fmt: skip
            name = f"{room}-{place or quantity}"
            device = self.one(
                "INSERT INTO devices.device (organisation_id, home_id, gateway_id, room_id, key, place)"
                " VALUES (%s, %s, %s, %s, %s, %s) RETURNING device_id",
                org, home, gateway, room_id, name, place,
            )  # fmt: skip
            in_order.append(self.one(
                "INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
                " VALUES (%s, %s, %s, %s, %s, %s) RETURNING series_id",
                org, home, gateway, device, name, BY_NAME[quantity].id,
            ))  # fmt: skip
            series[place or room] = in_order[-1]
        return MadeHome(home, org, series, in_order)

    def store(self, home: MadeHome, readings: Sequence[tuple[int, str]], received: datetime = NOW) -> None:
        """Store (microseconds, room) activations and say which hours they touch, in one transaction."""
        rows = [(instant(moment), home.series[room]) for moment, room in readings]
        with self.connection.transaction(), self.connection.cursor() as cursor:
            first, last = min(row[0] for row in rows), max(row[0] for row in rows)
            cursor.execute("SELECT ingest.ensure_partitions(%s, %s)", (first, last))
            cursor.executemany(
                "INSERT INTO ingest.reading_event (ts, series_id, value) VALUES (%s, %s, 1) ON CONFLICT DO NOTHING",
                rows,
            )
            hours = sorted({row[0].replace(minute=0, second=0, microsecond=0) for row in rows})
            cursor.executemany(
                "INSERT INTO ingest.touched (home_id, hour, received_at) VALUES (%s, %s, %s)",
                [(home.home_id, hour, received) for hour in hours],
            )
            cursor.execute("NOTIFY vicino_touched")


def ordinary_day(day: date, visits: int = 1) -> list[tuple[int, str]]:
    """Somebody moves every half hour from 7 to 22, and is in the bathroom every half hour of a night so many times."""
    rows = [(at(day, f"{hour}:{minute}"), "kitchen") for hour in range(7, 22) for minute in ("05", "35")]
    rows += [(at(day, "22:30"), "bedroom"), (at(day, "28:30"), "bedroom")]
    return rows + [(at(day, f"{23 + number // 2}:{15 + number % 2 * 30}"), "bathroom") for number in range(visits)]


def ordinary_days(first: date, last: date) -> list[tuple[int, str]]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [row for day in days for row in ordinary_day(day, visits=day.toordinal() % 2)]


@pytest.fixture
def installation(database_url: str) -> Iterator[Installation]:
    made = Installation(database_url)
    yield made
    made.connection.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with Database(database_url, Role.SERVICE, name="test") as opened:
        yield opened


@pytest.fixture
def people(database_url: str) -> Iterator[Database]:
    with Database(database_url, Role.PEOPLE, name="test") as opened:
        yield opened


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOW)


@pytest.fixture
def days_of() -> Callable[[date, date], list[tuple[int, str]]]:
    return ordinary_days


@pytest.fixture
def day_of_visits() -> Callable[[date, int], list[tuple[int, str]]]:
    return ordinary_day


def until(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(STEP_S)


@pytest.fixture
def process(database_url, broker_url, tmp_path):
    started = []

    def start(module, **more):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VICINO_")}
        environment |= {"VICINO_DATABASE_URL": database_url, "VICINO_BROKER_URL": broker_url}
        environment |= {"VICINO_DATA": str(tmp_path), "VICINO_METRICS_PORT": "0", **more}
        started.append(
            subprocess.Popen([sys.executable, "-m", module], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        )
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.wait()

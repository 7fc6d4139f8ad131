"""Homes that send, and ingest workers that take in."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from core.clock import SystemClock
from core.database import Database, Role
from core.mqtt import BrokerAddress
from devices.reads import series_of_gateways
from ingest import repository
from ingest.consumer import Consumer
from ingest.counters import Counters
from ingest.settings import IngestSettings
from tests.integration.ingest.homes import WITHIN_S, Sender, World

ROOT = Path(__file__).parents[3]


@pytest.fixture
def world(database_url):
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        yield World(connection)


@pytest.fixture
def service(database_url):
    with Database(database_url, Role.SERVICE, name="test") as database:
        yield database


@pytest.fixture
def people(database_url):
    with Database(database_url, Role.PEOPLE, name="test people") as database:
        yield database


@pytest.fixture
def settings(database_url, broker_url, world):
    def make(**changes):
        values = {
            "database_url": database_url,
            "broker_url": broker_url,
            "ingest_group": f"test-{world.mark}",
            "ingest_worker": f"worker-{os.urandom(3).hex()}",
            "ingest_linger_s": 0.0,
            "keepalive_s": 5,
        }
        return IngestSettings(**(values | changes))

    return make


@pytest.fixture
def start_worker(settings):
    """Start ingest in this process; it ends with the test."""
    running = []

    def start(**changes):
        own = settings(**changes)
        database = Database(own.database_url.get_secret_value(), Role.SERVICE, name="ingest")

        def connect():
            connection = database.connect()
            repository.prepare(connection)
            return connection

        consumer = Consumer(own, connect, series_of_gateways, SystemClock(), Counters())
        running.append(consumer)
        consumer.start()
        assert consumer.wait_connected(WITHIN_S)
        return consumer

    yield start
    for consumer in running:
        consumer.stop()


@pytest.fixture
def start_process(settings):
    """Start ingest as a process of its own; it is killed after the test."""
    running = []

    def start(**changes):
        own = settings(**changes)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VICINO_")}
        named = ("ingest_group", "ingest_worker", "ingest_linger_s", "keepalive_s", "ingest_batch_messages")
        for name in (*named, "metrics_port"):
            environment[f"VICINO_{name.upper()}"] = str(getattr(own, name))
        environment["VICINO_DATABASE_URL"] = own.database_url.get_secret_value()
        environment["VICINO_BROKER_URL"] = own.broker_url.get_secret_value()
        process = subprocess.Popen(
            [sys.executable, "-m", "ingest"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
        )
        drain = threading.Thread(target=process.stderr.read, daemon=True)
        running.append((process, drain))
        # Three lanes and the statuses.
        for _ in range(4):
            while " receiving" not in (line := process.stderr.readline()):
                assert line, "ingest ended before it was connected"
        drain.start()
        return process

    yield start
    for process, drain in running:
        process.kill()
        process.wait()
        if drain.ident is not None:
            drain.join(WITHIN_S)
        process.stderr.close()


@pytest.fixture
def sender(broker_url):
    """Make a gateway that sends."""
    made = []

    def make(key):
        made.append(Sender(BrokerAddress.parse(broker_url), key))
        return made[-1]

    yield make
    for each in made:
        each.close()

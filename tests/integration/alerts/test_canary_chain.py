"""A test call through real processes: broker, ingest, alert worker, watchdog; and what is told when one is killed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from alerts.canary.gateway import KEY
from cli.canary import register
from core.clock import SystemClock
from core.database import Database, Role
from tests.integration.alerts.http_server import Behaviour, serve
from tests.integration.alerts.test_worker import until

ROOT = Path(__file__).resolve().parents[3]
EVERY_S, WITHIN_S = 3.0, 2.0


@pytest.fixture
def outside():
    behaviour = Behaviour()
    with serve(behaviour):
        yield behaviour


@pytest.fixture
def start(database_url, broker_url, outside, tmp_path):
    """Start a service; whatever still runs at the end is killed."""
    running = []

    def one(module):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VICINO_")} | {
            "VICINO_DATABASE_URL": database_url,
            "VICINO_BROKER_URL": broker_url,
            "VICINO_DATA": str(tmp_path),
            "VICINO_CANARY_GATEWAY": KEY,
            "VICINO_CANARY_EVERY_S": str(EVERY_S),
            "VICINO_CANARY_WITHIN_S": str(WITHIN_S),
            "VICINO_DEADMAN_URL": f"{outside.url}/ping",
            "VICINO_DEADMAN_FAIL_URL": f"{outside.url}/fail",
            "VICINO_DEADMAN_EVERY_S": "0.5",
        }
        log = (tmp_path / f"{module}-{len(running)}.log").open("w")
        process = subprocess.Popen([sys.executable, "-m", module], cwd=ROOT, env=environment, stderr=log)
        log.close()
        running.append(process)
        return process

    yield one
    for process in running:
        process.kill()
        process.wait()


def calls(world):
    return world.rows("SELECT sent_at, arrived_at, missed_at FROM alerts.canary ORDER BY sent_at")


def arrived(world):
    return [row for row in calls(world) if row["arrived_at"] and not row["missed_at"]]


def last_paths(outside, count):
    return {one.path for one in outside.received[-count:]}


def test_a_call_arrives_and_a_dead_worker_is_told_outside(world, database_url, start, outside):
    with Database(database_url, Role.SERVICE, name="test") as database:
        register(database, SystemClock())
    start("ingest")
    worker = start("alerts")
    start("alerts.watchdog")
    until(lambda: len(arrived(world)) >= 2, 90)
    took = [(row["arrived_at"] - row["sent_at"]).total_seconds() for row in arrived(world)]
    assert min(took) < WITHIN_S
    until(lambda: outside.received and outside.last.path == "/ping", 30)

    worker.kill()
    worker.wait()
    killed = time.monotonic()
    until(lambda: outside.last.path == "/fail", EVERY_S + WITHIN_S + 10)
    told_after = time.monotonic() - killed
    assert b"the test call did not arrive" in outside.last.body
    assert calls(world)[-1]["missed_at"] or calls(world)[-2]["missed_at"]
    assert told_after < EVERY_S + WITHIN_S + 5

    start("alerts")
    until(lambda: outside.last.path == "/ping", 60)
    until(lambda: {row["state"] for row in world.alerts()[:-1]} == {"resolved"}, 30)

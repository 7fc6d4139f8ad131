"""Services that are told to end while their database is down, or nothing comes back from it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.chaos.proxy import Mode, Proxy

ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 5.0
# Long enough to be in the midst of waiting for the database.
MISSED_S = 6.0
BEGINS_S = 3.0
AT_WORK = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s"
SERVICES = ("alerts", "analytics", "devices", "ingest")


@pytest.fixture
def proxy(database_url):
    with Proxy(urlsplit(database_url).port) as between:
        yield between


@pytest.fixture
def start(database_url, proxy, broker_url, tmp_path):
    """Start a service that reaches its database through the proxy, and wait until it works."""
    parts = urlsplit(database_url)
    url = urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{proxy.port}"))
    running = []

    def one(service):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VICINO_")} | {
            "VICINO_DATABASE_URL": url,
            "VICINO_BROKER_URL": broker_url,
            "VICINO_ANALYTICS_WORKERS": "1",
            "VICINO_METRICS_PORT": "0",
            "VICINO_LOG_FORMAT": "json",
        }
        with (tmp_path / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", service], cwd=ROOT, env=environment, stderr=log, stdout=log
            )
        running.append(process)
        with psycopg.connect(database_url, autocommit=True) as connection:
            deadline = time.monotonic() + 60
            while not connection.execute(AT_WORK, (f"vicino {service}",)).fetchall():
                assert process.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.1)
        time.sleep(BEGINS_S)
        return process

    yield one
    for process in running:
        process.kill()
        process.wait()


@pytest.mark.parametrize("mode", [Mode.CUT, Mode.SWALLOW])
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_ends_within_five_seconds_while_its_database_is_away(start, proxy, service, mode):
    process = start(service)
    proxy.become(mode)
    time.sleep(MISSED_S)
    assert process.poll() is None
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(WITHIN_S) == 0, time.monotonic() - began

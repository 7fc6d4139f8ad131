"""A real gateway is killed: by the defaults, real processes and a real broker tell of it in time."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STEP_S = 0.2


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


def test_a_killed_gateway_is_a_finding_within_three_minutes(installation, process):
    home = installation.home(installation.organisation())
    key = installation.rows("SELECT key FROM devices.gateway WHERE home_id = %s", home.home_id)[0]["key"]
    process("ingest", VICINO_INGEST_GROUP=f"test-{os.getpid()}")
    process("analytics")
    gateway = process("gateway", VICINO_GATEWAYS=key)
    until(lambda: installation.rows("SELECT FROM ingest.gateway_status WHERE online"), 60)
    until(lambda: installation.rows("SELECT FROM analytics.silence_due"), 60)
    gateway.send_signal(signal.SIGKILL)
    until(lambda: installation.rows("SELECT FROM analytics.finding WHERE kind = 'gateway_silence'"), 180)
    (found,) = installation.rows("SELECT * FROM analytics.finding WHERE kind = 'gateway_silence'")
    assert (found["evidence"]["class"], found["evidence"]["until"]) == ("gateway_offline", None)
    # Started again, by another start of its program on the same machine: nobody's power had failed.
    process("gateway", VICINO_GATEWAYS=key)
    until(lambda: installation.rows("SELECT FROM analytics.finding WHERE evidence ->> 'cause' = 'program'"), 60)
    (again,) = installation.rows("SELECT * FROM analytics.finding WHERE kind = 'gateway_silence'")
    assert again["finding_id"] == found["finding_id"]
    assert again["evidence"]["until"] is not None

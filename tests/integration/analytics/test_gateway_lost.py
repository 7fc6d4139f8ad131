"""A real gateway is killed: by the defaults, real processes and a real broker tell of it in time."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.database import Database, Role
from core.mqtt import Connection
from ingest import reads
from tests.integration.gateway.conftest import OwnBroker

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


@pytest.fixture
def own_broker(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    broker = OwnBroker(folder)
    broker.start()
    yield broker
    broker.kill()


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


def test_a_gateway_whose_home_broker_is_gone_says_so_and_the_service_knows_which_devices_are_behind_it(
    installation, process, own_broker
):
    home = installation.home(installation.organisation())
    key = installation.rows("SELECT key FROM devices.gateway WHERE home_id = %s", home.home_id)[0]["key"]
    installation.connection.execute("UPDATE devices.device SET key = '0x01' WHERE key LIKE 'kitchen%%'")
    (kitchen,) = installation.rows("SELECT gateway_id, device_id FROM devices.device WHERE key = '0x01'")
    process("ingest", VICINO_INGEST_GROUP=f"test-{os.getpid()}")
    url = f"mqtt://{own_broker.address.host}:{own_broker.address.port}"
    process("gateway", VICINO_GATEWAYS=key, VICINO_SYSTEMS="zigbee2mqtt", VICINO_HOME_BROKER_URL=url)
    bridge = Connection(own_broker.address, "bridge")
    bridge.start()
    assert bridge.wait_connected(10)
    motion = {"definition": None, "friendly_name": "kitchen", "ieee_address": "0x01", "type": "EndDevice"}
    assert bridge.publish("zigbee2mqtt/bridge/devices", json.dumps([motion]).encode(), retain=True) is not None

    def unreachable():
        return [tuple(row["unreachable"]) for row in installation.rows("SELECT unreachable FROM ingest.gateway_status")]

    def behind():
        with Database(installation.url, Role.SERVICE, name="test") as database, database.transaction() as connection:
            return reads.systems_of_devices(connection, [kitchen["gateway_id"]])

    until(lambda: unreachable() == [()], 60)
    until(lambda: behind() == {kitchen["gateway_id"]: {kitchen["device_id"]: "zigbee2mqtt"}}, 30)
    own_broker.kill()
    bridge.stop()
    until(lambda: unreachable() == [("zigbee2mqtt",)], 30)
    own_broker.start()
    until(lambda: unreachable() == [()], 30)
    changes = installation.rows("SELECT unreachable FROM ingest.gateway_transition ORDER BY at")
    assert [row["unreachable"] for row in changes][-2:] == [["zigbee2mqtt"], []]

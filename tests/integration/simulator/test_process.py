"""The simulator process against a real broker, which is restarted meanwhile."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.mqtt import BrokerAddress, Connection

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
WITHIN_S = 60
DEVICES = "home/gw-sim-01/zigbee2mqtt/bridge/devices"

pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Listener:
    """Collects what the homes' broker delivers and waits for what a test expects."""

    def __init__(self, port):
        self.messages = []
        self.changed = threading.Condition()
        self.connection = Connection(
            BrokerAddress("127.0.0.1", port, None, None, tls=False),
            "listener",
            on_message=self.received,
            subscriptions=("home/#",),
            reconnect_max_s=1,
        )
        self.connection.start()
        # Nobody keeps what is said once, such as a call for help, for a listener who comes later.
        assert self.connection.wait_connected(WITHIN_S)

    def received(self, message):
        self.connection.acknowledge(message)
        with self.changed:
            self.messages.append(message)
            self.changed.notify_all()

    def wait_for(self, condition, seconds=WITHIN_S):
        with self.changed:
            return self.changed.wait_for(lambda: condition(self.messages), seconds)


def start_broker(port):
    """Start a broker and wait until it listens; another process may hold its port for a moment."""
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        broker = subprocess.Popen([MOSQUITTO, "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while broker.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return broker
            time.sleep(0.01)
    raise AssertionError("the broker does not start")


def end(process):
    process.send_signal(signal.SIGTERM)
    assert process.wait(WITHIN_S) is not None


def test_homes_speak_and_announce_themselves_again_to_a_broker_that_forgot(tmp_path):
    port = free_port()
    broker = start_broker(port)
    environment = {
        **os.environ, "VICINO_BROKER_URL": f"mqtt://127.0.0.1:{port}", "VICINO_SIMULATOR_HOMES": "2",
        "VICINO_SIMULATOR_STORY": "true", "VICINO_SIMULATOR_SPEED": "60",
    }  # fmt: skip
    listener = Listener(port)
    simulator = subprocess.Popen([sys.executable, "-m", "simulator"], env=environment, cwd=Path(__file__).parents[3])
    try:
        assert listener.wait_for(lambda seen: any(message.topic == DEVICES for message in seen))
        assert listener.wait_for(
            lambda seen: any(
                "gw-sim-01" in message.topic and json.loads(message.payload).get("action") == "emergency"
                for message in seen
                if "/bridge/" not in message.topic
            )
        )
        end(broker)
        listener.messages.clear()
        broker = start_broker(port)
        assert listener.wait_for(lambda seen: any(message.topic == DEVICES for message in seen))
        # What the silent home said before it fell silent may still come; it does not announce itself.
        announced = {message.topic for message in listener.messages if message.retain or "/bridge/" in message.topic}
        assert not any("gw-sim-02" in topic for topic in announced)
        end(simulator)
        assert simulator.returncode == 0
        assert listener.wait_for(lambda seen: any("bridge/state" in m.topic and b"offline" in m.payload for m in seen))
    finally:
        simulator.kill()
        simulator.wait()
        listener.connection.stop()
        broker.kill()
        broker.wait()

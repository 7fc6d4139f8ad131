"""The real gateway process, killed while it works; and what Zigbee2MQTT says in the home, from end to end."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from core.mqtt import Connection
from core.topics import Leaf

ROOT = Path(__file__).parents[3]
GATEWAY = "gw-1"
BASE = f"home/{GATEWAY}/zigbee2mqtt"
ADDRESS = "0x00158d0001A2B3C4"
KEY = ADDRESS.lower()
FRIENDLY = "hall/motion sensor"
DEVICES = [
    {"type": "Coordinator", "ieee_address": "0x00124b0000000000", "friendly_name": "Coordinator"},
    {
        "type": "EndDevice",
        "ieee_address": ADDRESS,
        "friendly_name": FRIENDLY,
        "power_source": "Battery",
        "definition": {
            "vendor": "Aqara",
            "model": "RTCGQ11LM",
            "description": "Motion sensor",
            "exposes": [
                {"type": "binary", "property": "occupancy", "name": "occupancy"},
                {"type": "numeric", "property": "battery", "name": "battery", "unit": "%"},
            ],
        },
    },
]


class HomeBridge:
    """Publishes as Zigbee2MQTT does."""

    def __init__(self, address: Any) -> None:
        self.confirmed: list[int] = []
        self.connection = Connection(address, "bridge", on_published=self.confirmed.append, reconnect_max_s=1)

    def __enter__(self) -> Self:
        self.connection.start()
        assert self.connection.wait_connected(60)
        self.send("bridge/devices", DEVICES, retain=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.stop()

    def send(self, below: str, payload: object, *, retain: bool = False) -> None:
        mid = self.connection.publish(f"{BASE}/{below}", json.dumps(payload).encode(), retain=retain)
        assert mid is not None

    def move(self, number: int, start: datetime) -> None:
        at = start + timedelta(milliseconds=number)
        self.send(FRIENDLY, {"occupancy": bool(number % 2), "last_seen": at.isoformat()})


def start_gateway(broker: Any, folder: Path) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "VICINO_GATEWAYS": GATEWAY,
        "VICINO_DATA": str(folder),
        "VICINO_BROKER_URL": broker.url,
        "VICINO_HOME_BASE": "home/{gateway}/zigbee2mqtt",
        "VICINO_WILL_DELAY_S": "1",
        "VICINO_KEEPALIVE_S": "5",
    }
    return subprocess.Popen([sys.executable, "-m", "gateway"], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


def test_killed_again_and_again_it_loses_nothing(
    own_broker: Any, service_of: Any, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    start = datetime.now(UTC) - timedelta(seconds=10)
    process = start_gateway(own_broker, tmp_path)
    sent = 0
    try:
        with service_of(own_broker.address, answering=False) as service, HomeBridge(own_broker.address) as bridge:
            wait_until(lambda: service.inventories)
            for _ in range(3):
                before = len(service.messages)
                for _ in range(700):
                    bridge.move(sent, start)
                    sent += 1
                # In the middle of publishing: some of it is sealed and sent, some waits, some is in the home's broker.
                wait_until(lambda before=before: len(service.messages) > before)
                process.send_signal(signal.SIGKILL)
                process.wait()
                process = start_gateway(own_broker, tmp_path)
            service.answering = True
            wait_until(lambda: service.keys == sent, 60)
            assert service.conflicts == 0
            assert service.same_bytes()
            assert {name for _, name, _ in service.stored} == {f"{KEY}/occupancy"}
            first_ms = round(start.timestamp() * 1000)
            assert sorted(at_ms - first_ms for _, _, at_ms in service.stored) == list(range(sent))
            process.send_signal(signal.SIGTERM)
            assert process.wait(8) == 0
            wait_until(lambda: not service.statuses[-1].online)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_the_inventory_and_an_sos_arrive(
    own_broker: Any, service_of: Any, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    process = start_gateway(own_broker, tmp_path)
    try:
        with service_of(own_broker.address) as service, HomeBridge(own_broker.address) as bridge:
            wait_until(lambda: service.inventories)
            assert [(device.key, device.name) for device in service.inventories[-1].devices] == [(KEY, FRIENDLY)]
            bridge.send(FRIENDLY, {"action": "emergency"})
            wait_until(lambda: service.keys == 1)
            assert [lane for lane, *_ in service.messages] == [Leaf.URGENT]
            assert [name for _, name, _ in service.stored] == [f"{KEY}/sos_button"]
            process.send_signal(signal.SIGTERM)
            assert process.wait(8) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()

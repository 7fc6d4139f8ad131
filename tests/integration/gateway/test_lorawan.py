"""The real gateway process at LoRaWAN network servers, whose part a Mosquitto plays: homes, kills, what is lost."""

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import msgspec
import psutil
import pytest

from core.gateway_config import ConfiguredDevice, GatewayConfig
from core.messages import FoundDevice, decode_inventory
from core.mqtt import Connection, Message, Version
from core.topics import Leaf, parse, subscription

ROOT = Path(__file__).parents[3]
FIRST, SECOND, NOBODYS = "24e124136b502201", "24e124136b502202", "24e124136b502299"
PROBE = "24e1000000000000"
GATEWAYS = "gw-reception,gw-1,gw-2"
OWNERS = f'[gateways]\ngw-1 = ["{FIRST}"]\ngw-2 = ["{SECOND}"]\n'
START = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
START_MS = round(START.timestamp() * 1000)
APPLICATION = "care@union"


def chirpstack_uplink(eui: str, number: int, *, payload: bytes | None = None, profile: str = "WS202") -> bytes:
    """Return the uplink of a motion sensor, or another payload; `number` is its counter and its time in ms."""
    said = {
        "deduplicationId": f"{eui}-{number}",
        "time": (START + timedelta(milliseconds=number)).isoformat(),
        "deviceInfo": {"devEui": eui, "deviceName": f"sensor {eui[-2:]}", "deviceProfileName": profile},
        "devAddr": "00189440",
        "fPort": 85,
        "data": base64.b64encode(payload or bytes([3, 0, number % 2])).decode(),
        # A zero is left out.
        **({"fCnt": number} if number else {}),
    }
    return json.dumps(said).encode()


def things_stack_uplink(eui: str, number: int) -> bytes:
    uplink = {
        "session_key_id": "AYJyW27X6QEJiBQt2m4Ifg==",
        "f_port": 85,
        "frm_payload": base64.b64encode(bytes([3, 0, 1])).decode(),
        "received_at": (START + timedelta(milliseconds=number)).isoformat(),
        "version_ids": {"brand_id": "milesight-iot", "model_id": "ws202"},
        **({"f_cnt": number} if number else {}),
    }
    return json.dumps(
        {"end_device_ids": {"device_id": "bath", "dev_eui": eui.upper()}, "uplink_message": uplink}
    ).encode()


class NetworkServer:
    """Publishes as both network servers do."""

    def __init__(self, address: Any) -> None:
        self.v5 = Connection(address, "chirpstack", reconnect_max_s=1)
        self.v3 = Connection(address, "things-stack", reconnect_max_s=1, version=Version.V3_1_1)

    def __enter__(self) -> Self:
        for connection in (self.v5, self.v3):
            connection.start()
            assert connection.wait_connected(60)
        return self

    def __exit__(self, *_: object) -> None:
        self.v5.stop()
        self.v3.stop()

    def chirpstack(self, eui: str, number: int, **more: Any) -> None:
        topic = f"application/17c82e96/device/{eui}/event/up"
        assert self.v5.publish(topic, chirpstack_uplink(eui, number, **more)) is not None

    def things_stack(self, eui: str, number: int) -> None:
        topic = f"v3/{APPLICATION}/devices/bath/up"
        assert self.v3.publish(topic, things_stack_uplink(eui, number), qos=0) is not None


class Inventories:
    """What each gateway says that it has found."""

    def __init__(self, address: Any) -> None:
        self.latest: dict[str, dict[str, FoundDevice]] = {}
        self._connection = Connection(
            address, "inventories", on_message=self._received, subscriptions=(subscription(Leaf.INVENTORY),)
        )

    def __enter__(self) -> Self:
        self._connection.start()
        assert self._connection.wait_connected(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.stop()

    def _received(self, message: Message) -> None:
        parsed = parse(message.topic)
        assert parsed is not None
        self.latest[parsed.gateway] = {each.key: each for each in decode_inventory(message.payload).devices}
        self._connection.acknowledge(message)


class Process:
    """The gateways of two homes and the reception, in one process that may be killed."""

    def __init__(self, broker: Any, folder: Path, systems: str, server: Any = None) -> None:
        self.owners = folder / "devices.toml"
        self.owners.write_text(OWNERS)
        server = server or broker
        address = server.url.removeprefix("mqtt://")
        self._environment = {
            **os.environ,
            "VICINO_GATEWAYS": GATEWAYS,
            "VICINO_DATA": str(folder),
            "VICINO_BROKER_URL": broker.url,
            "VICINO_SYSTEMS": systems,
            "VICINO_CHIRPSTACK_URL": server.url,
            "VICINO_THINGS_STACK_URL": f"mqtt://care%40union:key@{address}",
            "VICINO_LORAWAN_RECEPTION": "gw-reception",
            "VICINO_LORAWAN_DEVICES": str(self.owners),
            "VICINO_KEEPALIVE_S": "5",
        }
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gateway"], cwd=ROOT, env=self._environment, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def end(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(10)

    def connections(self, port: int) -> int:
        found = psutil.Process(self._process.pid).net_connections("tcp")
        return sum(each.status == psutil.CONN_ESTABLISHED and each.raddr.port == port for each in found)

    def close(self) -> None:
        if self._process.poll() is None:
            self.kill()


def wait_until_heard(server: NetworkServer, service: Any, wait_until: Callable[..., None]) -> None:
    """Wait until the process hears the server: that it has a connection does not say that it has subscribed."""
    number = 0

    def heard() -> bool:
        nonlocal number
        number += 1
        server.chirpstack(PROBE, number)
        return bool(service.messages)

    wait_until(heard, 60)


@contextmanager
def running(broker: Any, folder: Path, systems: str, server: Any = None) -> Iterator[Process]:
    process = Process(broker, folder, systems, server)
    try:
        yield process
    finally:
        process.close()


def test_killed_again_and_again_no_home_loses_an_uplink_or_gets_anothers(
    own_broker: Any, service_of: Any, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    with (
        running(own_broker, tmp_path, "chirpstack") as process,
        service_of(own_broker.address, answering=False) as service,
        NetworkServer(own_broker.address) as server,
    ):
        # Its session at the server lasts from now on.
        wait_until_heard(server, service, wait_until)
        assert process.connections(own_broker.port) == 4
        sent = 0
        for _ in range(3):
            before = len(service.messages)
            for _ in range(150):
                for eui in (FIRST, SECOND, NOBODYS):
                    server.chirpstack(eui, sent)
                sent += 1
            wait_until(lambda before=before: len(service.messages) > before, 60)
            process.kill()
            # What comes while nobody listens waits at the server.
            for eui in (FIRST, SECOND, NOBODYS):
                server.chirpstack(eui, sent)
            sent += 1
            process.start()
        service.answering = True
        owned = {"gw-1": FIRST, "gw-2": SECOND, "gw-reception": NOBODYS}

        def stored() -> dict[tuple[str, str, int], float]:
            return {key: value for key, value in service.stored.copy().items() if not key[1].startswith(PROBE)}

        wait_until(lambda: len(stored()) >= 3 * sent, 60)
        # Each at the time at which the server heard it, with what it said, and nothing is told to be missing.
        assert stored() == {
            (gateway, f"{eui}/occupancy", START_MS + number): number % 2
            for gateway, eui in owned.items()
            for number in range(sent)
        }
        assert service.conflicts == 0
        assert process.end() == 0


def test_devices_of_nobody_are_found_until_they_belong_to_somebody(
    own_broker: Any, service_of: Any, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    with (
        running(own_broker, tmp_path, "chirpstack,things_stack") as process,
        service_of(own_broker.address) as service,
        NetworkServer(own_broker.address) as server,
        Inventories(own_broker.address) as inventories,
    ):
        # Three gateways at the service, and one connection to each server for all of them.
        wait_until(lambda: process.connections(own_broker.port) == 5)
        wait_until_heard(server, service, wait_until)
        server.chirpstack(FIRST, 1, payload=b"\xff\x2e\x01", profile="Milesight WS101")
        server.chirpstack(NOBODYS, 1, payload=b"\x07\x08", profile="Acme X1")
        wait_until(lambda: ("gw-1", f"{FIRST}/sos_button", START_MS + 1) in service.stored)
        assert Leaf.URGENT in {lane for lane, *_ in service.messages}
        wait_until(lambda: NOBODYS in inventories.latest.get("gw-reception", {}))
        found = inventories.latest["gw-reception"][NOBODYS]
        assert (found.name, found.model) == ("sensor 99", "Acme X1")
        assert found.unmapped["payload"] == "0708"
        wait_until(lambda: set(inventories.latest.get("gw-1", {})) == {FIRST})
        # Somebody says whose it is: from the next report on it is his, and no more among those of nobody.
        process.owners.write_text(OWNERS.replace(f'"{SECOND}"', f'"{SECOND}", "{NOBODYS}"'))
        number = 10

        def reported() -> bool:
            nonlocal number
            number += 2
            server.chirpstack(NOBODYS, number)
            server.chirpstack(PROBE, number)
            return NOBODYS in inventories.latest.get("gw-2", {})

        wait_until(reported, 60)
        wait_until(lambda: reported() and NOBODYS not in inventories.latest["gw-reception"])
        assert PROBE in inventories.latest["gw-reception"]


def test_the_configuration_of_a_gateway_says_which_devices_are_its_own(
    own_broker: Any, service_of: Any, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    with (
        running(own_broker, tmp_path, "chirpstack") as process,
        service_of(own_broker.address) as service,
        NetworkServer(own_broker.address) as server,
    ):
        wait_until(lambda: process.connections(own_broker.port) == 4)
        wait_until(lambda: len(service.statuses) >= 3)
        config = GatewayConfig(version="7", devices=[ConfiguredDevice(key=NOBODYS)])
        service.say("gw-2", Leaf.CONFIG, msgspec.json.encode(config))
        wait_until(lambda: any(status.config == "7" for status in service.statuses))
        number = 0

        def reported() -> bool:
            nonlocal number
            number += 2
            server.chirpstack(NOBODYS, number)
            return any(gateway == "gw-2" for gateway, *_ in service.stored)

        wait_until(reported, 60)
        # What it says is kept across restarts.
        process.kill()
        process.start()
        server.chirpstack(NOBODYS, 50_001)
        wait_until(lambda: ("gw-2", f"{NOBODYS}/occupancy", START_MS + 50_001) in service.stored)
        # Taken away, it is still not the reception's.
        config = GatewayConfig(version="8", devices=[ConfiguredDevice(key=PROBE)], retired=[NOBODYS])
        service.say("gw-2", Leaf.CONFIG, msgspec.json.encode(config))

        def followed() -> bool:
            nonlocal number
            number += 2
            server.chirpstack(PROBE, number)
            return ("gw-2", f"{PROBE}/occupancy", START_MS + number - 2) in service.stored

        wait_until(followed, 60)
        server.chirpstack(NOBODYS, 50_003)
        wait_until(lambda: ("gw-2", f"{NOBODYS}/occupancy", START_MS + 50_003) in service.stored)


def test_a_network_server_that_cannot_be_reached_is_told(
    own_broker: Any, service_of: Any, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    (tmp_path / "server").mkdir()
    server = type(own_broker)(tmp_path / "server")
    server.start()
    try:
        with running(own_broker, tmp_path, "chirpstack", server), service_of(own_broker.address) as service:
            for change, unreachable in ((None, []), (server.kill, ["chirpstack"]), (server.start, [])):
                if change is not None:
                    change()
                wait_until(
                    lambda wanted=unreachable: [each.unreachable for each in service.latest.values()] == [wanted] * 3
                )
    finally:
        server.kill()


def test_the_things_stack_loses_what_comes_while_nobody_listens_and_that_is_told(
    own_broker: Any, service_of: Any, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    with (
        running(own_broker, tmp_path, "things_stack") as process,
        service_of(own_broker.address) as service,
        NetworkServer(own_broker.address) as server,
    ):
        number = -1

        def send_until_heard() -> None:
            nonlocal number
            first = number + 1

            def heard() -> bool:
                nonlocal number
                number += 1
                server.things_stack(FIRST, number)
                return any(at_ms >= START_MS + first for _, name, at_ms in service.stored if "occupancy" in name)

            wait_until(heard)
            wait_until(lambda: ("gw-1", f"{FIRST}/occupancy", START_MS + number) in service.stored)

        wait_until(lambda: process.connections(own_broker.port) == 4)
        send_until_heard()
        before = number
        process.kill()
        for _ in range(7):
            number += 1
            server.things_stack(FIRST, number)
        process.start()
        wait_until(lambda: process.connections(own_broker.port) == 4)
        send_until_heard()
        lost = {at_ms: value for (_, name, at_ms), value in service.stored.items() if name == f"{FIRST}/missed_reports"}
        heard_ms = {at_ms for _, name, at_ms in service.stored if name == f"{FIRST}/occupancy"}
        first_after = min(at_ms for at_ms in heard_ms if at_ms > START_MS + before)
        assert lost[first_after] == first_after - START_MS - before - 1 >= 7
        assert process.end() == 0


@pytest.mark.parametrize("system", ["chirpstack", "things_stack"])
def test_a_server_that_goes_and_comes_is_heard_again(
    own_broker: Any, service_of: Any, tmp_path: Path, wait_until: Callable[..., None], system: str
) -> None:
    with running(own_broker, tmp_path, system) as process:
        wait_until(lambda: process.connections(own_broker.port) == 4)
        own_broker.kill()
        own_broker.start()
        with service_of(own_broker.address) as service, NetworkServer(own_broker.address) as server:
            wait_until(lambda: process.connections(own_broker.port) == 4, 60)
            number = 0

            def heard() -> bool:
                nonlocal number
                number += 1
                getattr(server, system)(FIRST, number)
                return any(name == f"{FIRST}/occupancy" for _, name, _ in service.stored)

            wait_until(heard)

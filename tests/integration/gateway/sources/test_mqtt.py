"""What the source does with a message that nobody has thought of, on a real broker."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.clock import SystemClock
from core.messages import Inventory
from core.mqtt import Connection
from devices.decoders.decoded import Refusal
from gateway.dialects import zigbee2mqtt
from gateway.dialects.dialect import Dialect, Said
from gateway.dialects.zigbee2mqtt import Zigbee2Mqtt
from gateway.outbox import Outbox
from gateway.sources.mqtt import MqttSource

BASE = "home/gw-1/zigbee2mqtt"
SENSOR = {
    "ieee_address": "0x1", "friendly_name": "hall", "definition": {
        "exposes": [{"type": "binary", "property": "occupancy"}],
    },
}  # fmt: skip


class Fragile(Zigbee2Mqtt):
    """Fails on one topic, in whatever way."""

    def __init__(self, base: str, met: list[str]) -> None:
        super().__init__(base)
        self._met = met

    def read(self, topic: str, payload: bytes) -> Sequence[Said | Refusal]:
        if topic.endswith("poison"):
            self._met.append(topic)
            raise TypeError(payload)
        return super().read(topic, payload)


@contextmanager
def running(outbox: Outbox, broker: Any, dialect: Dialect) -> Iterator[MqttSource]:
    source = MqttSource("gw-1", dialect, broker.address, outbox, SystemClock())
    stop = threading.Event()
    thread = threading.Thread(target=source.run, args=(stop,))
    thread.start()
    try:
        assert source._connection.wait_connected(60)
        yield source
        assert thread.is_alive()
    finally:
        stop.set()
        source.wake()
        thread.join()


def test_one_message_that_fails_is_refused_and_the_source_goes_on(
    own_broker: Any,
    tmp_path: Path,
    wait_until: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    met: list[str] = []
    speaker = Connection(own_broker.address, "bridge")
    speaker.start()
    assert speaker.wait_connected(60)
    with Outbox(tmp_path / "outbox.db", SystemClock(), "boot-1") as outbox:
        with running(outbox, own_broker, Fragile(BASE, met)) as source:
            speaker.publish(f"{BASE}/bridge/devices", json.dumps([SENSOR]).encode(), retain=True)
            # Connected is not yet subscribed: what is not kept by the broker would be missed.
            wait_until(lambda: bool(source._interpreter.inventory().devices))
            for value in (True, False):
                speaker.publish(f"{BASE}/poison", b"a secret")
                speaker.publish(f"{BASE}/hall", json.dumps({"occupancy": value}).encode())
            wait_until(lambda: outbox.waiting == 2)
            assert source._interpreter.refused == {"failure": 2}
        with running(outbox, own_broker, Fragile(BASE, met)):
            speaker.publish(f"{BASE}/hall", b'{"occupancy": true}')
            wait_until(lambda: outbox.waiting == 3)
        # It was acknowledged: nobody delivers it again.
        assert len(met) == 2
    speaker.stop()
    logged = capsys.readouterr()
    assert "secret" not in logged.out + logged.err


def test_a_noted_list_of_devices_that_fails_does_not_keep_the_source_from_starting(
    own_broker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: bytes) -> None:
        raise TypeError("unhashable")

    monkeypatch.setattr(zigbee2mqtt, "decode_devices", fail)
    with Outbox(tmp_path / "outbox.db", SystemClock(), "boot-1") as outbox:
        outbox.notes.keep(f"zigbee2mqtt {BASE}/bridge/devices", b"[]")
        with running(outbox, own_broker, Zigbee2Mqtt(BASE)) as source:
            assert source._interpreter.refused == {"failure": 1}


def test_availability_renaming_and_strangers_over_a_real_broker(
    own_broker: Any, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    speaker = Connection(own_broker.address, "bridge")
    speaker.start()
    assert speaker.wait_connected(60)
    found = [Inventory()]
    name = "piano/di sopra"
    with Outbox(tmp_path / "outbox.db", SystemClock(), "boot-1") as outbox:
        source = MqttSource(
            "gw-1", Zigbee2Mqtt(BASE), own_broker.address, outbox, SystemClock(), on_inventory=found.append
        )
        stop = threading.Event()
        thread = threading.Thread(target=source.run, args=(stop,))
        thread.start()
        try:
            assert source._connection.wait_connected(60)
            speaker.publish(
                f"{BASE}/bridge/devices", json.dumps([SENSOR | {"friendly_name": name}]).encode(), retain=True
            )
            wait_until(lambda: bool(source._interpreter.inventory().devices))
            speaker.publish(f"{BASE}/{name}/availability", b'{"state":"online"}', retain=True)
            speaker.publish(f"{BASE}/{name}/availability", b"offline", retain=True)
            speaker.publish(f"{BASE}/{name}", b'{"occupancy": true, "battery": "100.00"}')
            speaker.publish(f"{BASE}/stranger", b'{"riddle": 7}')
            speaker.publish(
                f"{BASE}/bridge/devices", json.dumps([SENSOR | {"friendly_name": "su"}]).encode(), retain=True
            )
            speaker.publish(f"{BASE}/su", b'{"occupancy": false}')
            wait_until(lambda: outbox.waiting == 5)
            wait_until(lambda: [device.name for device in found[-1].devices] == ["su", "stranger"])
        finally:
            stop.set()
            source.wake()
            thread.join()
        assert {name: outbox.last(name).value for name in SERIES} == SERIES  # type: ignore[union-attr]
    assert found[-1].devices[1].unmapped == {"riddle": "7"}
    speaker.stop()


SERIES = {"0x1/reachable": 0.0, "0x1/occupancy": 0.0, "0x1/battery": 100.0}

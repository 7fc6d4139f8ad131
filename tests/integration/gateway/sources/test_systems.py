"""Each system in a home on a real broker: what its devices publish is in the outbox, once."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from core.clock import SystemClock
from core.messages import Inventory
from core.mqtt import Connection
from gateway.dialects.ble import Ble
from gateway.dialects.dialect import Dialect
from gateway.dialects.shelly import Shelly
from gateway.outbox import Outbox
from gateway.sources.mqtt import MqttSource

Published = tuple[str, Any, bool]


class Talk(NamedTuple):
    """What a system publishes, and what is to be in the outbox and in the inventory then."""

    dialect: Callable[[], Dialect]
    published: list[Published]
    readings: int
    last: dict[str, float]
    found: set[str]
    refused: dict[str, int]


BLE = Talk(
    lambda: Ble("home"),
    [
        ("home/kitchen/LWT", "online", True),
        *[
            (f"home/{receiver}/BTtoMQTT/F008D1001122",
             {"id": "F0:08:D1:00:11:22", "model_id": "XMTZC01HM/XMTZC04HM", "type": "SCALE", "rssi": -60,
              "weighing_mode": "person", "unit": "kg", "weight": 72.45}, False)
            for receiver in ("kitchen", "bedroom") * 5
        ],
        *[
            (f"home/{receiver}/BTtoMQTT/BC026EAABBCC",
             {"id": "BC:02:6E:AA:BB:CC", "servicedatauuid": "0xfcd2", "servicedata": "4400110164" + "3a04"}, False)
            for receiver in ("kitchen", "bedroom")
        ],
        ("home/kitchen/BTtoMQTT/AABBCC001122", {"id": "AA:BB:CC:00:11:22", "type": "PHONE"}, False),
    ],
    5,
    {"kitchen/reachable": 1, "f008d1001122/body_weight": 72.45, "f008d1001122/signal_strength": -60,
     "bc026eaabbcc/sos_button": 1, "bc026eaabbcc/battery": 100},
    {"kitchen", "f008d1001122", "bc026eaabbcc"},
    {"personal": 1},
)  # fmt: skip
_FLOOD = "shellyfloodg4-aabbccddeeff"
SHELLY = Talk(
    Shelly,
    [
        (f"{_FLOOD}/online", "true", True),
        (f"{_FLOOD}/events/rpc",
         {"src": _FLOOD, "method": "NotifyStatus", "params": {"flood:0": {"id": 0, "alarm": True}}}, False),
        (f"{_FLOOD}/status/flood:0", {"id": 0, "alarm": True}, False),
        (f"{_FLOOD}/status/temperature:0", {"id": 0, "tC": 19.5}, False),
        (f"{_FLOOD}/events/rpc", {"src": _FLOOD, "method": "Switch.Set", "params": {}}, False),
    ],
    3,
    {"aabbccddeeff/reachable": 1, "aabbccddeeff/water_leak": 1, "aabbccddeeff/temperature": 19.5},
    {"aabbccddeeff"},
    {"method": 1},
)  # fmt: skip
TALKS = {"ble": BLE, "shelly": SHELLY}


@contextmanager
def running(outbox: Outbox, broker: Any, dialect: Dialect, found: list[Inventory]) -> Iterator[MqttSource]:
    source = MqttSource("gw-1", dialect, broker.address, outbox, SystemClock(), on_inventory=found.append)
    stop = threading.Event()
    thread = threading.Thread(target=source.run, args=(stop,))
    thread.start()
    try:
        assert source._connection.wait_connected(15)  # type: ignore[attr-defined]
        yield source
        assert thread.is_alive()
    finally:
        stop.set()
        source.wake()
        thread.join()


@pytest.mark.parametrize("name", TALKS)
def test_what_a_system_publishes_is_kept_once(
    name: str, own_broker: Any, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    talk = TALKS[name]
    speaker = Connection(own_broker.address, "devices")
    speaker.start()
    assert speaker.wait_connected(15)
    found = [Inventory()]
    with Outbox(tmp_path / "outbox.db", SystemClock(), "boot-1") as outbox:
        with running(outbox, own_broker, talk.dialect(), found) as source:
            for topic, said, retain in talk.published:
                payload = said.encode() if isinstance(said, str) else json.dumps(said).encode()
                assert speaker.publish(topic, payload, retain=retain)
            speaker.publish(*_last_word(talk))
            wait_until(lambda: sum(source._interpreter.refused.values()) > sum(talk.refused.values()))
            wait_until(lambda: outbox.waiting >= talk.readings)
        assert {series: outbox.last(series).value for series in talk.last} == talk.last  # type: ignore[union-attr]
        assert outbox.waiting == talk.readings
        assert source._interpreter.refused == {**talk.refused, "syntax": 1}
    assert {device.key for device in found[-1].devices if device.key} == talk.found
    speaker.stop()


def _last_word(talk: Talk) -> tuple[str, bytes]:
    """Return a message that is refused, so that its refusal shows that all before it were read."""
    return talk.published[-1][0], b"{"

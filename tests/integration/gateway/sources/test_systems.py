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
from gateway.dialects.homeassistant import HomeAssistant
from gateway.dialects.senml import Senml
from gateway.dialects.shelly import Shelly
from gateway.dialects.statestream import Statestream
from gateway.dialects.tasmota import Tasmota
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
_PLUG = {"mac": "DC4F220012AB", "dn": "Presa TV", "md": "Sonoff S31", "t": "presa", "ft": "%prefix%/%topic%/",
         "tp": ["cmnd", "stat", "tele"], "onln": "Online", "ofln": "Offline"}  # fmt: skip
TASMOTA = Talk(
    Tasmota,
    [
        ("tasmota/discovery/DC4F220012AB/config", _PLUG, True),
        ("tele/presa/LWT", "Online", True),
        ("tele/presa/SENSOR", {"Time": "2026-03-01T12:00:00", "ENERGY": {"Total": 3.25, "Power": 92}}, False),
        ("stat/presa/RESULT", {"POWER": "ON"}, False),
        ("stat/presa/POWER", "ON", False),
        ("tele/presa/SENSOR", {"ZbReceived": {"0x662E": {"Device": "0x662E", "Water": 1}}}, False),
        ("tele/other/SENSOR", {"AM2301": {"Temperature": 20}}, False),
        ("tele/presa/SENSOR", {}, False),
    ],
    5,
    {"dc4f220012ab/reachable": 1, "dc4f220012ab/energy": 3.25, "dc4f220012ab/power": 92, "dc4f220012ab/appliance_on": 1,
     "dc4f220012ab-0x662e/water_leak": 1},
    {"dc4f220012ab", "dc4f220012ab-0x662e"},
    {"unlisted": 1},
)  # fmt: skip
_ESP = {"ids": ["ec64c984dbd0"], "name": "bagno"}
HOMEASSISTANT = Talk(
    HomeAssistant,
    [
        ("homeassistant/sensor/bagno/humidity/config",
         {"~": "bagno", "stat_t": "~/state", "avty_t": "~/status", "dev_cla": "humidity", "unit_of_meas": "%",
          "val_tpl": "{{ value_json.hum | float }}", "dev": _ESP}, True),
        ("homeassistant/binary_sensor/bagno/sos/config",
         {"stat_t": "bagno/state", "val_tpl": "{{ value_json.sos }}", "pl_on": True, "pl_off": False, "dev": _ESP},
         True),
        ("homeassistant/sensor/bagno/odd/config",
         {"stat_t": "bagno/state", "val_tpl": "{{ now() }}", "dev": _ESP}, True),
        ("bagno/status", "online", True),
        ("bagno/state", {"hum": "61.5", "sos": True}, False),
        ("homeassistant/sensor/bagno/more/config", {"stat_t": "bagno/more", "dev": _ESP}, True),
    ],
    3,
    {"ec64c984dbd0/reachable": 1, "ec64c984dbd0/humidity": 61.5, "ec64c984dbd0/sos_button": 1},
    {"ec64c984dbd0"},
    {"template": 1},
)  # fmt: skip
STATESTREAM = Talk(
    lambda: Statestream("statestream"),
    [
        ("statestream/sensor/bilancia/unit_of_measurement", '"kg"', True),
        ("statestream/sensor/bilancia/device_class", '"weight"', True),
        ("statestream/sensor/bilancia/state", "71.4", False),
        ("statestream/sensor/bilancia/state", "unavailable", False),
        ("statestream/sensor/bilancia/device_class", '"weight"', True),
    ],
    3,
    {"sensor.bilancia/body_weight": 71.4, "sensor.bilancia/reachable": 0},
    {"sensor.bilancia"},
    {},
)  # fmt: skip
SENML = Talk(
    lambda: Senml("senml"),
    [
        ("senml/mat-1", [{"n": "bed_occupancy", "vb": True, "t": -120}, {"n": "bed_occupancy", "vb": False}], False),
        ("senml/mat-1/availability", "online", True),
        ("senml/mat-1", [{"n": "temperature", "u": "m", "v": 3}], False),
    ],
    3,
    {"mat-1/bed_occupancy": 0, "mat-1/reachable": 1},
    {"mat-1"},
    {"unit": 1},
)  # fmt: skip
TALKS = {
    "ble": BLE,
    "shelly": SHELLY,
    "tasmota": TASMOTA,
    "homeassistant": HOMEASSISTANT,
    "statestream": STATESTREAM,
    "senml": SENML,
}
# Where each system refuses what is no JSON.
SAID_WRONG = {
    "ble": "home/kitchen/BTtoMQTT/x",
    "shelly": "x/events/rpc",
    "tasmota": "tasmota/discovery/x/config",
    "homeassistant": "homeassistant/sensor/x/config",
    "statestream": "statestream/sensor/x/device_class",
    "senml": "senml/x",
}


@contextmanager
def running(outbox: Outbox, broker: Any, dialect: Dialect, found: list[Inventory]) -> Iterator[MqttSource]:
    source = MqttSource("gw-1", dialect, broker.address, outbox, SystemClock(), on_inventory=found.append)
    stop = threading.Event()
    thread = threading.Thread(target=source.run, args=(stop,))
    thread.start()
    try:
        assert source._connection.wait_connected(60)  # type: ignore[attr-defined]
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
    assert speaker.wait_connected(60)
    found = [Inventory()]
    with Outbox(tmp_path / "outbox.db", SystemClock(), "boot-1") as outbox:
        with running(outbox, own_broker, talk.dialect(), found) as source:
            wait_until(lambda: _hears(source, speaker, SAID_WRONG[name]))
            for topic, said, retain in talk.published:
                payload = said.encode() if isinstance(said, str) else json.dumps(said).encode()
                assert speaker.publish(topic, payload, retain=retain)
            wait_until(lambda: all(source._interpreter.refused[reason] for reason in talk.refused))
            wait_until(lambda: outbox.waiting >= talk.readings)
        assert {series: outbox.last(series).value for series in talk.last} == talk.last  # type: ignore[union-attr]
        assert outbox.waiting == talk.readings
        assert {**source._interpreter.refused, "syntax": 0} == {**talk.refused, "syntax": 0}
    assert {device.key for device in found[-1].devices if device.key} == talk.found
    speaker.stop()


def _hears(source: MqttSource, speaker: Connection, topic: str) -> bool:
    """Tell whether the source's subscription has come into force: it refuses what is said to it."""
    speaker.publish(topic, b"{")
    return source._interpreter.refused["syntax"] > 0


def test_what_explains_others_is_known_after_a_restart_without_the_broker_s_help(
    own_broker: Any, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    speaker = Connection(own_broker.address, "devices")
    speaker.start()
    assert speaker.wait_connected(60)
    found = [Inventory()]
    with Outbox(tmp_path / "outbox.db", SystemClock(), "boot-1") as outbox:
        with running(outbox, own_broker, Tasmota(), found) as source:
            wait_until(lambda: _hears(source, speaker, "tasmota/discovery/000000000000/config"))
            speaker.publish("tasmota/discovery/DC4F220012AB/config", json.dumps(_PLUG).encode())
            info = {"0x662E": {"Device": "0x662E", "IEEEAddr": "0x00158D0001A2B3C4"}}
            speaker.publish("tele/presa/SENSOR", json.dumps({"ZbInfo": info, "ENERGY": {"Power": 92}}).encode())
            wait_until(lambda: outbox.waiting == 1)
        # What it was told while it was away waits for it.
        heard = {"ZbReceived": {"0x662E": {"Device": "0x662E", "Water": 1}}}
        speaker.publish("tele/presa/SENSOR", json.dumps(heard).encode())
        with running(outbox, own_broker, Tasmota(), found) as source:
            wait_until(lambda: outbox.waiting == 2)
            assert source._interpreter.refused.keys() <= {"syntax"}
        assert outbox.last("0x00158d0001a2b3c4/water_leak") is not None
    speaker.stop()

"""Tasmota: devices that present themselves, their telemetry, presses, and Zigbee devices behind a bridge."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.decoded import Measurement, Refusal
from gateway.dialects.dialect import Remembering, Said
from gateway.dialects.tasmota import Tasmota

MAC = "DC4F220012AB"
KEY = MAC.lower()
CONFIG = {
    "ip": "192.168.1.5", "dn": "Presa TV", "fn": ["Presa TV", None], "hn": "presa-tv-0683", "mac": MAC,
    "md": "Sonoff S31", "ty": 0, "if": 0, "ofln": "Offline", "onln": "Online", "state": ["OFF", "ON", "TOGGLE", "HOLD"],
    "sw": "14.2.0", "t": "presa_tv", "ft": "%prefix%/%topic%/", "tp": ["cmnd", "stat", "tele"], "rl": [1, 0],
    "swc": [-1, -1], "swn": [None, None], "btn": [0, 0], "so": {"4": 0}, "lk": 0, "lt_st": 0, "sho": [0], "ver": 1,
}  # fmt: skip


def found(**changed: Any) -> Tasmota:
    dialect = Tasmota()
    topic = f"tasmota/discovery/{MAC}/config"
    assert dialect.is_note(topic)
    assert dialect.read(topic, json.dumps(CONFIG | changed).encode()) == ()
    return dialect


def values(dialect: Tasmota, topic: str, said: Any) -> dict[str, dict[str, float]]:
    payload = said.encode() if isinstance(said, str) else json.dumps(said).encode()
    read: dict[str, dict[str, float]] = {}
    for each in dialect.read(topic, payload):
        assert isinstance(each, Said), each
        read.setdefault(each.key, {}).update(
            {f"{one.quantity}/{one.channel}".rstrip("/"): one.value for one in each.measurements}
        )
    return read


@pytest.mark.parametrize(
    ("said", "measured"),
    [
        ({"AM2301": {"Temperature": 22.1, "Humidity": 48.2, "DewPoint": 10.6}, "TempUnit": "C"},
         {"temperature": 22.1, "humidity": 48.2}),
        ({"DS18B20": {"Id": "01144A0CB2AA", "Temperature": 71.6}, "TempUnit": "F"}, {"temperature": 22.0}),
        ({"DS18B20-1": {"Id": "01", "Temperature": 20.5}, "DS18B20-2": {"Id": "02", "Temperature": 4.0}},
         {"temperature": 20.5, "temperature/ds18b20-2": 4.0}),
        ({"BME280": {"Temperature": 20, "Humidity": 50, "Pressure": 760.0}, "PressureUnit": "mmHg", "TempUnit": "C"},
         {"temperature": 20, "humidity": 50, "pressure": 1013.25}),
        ({"MHZ19B": {"Model": "B", "CarbonDioxide": 735, "Temperature": 23.0}, "TempUnit": "C"},
         {"carbon_dioxide": 735, "temperature": 23}),
        ({"BH1750": {"Illuminance": 79}}, {"illuminance": 79}),
        ({"ESP32": {"Temperature": 53.3}, "SHT3X": {"Temperature": 21.0}, "TempUnit": "C"},
         {"device_temperature": 53.3, "temperature": 21}),
        ({"ENERGY": {"TotalStartTime": "2023-01-01T00:00:00", "Total": 12.5, "Today": 0.1, "Power": 92, "Voltage": 229,
                     "Current": 0.41, "Factor": 0.98}}, {"energy": 12.5, "power": 92, "voltage": 229}),
        ({"ENERGY": {"Total": 12.5, "Power": [92, 0]}}, {"energy": 12.5, "power": 92, "power/2": 0}),
        ({"SOS": "ON"}, {"sos_button": 1}), ({"Movimento": "OFF"}, {"occupancy": 0}), ({"Switch1": "ON"}, {}),
        ({"AM2301": {"Temperature": None, "Humidity": None}, "TempUnit": "C"}, {}),
    ],
)  # fmt: skip
def test_telemetry(said: dict[str, Any], measured: dict[str, float]) -> None:
    read = values(found(), "tele/presa_tv/SENSOR", {"Time": "2026-03-01T12:00:00", **said})
    assert read.get(KEY, {}) == pytest.approx(measured)


def test_local_time_without_an_offset_is_no_time_and_with_one_it_is() -> None:
    dialect = found()
    for time, known in (
        ("2026-03-01T12:00:00", False),
        ("2026-03-01T12:00:00+01:00", True),
        ("1970-01-01T00:00:09Z", False),
    ):
        (said,) = dialect.read("tele/presa_tv/SENSOR", json.dumps({"Time": time, "SOS": "ON"}).encode())
        assert isinstance(said, Said)
        assert (said.at is not None) is known
    assert said.at is None


def test_state_tells_relays_and_how_the_radio_is_heard() -> None:
    state = {"Time": "2026-03-01T12:00:00", "Uptime": "0T03:15:43", "Vcc": 3.4, "POWER1": "ON", "POWER2": "OFF",
             "Wifi": {"AP": 1, "SSId": "secret", "RSSI": 52, "Signal": -74}}  # fmt: skip
    dialect = found()
    assert values(dialect, "tele/presa_tv/STATE", state) == {
        KEY: {"appliance_on": 1, "appliance_on/2": 0, "signal_strength": -74}
    }
    (said,) = dialect.read("tele/presa_tv/STATE", json.dumps(state).encode())
    assert isinstance(said, Said)
    assert said.others == {}


def test_what_is_answered_is_taken_once() -> None:
    dialect = found()
    assert values(dialect, "stat/presa_tv/RESULT", {"POWER": "ON"}) == {KEY: {"appliance_on": 1}}
    assert dialect.read("stat/presa_tv/POWER", b"ON") == ()
    # The device may be set to answer there in JSON instead.
    assert values(dialect, "stat/presa_tv/POWER", {"POWER": "OFF"}) == {KEY: {"appliance_on": 0}}
    sensors = {"StatusSNS": {"Time": "2026-03-01T12:00:00", "AM2301": {"Temperature": 20}, "TempUnit": "C"}}
    assert values(dialect, "stat/presa_tv/STATUS10", sensors) == {KEY: {"temperature": 20}}
    assert dialect.read("stat/presa_tv/RESULT", b'{"TelePeriod":300}') == []


def test_presses_are_shown_and_call_nobody() -> None:
    (said,) = found().read("stat/presa_tv/RESULT", b'{"Button1":{"Action":"HOLD"}}')
    assert isinstance(said, Said)
    assert (said.measurements, said.others) == ((), {"Button1.Action": "HOLD", "action": "hold"})


def test_a_wire_that_is_called_sos_calls_for_help() -> None:
    assert values(found(), "stat/presa_tv/RESULT", {"SOS": {"Action": "ON"}}) == {KEY: {"sos_button": 1}}


def test_it_is_there_or_not_unless_it_sleeps() -> None:
    assert values(found(), "tele/presa_tv/LWT", "Online") == {KEY: {"reachable": 1}}
    assert values(found(), "tele/presa_tv/LWT", "Offline") == {KEY: {"reachable": 0}}
    assert found(dslp=600).read("tele/presa_tv/LWT", b"Offline") == ()
    assert values(found(onln="da", ofln="via"), "tele/presa_tv/LWT", "via") == {KEY: {"reachable": 0}}
    assert isinstance(found().read("tele/presa_tv/LWT", b"perhaps")[0], Refusal)


def test_a_device_keeps_its_key_when_its_topic_changes_and_is_forgotten_with_its_announcement() -> None:
    dialect = found(t="soggiorno", ft="casa/%topic%/%prefix%/")
    assert values(dialect, "casa/soggiorno/tele/LWT", "Online") == {KEY: {"reachable": 1}}
    assert [device.name for device in dialect.devices()] == ["Presa TV"]
    dialect.read(f"tasmota/discovery/{MAC}/config", b"")
    assert dialect.devices() == []


def test_who_has_not_presented_itself_is_a_stranger() -> None:
    dialect = Tasmota()
    (refused,) = dialect.read("tele/unknown/SENSOR", b"{}")
    assert isinstance(refused, Refusal)
    assert refused.reason == "unlisted"
    assert [(device.key, device.name) for device in dialect.devices()] == [("", "tele/unknown")]


def received(**attributes: Any) -> dict[str, Any]:
    return {
        "ZbReceived": {
            "0x662E": {"Device": "0x662E", "Name": "door_sensor", **attributes, "Endpoint": 1, "LinkQuality": 157}
        }
    }


@pytest.mark.parametrize(
    ("attributes", "measured"),
    [
        ({"0500<00": "210000010000", "ZoneStatusChange": 33, "ZoneStatusChangeZone": 1, "Contact": 1}, {"contact": 0}),
        ({"0500<00": "200000010000", "ZoneStatusChange": 32, "ZoneStatusChangeZone": 1, "Contact": 0}, {"contact": 1}),
        ({"Occupancy": 1}, {"occupancy": 1}), ({"Water": 1}, {"water_leak": 1}), ({"Fire": 0}, {"smoke": 0}),
        ({"Temperature": 21.5, "BatteryPercentage": 95}, {"temperature": 21.5, "battery": 95}),
    ],
)  # fmt: skip
def test_zigbee_devices_behind_a_bridge(attributes: dict[str, Any], measured: dict[str, float]) -> None:
    read = values(found(), "tele/presa_tv/SENSOR", received(**attributes))
    assert read == {f"{KEY}-0x662e": {**measured, "link_quality": 157}}


def test_a_zigbee_device_is_called_by_its_address_as_soon_as_the_bridge_says_it_also_after_a_restart() -> None:
    dialect = found()
    info = {
        "ZbInfo": {
            "0x662E": {"Device": "0x662E", "Name": "porta", "IEEEAddr": "0x00158D0001A2B3C4", "ModelId": "lumi.magnet"}
        }
    }
    assert values(dialect, "tele/presa_tv/SENSOR", info) == {}
    read = values(dialect, "tele/presa_tv/662E/SENSOR", received(Contact=1))
    assert read.keys() == {"0x00158d0001a2b3c4"}
    assert isinstance(dialect, Remembering)
    other = found()
    other.recall(dialect.memory())
    assert values(other, "tele/presa_tv/SENSOR", received(Contact=1)).keys() == {"0x00158d0001a2b3c4"}
    other.recall(b"nonsense")
    assert values(other, "tele/presa_tv/SENSOR", received(Contact=1)).keys() == {f"{KEY}-0x662e"}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [(b"{", "syntax"), (b"[]", "shape"), (json.dumps(CONFIG | {"mac": "?"}).encode(), "shape"),
     (json.dumps(CONFIG | {"tp": []}).encode(), "shape"), (json.dumps(CONFIG | {"ft": "x"}).encode(), "shape")],
)  # fmt: skip
def test_a_presentation_that_cannot_be_used_is_refused(payload: bytes, reason: str) -> None:
    (refused,) = Tasmota().read(f"tasmota/discovery/{MAC}/config", payload)
    assert isinstance(refused, Refusal)
    assert refused.reason == reason


NAMES = (
    "Time",
    "ENERGY",
    "Power",
    "AM2301",
    "Temperature",
    "Wifi",
    "Signal",
    "POWER",
    "SOS",
    "Action",
    "ZbReceived",
    "0x662E",
    "Contact",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["ON", "0x662E", "2026-03-01T12:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.sampled_from(["tele/presa_tv/SENSOR", "tele/presa_tv/STATE", "stat/presa_tv/RESULT", "stat/presa_tv/STATUS10"]),
    JSON,
)
def test_whatever_a_device_says_is_read_or_refused(topic: str, said: Any) -> None:
    for each in found().read(topic, json.dumps(said).encode()):
        assert isinstance(each, Said | Refusal)
        assert not isinstance(each, Said) or all(isinstance(one, Measurement) for one in each.measurements)


def test_memory_is_bounded() -> None:
    dialect = found()
    for number in range(1_500):
        config = CONFIG | {"mac": f"{number:012X}", "t": f"t{number}"}
        dialect.read(f"tasmota/discovery/{number:012X}/config", json.dumps(config).encode())
        heard = {"ZbReceived": {f"0x{number:04X}": {"Contact": 1, "IEEEAddr": f"0x{number:016X}"}}}
        dialect.read("tele/presa_tv/SENSOR", json.dumps(heard).encode())
        dialect.read(f"tele/s{number}/SENSOR", b"{}")
    assert len(dialect._devices) <= 500
    assert len(dialect._addresses) <= 1_000
    assert len(dialect.devices()) <= 1_200

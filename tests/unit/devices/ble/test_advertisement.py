"""What Theengs Gateway and OpenMQTTGateway publish of an advertisement; payloads are those of their decoder's tests."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.ble import advertisement
from devices.decoders.ble.advertisement import Advertisement
from devices.decoders.decoded import Refusal

THERMOMETER = {
    "id": "A4:C1:38:AA:BB:CC", "rssi": -71, "brand": "Oria", "model": "TH Sensor", "model_id": "T301", "type": "THB",
    "cidc": False, "acts": True, "tempc": 25.6, "tempf": 78.08, "hum": 56, "batt": 99, "mac": "A4:C1:38:AA:BB:CC",
}  # fmt: skip
SCALE = {
    "id": "F0:08:D1:00:11:22", "rssi": -60, "brand": "Xiaomi", "model": "Mi Body Composition Scale",
    "model_id": "XMTZC02HM/XMTZC05HM", "type": "SCALE", "weighing_mode": "person", "unit": "kg", "weight": 72.45,
    "impedance": 503,
}  # fmt: skip


def read(said: dict[str, Any], keys: dict[str, bytes] | None = None) -> Advertisement:
    found = advertisement.decode(json.dumps(said).encode(), keys or {})
    assert isinstance(found, Advertisement), found
    return found


def values(said: dict[str, Any]) -> dict[str, float]:
    return {f"{each.quantity}/{each.channel}".rstrip("/"): each.value for each in read(said).measurements}


def test_a_thermometer() -> None:
    found = read(THERMOMETER)
    assert found[:4] == ("a4c138aabbcc", "TH Sensor", "Oria", "T301")
    assert values(THERMOMETER) == {"temperature": 25.6, "humidity": 56, "battery": 99, "signal_strength": -71}
    assert found.others == {}
    assert found.identity == ""


@pytest.mark.parametrize(
    ("changed", "weight"),
    [
        ({}, 72.45), ({"unit": "lb", "weight": 140.65}, 63.798), ({"weighing_mode": "object", "weight": 5.1}, None),
        ({"weight": 9.5}, None), ({"unit": "st", "weight": 11}, None), ({"weight": "heavy"}, None),
    ],
)  # fmt: skip
def test_a_scale_tells_persons_from_objects(changed: dict[str, Any], weight: float | None) -> None:
    found = values(SCALE | changed)
    assert found.get("body_weight") == weight
    assert ("weight" in read(SCALE | changed).others) is (weight is None)
    assert read(SCALE | changed).others["impedance"] == 503


def test_the_same_weight_is_the_same_report_with_and_without_impedance() -> None:
    assert read(SCALE).identity == read({**SCALE, "impedance": None}).identity == "body_weight=72.45"


def test_blood_pressure_is_one_report() -> None:
    found = read({"id": "AA:BB:CC:00:11:22", "model_id": "BPM", "sys": 132, "dia": 78, "hr": 66})
    assert found.identity == "systolic_pressure=132 diastolic_pressure=78 heart_rate=66"


def test_a_pulse_that_is_measured_all_day_is_new_each_time() -> None:
    assert read({"id": "AA:BB:CC:00:11:22", "model_id": "MB", "type": "BODY", "bpm": 66}).identity == ""


def test_what_is_worn_measures_the_body() -> None:
    worn = {"id": "AA:BB:CC:00:11:22", "model_id": "X", "type": "BODY", "tempc": 36.6}
    assert values(worn) == {"body_temperature": 36.6}
    assert values({"id": "AA:BB:CC:00:11:22", "model_id": "X", "type": "BODY", "bodytempf": 98.6}) == {
        "body_temperature": 37.0
    }


def test_a_door_says_open_and_we_say_contact() -> None:
    door = {
        "id": "3C:2E:F5:AA:BB:CC", "brand": "Shelly", "model": "ShellyBLU Door/Window", "model_id": "SBDW-002C",
        "type": "CTMO", "packet": 93, "batt": 100, "lux": 87, "open": True, "rot": 40.6,
    }  # fmt: skip
    assert values(door) == {"battery": 100, "illuminance": 87, "contact": 0}
    assert values(door | {"open": False})["contact"] == 1
    assert read(door).identity == "packet 93"
    assert read(door).others == {"rot": 40.6}


def test_probes_have_channels_and_fahrenheit_counts_where_it_stands_alone() -> None:
    probes = {"id": "3C:2E:F5:AA:BB:CC", "model_id": "IBT", "tempc1": 20.5, "tempc2": 60}
    assert values(probes) == {"temperature/1": 20.5, "temperature/2": 60}
    assert values({"id": "3C:2E:F5:AA:BB:CC", "model_id": "X", "tempf": 68}) == {"temperature": 20}


def test_service_data_that_the_gateway_cannot_read_are_read_here() -> None:
    for said in (
        {"servicedata": "4002ca0903bf13", "servicedatauuid": "0xfcd2"},
        {"servicedata": "4002ca0903bf13", "servicedatauuid": "0000fcd2-0000-1000-8000-00805f9b34fb"},
        {"service_data": {"fcd2": "4002ca0903bf13"}},
    ):
        found = {"addr": "5448e68f80a5", "rssi": -50, "name": "ATC", **said}
        assert values(found) == {"temperature": 25.06, "humidity": 50.55, "signal_strength": -50}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"id": "AA:BB:CC:00:11:22", "type": "PHONE", "model_id": "APPLEDEVICE"}, "personal"),
        ({"id": "AA:BB:CC:00:11:22", "type": "RMAC"}, "personal"),
        ({"id": "AA:BB:CC:00:11:22", "mac_type": 1, "rssi": -80}, "personal"),
        ({"id": "AA:BB:CC:00:11:22", "type": "TIRE", "pres": 2.1}, "not_of_a_home"),
        ({"rssi": -80}, "shape"),
        ({"id": "somebody", "tempc": 20}, "shape"),
        ({"id": "AA:BB:CC:00:11:22", "model_id": "SBDW_002C_ENCR", "cipher": "38ef", "ctr": "ed"}, "encrypted"),
        ({"id": "AA:BB:CC:00:11:22", "servicedatauuid": "fcd2", "servicedata": "not hex"}, "length"),
    ],
)  # fmt: skip
def test_what_is_no_use_is_refused_with_a_reason(said: dict[str, Any], reason: str) -> None:
    found = advertisement.decode(json.dumps(said).encode(), {})
    assert isinstance(found, Refusal)
    assert found.reason == reason


def test_a_device_that_says_nothing_is_found_but_measures_nothing() -> None:
    found = read({"id": "AA:BB:CC:00:11:22", "mac_type": 0, "name": "Headphones", "rssi": -80})
    assert (found.measurements, found.others) == ((), {"rssi": -80})


NAMES = ("tempc", "hum", "weight", "unit", "open", "button", "packet", "type", "model_id", "servicedata",
         "servicedatauuid", "service_data", "rssi", "bpm", "contact")  # fmt: skip
ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("fcd2x", max_size=8) | st.lists(st.integers())
)


@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING))
def test_whatever_a_gateway_says_is_read_or_refused(said: dict[str, Any]) -> None:
    payload = json.dumps({"id": "AA:BB:CC:00:11:22", **said}).encode()
    assert isinstance(advertisement.decode(payload, {}), Advertisement | Refusal)

import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vocabulary import BY_NAME
from devices.decoders.decoded import Decoded, Measurement, Refusal
from devices.decoders.zigbee.mapping import exposed
from devices.decoders.zigbee2mqtt import (
    MAXIMUM_STATE_BYTES,
    Devices,
    Discovered,
    decode_devices,
    decode_state,
)


def device(*exposes: dict[str, Any], model: str = "") -> Discovered:
    """Return a device that declares some properties, published ones unless they say something else."""
    definition = {"model": model, "exposes": [{"access": 1, **each} for each in exposes]}
    found = decode_devices(json.dumps([{"ieee_address": "0x01", "definition": definition}]).encode())
    assert isinstance(found, Devices)
    return found.devices[0]


def state(declared: Discovered | None = None, **properties: Any) -> Decoded:
    found = decode_state(json.dumps(properties).encode(), declared)
    assert isinstance(found, Decoded)
    return found


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("occupancy", True, Measurement("occupancy", 1)),
        ("presence", False, Measurement("presence", 0)),
        ("contact", True, Measurement("contact", 1)),
        ("temperature", 20.74, Measurement("temperature", 20.74)),
        ("humidity", 44, Measurement("humidity", 44)),
        ("illuminance", 12, Measurement("illuminance", 12)),
        ("battery", "100.00", Measurement("battery", 100)),
        ("battery_low", False, Measurement("battery_low", 0)),
        ("voltage", 3045, Measurement("voltage", 3.045)),
        ("voltage", 231.5, Measurement("voltage", 231.5)),
        ("linkquality", 152, Measurement("link_quality", 152)),
        ("water_leak", True, Measurement("water_leak", 1)),
        ("smoke", True, Measurement("smoke", 1)),
        ("gas", True, Measurement("gas", 1)),
        ("carbon_monoxide", "ON", Measurement("carbon_monoxide", 1)),
        ("vibration", True, Measurement("vibration", 1)),
        ("tamper", True, Measurement("tamper", 1)),
        ("power", 419, Measurement("power", 419)),
        ("power_l2", 3, Measurement("power", 3, "l2")),
        ("energy", 12.5, Measurement("energy", 12.5)),
        ("action", "emergency", Measurement("sos_button", 1)),
        ("action", "sos", Measurement("sos_button", 1)),
        ("sos", True, Measurement("sos_button", 1)),
        ("fall_down_status", "fall", Measurement("fall", 1)),
        ("pressure", 957.4, Measurement("pressure", 957.4)),
        ("pressure", 99.5, Measurement("pressure", 995)),
        ("co2", 800, Measurement("carbon_dioxide", 800)),
    ],
)
def test_each_property_becomes_its_quantity(name: str, value: object, expected: Measurement) -> None:
    assert state(**{name: value}) == Decoded((expected,), {}, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gas", 12.5), ("vibration", "none"), ("contact", "ON"), ("action", "single"), ("action", "fall"),
        ("action", ""), ("temperature", None), ("battery", "full"),
        ("battery", True), ("state", "ON"), ("power_outage_count", 18),
        ("power_on_behavior", "previous"), ("fall_down_status", "maybe_fall"), ("temperature", "NaN"),
        ("last_seen", "2023-10-02T10:00:00"), ("last_seen", "yesterday"), ("last_seen", 10**30), ("last_seen", True),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_handed_back_as_it_was(name: str, value: object) -> None:
    assert state(**{name: value}) == Decoded((), {name: value}, None)


@pytest.mark.parametrize(
    "said", ["2023-10-02T10:00:00.500Z", "2023-10-02T12:00:00.500+02:00", 1696240800500], ids=["utc", "local", "epoch"]
)
def test_the_sources_own_time_is_told(said: object) -> None:
    found = state(last_seen=said, occupancy=True)
    assert found.at == datetime(2023, 10, 2, 10, 0, 0, 500_000, tzinfo=UTC)
    assert found.others == {}


def test_units_that_the_device_exposes_decide() -> None:
    volts = {"property": "voltage", "type": "numeric"}
    assert state(device(volts | {"unit": "V"}), voltage=420).measurements == (Measurement("voltage", 420),)
    assert state(device(volts | {"unit": "mV"}), voltage=300).measurements == (Measurement("voltage", 0.3),)
    share = device({"property": "illuminance", "type": "numeric", "unit": "%"})
    assert state(share, illuminance=30).measurements == (Measurement("light_level", 30),)


def test_raw_illuminance_gives_way_to_lux() -> None:
    assert state(illuminance=9000, illuminance_lux=8) == Decoded(
        (Measurement("illuminance", 8),), {"illuminance": 9000}, None
    )


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "syntax"), (b"{", "syntax"), (b"\xff\xfe", "syntax"), (b'{"a": NaN}', "syntax"), (b"[" * 5000, "syntax"),
        (b"[]", "shape"), (b"3", "shape"), (b'"online"', "shape"), (b"null", "shape"),
        (b" " * (MAXIMUM_STATE_BYTES + 1), "oversized"),
    ],
)  # fmt: skip
def test_a_malformed_message_is_refused_with_its_reason(payload: bytes, reason: str) -> None:
    found = decode_state(payload)
    assert isinstance(found, Refusal)
    assert found.reason == reason
    assert found.detail


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
known = st.sampled_from(
    ["occupancy", "contact", "battery", "voltage", "gas", "action", "last_seen", "power_l1", "pressure"]
)


@given(st.binary())
def test_any_bytes_are_decoded_or_refused(payload: bytes) -> None:
    assert isinstance(decode_state(payload), Decoded | Refusal)
    assert isinstance(decode_devices(payload), Devices | Refusal)


@given(st.dictionaries(known | st.text(), json_values))
def test_no_property_is_lost(properties: dict[str, Any]) -> None:
    payload = json.dumps(properties).encode()
    found = decode_state(payload)
    if isinstance(found, Refusal):
        return  # numbers that no JSON reader of ours holds
    assert len(found.measurements) + len(found.others) + (found.at is not None) == len(properties)
    assert all(measurement.quantity in BY_NAME for measurement in found.measurements)


@given(st.lists(json_values | st.fixed_dictionaries({"ieee_address": st.text(), "definition": json_values})))
def test_any_list_of_devices_is_decoded(entries: list[Any]) -> None:
    found = decode_devices(json.dumps(entries).encode())
    if isinstance(found, Devices):
        assert len(found.devices) + found.unusable <= len(entries)


def test_the_recorded_states_are_decoded(shared_data: Path) -> None:
    folder = shared_data / "zigbee2mqtt_capture"
    found = {
        path.stem: decode_state(path.read_bytes())
        for path in sorted(folder.glob("*_1.json"))
        if "flow" not in path.name
    }
    climate = found["temperature-humidity-and-pressure-sensor_1"]
    assert isinstance(climate, Decoded)
    assert set(climate.measurements) == {
        Measurement("battery", 100), Measurement("humidity", 44.43), Measurement("link_quality", 152),
        Measurement("pressure", 957.4), Measurement("temperature", 20.74), Measurement("voltage", 3.025),
    }  # fmt: skip
    assert climate.others == {"power_outage_count": 1616}
    bulb = found["bulb_1"]
    assert isinstance(bulb, Decoded)
    assert bulb.measurements == (Measurement("link_quality", 220),)
    assert len(bulb.others) == 6
    assert isinstance(found["cube_1"], Decoded)


def test_every_recorded_message_keeps_all_it_holds(shared_data: Path) -> None:
    paths = sorted((shared_data / "zigbee2mqtt_capture").glob("*.json"))
    assert paths
    for path in paths:
        found = decode_state(path.read_bytes())
        if isinstance(found, Refusal):
            assert found.reason == "oversized"
            assert path.stat().st_size > MAXIMUM_STATE_BYTES
        else:
            assert len(found.measurements) + len(found.others) == len(json.loads(path.read_text()))


def test_the_recorded_devices_tell_what_they_measure(shared_data: Path) -> None:
    recorded = json.loads((shared_data / "zigbee2mqtt_capture" / "mqtt-flow_1.json").read_text())
    found = decode_devices(json.dumps(list(recorded.values())).encode())
    assert isinstance(found, Devices)
    assert (len(found.devices), found.unusable) == (19, 0)
    devices = {device.friendly_name: device for device in found.devices}
    leak = devices["Bathroom leak sensor"]
    assert {e.quantity for e in leak.exposes} == {
        "battery", "water_leak", "battery_low", "voltage", "link_quality", "device_temperature",
    }  # fmt: skip
    assert {e.key: e.feature.unit for e in leak.exposes}["voltage"] == "mV"
    assert leak.battery_powered
    assert set(leak.others) == {"power_outage_count"}
    assert "sos_button" not in {e.quantity for e in devices["Office Desk Switch"].exposes}


def test_every_known_model_is_read(shared_data: Path) -> None:
    with gzip.open(shared_data / "zigbee_exposes" / "exposes.jsonl.gz", "rt") as lines:
        models = [json.loads(line) for line in lines]
    mapped = {model["model"]: exposed(model["exposes"]) for model in models}
    quantities = {model: {e.quantity for e in found[0]} for model, found in mapped.items()}
    assert {"sos_button"} <= quantities["ZG-101Z"]
    assert "sos_button" not in quantities["MFKZQ01LM"]  # the cube's "fall" is its own
    assert "fall" not in quantities["MFKZQ01LM"]
    assert sum(1 for found in quantities.values() if found) > 1_000


def test_exposes_of_another_type_are_not_mapped() -> None:
    words = {"property": "temperature", "type": "text"}
    smoke = {"property": "smoke", "type": "binary"}
    mapped, others = exposed([words, smoke])
    assert [(each.key, each.quantity, each.channel) for each in mapped] == [("smoke", "smoke", "")]
    assert [feature.key for feature in others] == ["temperature"]


features = st.fixed_dictionaries(
    {"property": known | st.text() | json_values},
    optional={"type": json_values, "unit": json_values, "values": json_values, "features": json_values},
)


@given(st.lists(features) | json_values)
def test_any_exposes_are_mapped_or_named(exposes: Any) -> None:
    mapped, others = exposed(exposes)
    assert all(each.quantity in BY_NAME for each in mapped)
    assert not {each.key for each in mapped} & {feature.key for feature in others}
    assert len({(each.quantity, each.channel) for each in mapped}) == len(mapped)


@pytest.mark.parametrize("kind", [[], {}, ["binary"], None, 1])
def test_a_type_that_is_no_word_leaves_it_to_the_name(kind: object) -> None:
    # Nothing is declared then: the name alone decides.
    mapped, others = exposed([{"property": "occupancy", "type": kind}, {"property": "gas", "type": kind}])
    assert [each.quantity for each in mapped] == ["occupancy", "gas"]
    assert others == ()


@given(st.lists(st.fixed_dictionaries(
    {"ieee_address": st.text()},
    optional={
        "type": json_values, "friendly_name": json_values, "model_id": json_values, "manufacturer": json_values,
        "power_source": json_values, "definition": json_values | st.fixed_dictionaries(
            {"exposes": st.lists(features)}, optional={"model": json_values, "vendor": json_values},
        ),
    },
)))  # fmt: skip
def test_no_entry_keeps_the_others_from_being_found(entries: list[Any]) -> None:
    good = {"ieee_address": "0x1", "definition": {"exposes": [{"property": "smoke", "type": "binary"}]}}
    found = decode_devices(json.dumps([*entries, good]).encode())
    if isinstance(found, Devices):
        assert [(each.key, each.quantity) for each in found.devices[-1].exposes] == [("smoke", "smoke")]


def test_decoders_need_no_database_library() -> None:
    check = "import sys, devices.decoders.zigbee2mqtt; sys.exit('psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0

"""Bluetooth receivers: one device however many hear it, one measurement however often it is said."""

import json
from typing import Any

import pytest

from core.messages import FoundDevice
from devices.decoders.decoded import Measurement, Refusal
from gateway.dialects.ble import Ble, read_keys
from gateway.dialects.dialect import Said
from gateway.interpretation import Interpreter
from gateway.reading import Reading

SCALE = {
    "id": "F0:08:D1:00:11:22", "rssi": -60, "brand": "Xiaomi", "model": "Mi Smart Scale",
    "model_id": "XMTZC01HM/XMTZC04HM", "type": "SCALE", "weighing_mode": "person", "unit": "kg", "weight": 72.45,
}  # fmt: skip
BUTTON = {"id": "BC:02:6E:AA:BB:CC", "model_id": "other", "packet": 29, "batt": 100, "button": 9, "rssi": -70}


def heard(
    interpreter: Interpreter, said: dict[str, Any], at_ms: int = 0, receiver: str = "TheengsGateway"
) -> list[Reading]:
    topic = f"home/{receiver}/BTtoMQTT/{said['id'].replace(':', '')}"
    return interpreter.take(topic, json.dumps(said).encode(), 1_700_000_000_000 + at_ms, restated=False)


@pytest.fixture
def interpreter() -> Interpreter:
    return Interpreter(Ble("home"), lambda _: None)


def test_a_scale_that_says_its_weight_for_a_minute_has_measured_once(interpreter: Interpreter) -> None:
    readings = [
        reading
        for second in range(60)
        for receiver in ("kitchen", "bedroom")
        for reading in heard(interpreter, SCALE, second * 1_000, receiver)
        if "body_weight" in reading.name
    ]
    assert [(reading.name, reading.value) for reading in readings] == [("f008d1001122/body_weight", 72.45)]


def test_two_people_on_one_scale_are_two_measurements_also_when_receivers_lag(interpreter: Interpreter) -> None:
    heavier = SCALE | {"weight": 81.0}
    said = [(SCALE, "a"), (heavier, "a"), (SCALE, "b"), (heavier, "b"), (SCALE, "a")]
    weights = [
        reading.value
        for turn, (each, receiver) in enumerate(said)
        for reading in heard(interpreter, each, turn * 900, receiver)
        if "body_weight" in reading.name
    ]
    assert weights == [72.45, 81.0]


def test_the_same_weight_on_the_next_day_is_a_measurement(interpreter: Interpreter) -> None:
    names = [reading.name for day in range(3) for reading in heard(interpreter, SCALE, day * 86_400_000)]
    assert names.count("f008d1001122/body_weight") == 3


def test_a_call_for_help_is_told_once_for_each_press(interpreter: Interpreter) -> None:
    calls = [
        reading.name
        for packet in (29, 29, 30, 29, 30)
        for reading in heard(interpreter, BUTTON | {"packet": packet}, packet)
        if reading.urgent
    ]
    assert calls == ["bc026eaabbcc/sos_button"] * 2


def test_the_strength_is_that_of_the_receiver_that_hears_best() -> None:
    dialect = Ble("home")

    def strength(receiver: str, rssi: int) -> float:
        topic = f"home/{receiver}/BTtoMQTT/F008D1001122"
        (said,) = dialect.read(topic, json.dumps(SCALE | {"rssi": rssi}).encode())
        assert isinstance(said, Said)
        return next(each.value for each in said.measurements if each.quantity == "signal_strength")

    assert [strength("a", -80), strength("b", -60), strength("a", -75)] == [-80, -60, -60]
    dialect.read("home/b/LWT", b"offline")
    assert strength("a", -75) == -75


def test_a_receiver_is_a_device_that_is_there_or_not() -> None:
    dialect = Ble("home")
    assert dialect.read("home/OMG_ESP32 BLE/LWT", b"online") == (
        Said("omg_esp32-ble", (Measurement("reachable", 1.0),)),
    )  # fmt: skip
    assert dialect.read("home/OMG_ESP32 BLE/LWT", b"offline")[0].measurements[0].value == 0  # type: ignore[union-attr]
    assert dialect.devices()[0].name == "OMG_ESP32 BLE"
    refused = dialect.read("home/OMG/LWT", b"perhaps")
    assert isinstance(refused[0], Refusal)


def test_devices_are_found_by_what_they_are_and_keep_their_key() -> None:
    dialect = Ble("home/gw-1/ble")
    dialect.read("home/gw-1/ble/a/BTtoMQTT/F008D1001122", json.dumps(SCALE).encode())
    assert dialect.devices() == [
        FoundDevice(key="f008d1001122", name="Mi Smart Scale", vendor="Xiaomi", model="XMTZC01HM/XMTZC04HM")
    ]
    assert dialect.read("home/gw-2/ble/a/BTtoMQTT/F008D1001122", json.dumps(SCALE).encode()) == ()


def test_memory_is_bounded() -> None:
    dialect = Ble("home")
    for number in range(3_000):
        said = SCALE | {"id": f"{number:012x}"}
        dialect.read(f"home/r{number}/BTtoMQTT/x", json.dumps(said).encode())
        dialect.read(f"home/r/BTtoMQTT/{number:012X}", json.dumps({**said, "model_id": ""}).encode())
    assert len(dialect.devices()) <= 1_000
    assert len(dialect._strengths) <= 1_000


def test_keys_are_lines_of_an_address_and_a_key() -> None:
    key = "231d39c1d7cc1ab1aee224cd096db932"
    assert read_keys(f"# doors\n54:48:E6:8F:80:A5 {key}  # hall\n\n") == {"5448e68f80a5": bytes.fromhex(key)}
    for wrong in (f"somebody {key}", "54:48:E6:8F:80:A5", f"54:48:E6:8F:80:A5 {key[:-1]}"):
        with pytest.raises(ValueError, match="line 1"):
            read_keys(wrong)

"""LoRaWAN messages on their way to readings: what comes again, what was lost, what nobody can read."""

import base64
import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.decoded import Refusal
from devices.decoders.lorawan.payloads.models import decode_payload
from devices.decoders.lorawan.report import Device, Frame
from gateway.dialects.chirpstack import chirpstack
from gateway.dialects.chirpstack import device_of as chirpstack_device
from gateway.dialects.dialect import Remembering, Said
from gateway.dialects.lorawan import Lorawan
from gateway.dialects.things_stack import device_of as things_stack_device
from gateway.dialects.things_stack import things_stack
from gateway.interpretation import Interpreter

EUI = "24e124136b502217"
NOW_MS = 1_772_348_400_000  # 2026-03-01T07:00:00Z


def known_here(device: Device, frame: Frame) -> Any:
    return decode_payload(device.models, frame.port, frame.payload)


def uplink(counter: int, payload: bytes = b"\x03\x00\x01", **more: Any) -> bytes:
    said = {
        "deduplicationId": f"{EUI}-{counter}-{more.get('devAddr', '')}",
        "time": f"2026-03-01T07:00:{counter % 60:02}Z",
        "deviceInfo": {"devEui": EUI, "deviceName": "bathroom", "deviceProfileName": "WS202"},
        "fCnt": counter,
        "fPort": 85,
        "data": base64.b64encode(payload).decode(),
        **more,
    }
    return json.dumps(said).encode()


def topic(kind: str = "up", eui: str = EUI) -> str:
    return f"application/17c8/device/{eui}/event/{kind}"


def said(dialect: Lorawan, *payloads: bytes) -> list[dict[str, float]]:
    found = [part for payload in payloads for part in dialect.read(topic(), payload)]
    assert all(isinstance(part, Said) for part in found)
    return [{each.quantity: each.value for each in part.measurements} for part in found if isinstance(part, Said)]


def test_the_same_uplink_is_the_same_reading_even_a_call_for_help() -> None:
    help_ = uplink(1, b"\xff\x2e\x01", deviceInfo={"devEui": EUI, "deviceProfileName": "Milesight WS101"})
    interpreter = Interpreter(chirpstack("+", known_here), lambda _: None)
    (reading,) = interpreter.take(topic(), help_, NOW_MS + 5_000, restated=False)
    assert (reading.name, reading.value, reading.at_ms) == (f"{EUI}/sos_button", 1.0, NOW_MS + 1_000)
    assert interpreter.take(topic(), help_, NOW_MS + 6_000, restated=False, connection=1) == []
    # The next press is another message.
    again = uplink(2, b"\xff\x2e\x01", deviceInfo={"devEui": EUI, "deviceProfileName": "Milesight WS101"})
    (reading,) = interpreter.take(topic(), again, NOW_MS + 7_000, restated=False)
    assert reading.at_ms == NOW_MS + 2_000


def test_frames_that_were_lost_are_counted_also_over_a_restart() -> None:
    dialect = chirpstack("+", known_here)
    assert said(dialect, uplink(7), uplink(8), uplink(11)) == [
        {"occupancy": 1}, {"occupancy": 1}, {"occupancy": 1, "missed_reports": 2},
    ]  # fmt: skip
    assert isinstance(dialect, Remembering)
    after = chirpstack("+", known_here)
    after.recall(dialect.memory())
    # What was overtaken was not lost, but it was counted as lost: there is no taking back.
    assert said(after, uplink(10), uplink(21)) == [{"occupancy": 1}, {"occupancy": 1, "missed_reports": 9}]
    # It has joined again, or was reset: nobody can tell what was lost.
    assert said(after, uplink(3, devAddr="other")) == [{"occupancy": 1}]
    assert said(after, uplink(500, devAddr="other"), uplink(1, devAddr="other", deduplicationId="x"))[1] == {
        "occupancy": 1
    }
    assert said(after, uplink(2, devAddr="other")) == [{"occupancy": 1}]


@pytest.mark.parametrize("memory", [b"", b"null", b"[]", b'{"a": 1}', b'{"a": ["s", "x"]}', b"\xff"])
def test_a_memory_that_cannot_be_read_is_none(memory: bytes) -> None:
    dialect = chirpstack("+", known_here)
    dialect.recall(memory)
    assert said(dialect, uplink(7)) == [{"occupancy": 1}]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40)), max_size=30))
def test_never_more_is_counted_as_lost_than_was_sent(frames: list[tuple[str, int]]) -> None:
    dialect = chirpstack("+", known_here)
    found = said(dialect, *(uplink(counter, devAddr=session, deduplicationId="") for session, counter in frames))
    lost = sum(each.get("missed_reports", 0) for each in found)
    assert lost <= 40 * (1 + sum(left[0] != right[0] for left, right in pairwise(frames)))


def test_what_the_server_decoded_goes_before_what_we_know() -> None:
    dialect = chirpstack("+", known_here)
    # ChirpStack's numbers are all floating point.
    assert said(dialect, uplink(1, object={"pir": "normal", "battery": 97.0})) == [{"occupancy": 0, "battery": 97}]
    # It decodes to nothing that is known: the bytes still say what they say.
    assert said(dialect, uplink(2, object={"raw": "030001"})) == [{"occupancy": 1}]


def test_what_a_model_calls_otherwise_is_told_as_it_is_meant() -> None:
    seat = {"devEui": EUI, "deviceProfileName": "Milesight VS341 EU868"}
    assert said(chirpstack("+", known_here), uplink(1, deviceInfo=seat)) == [{"chair_occupancy": 1}]


def test_an_unknown_device_shows_up_with_its_values() -> None:
    dialect = chirpstack("+", known_here)
    interpreter = Interpreter(dialect, lambda _: None)
    strange = {"devEui": EUI, "deviceName": "Küche", "deviceProfileName": "Acme X1"}
    readings = interpreter.take(
        topic(), uplink(1, b"\x01\x02", deviceInfo=strange, rxInfo=[{"rssi": -80}]), NOW_MS, restated=False
    )
    assert [reading.name for reading in readings] == [f"{EUI}/signal_strength"]
    assert interpreter.refused == {"codec": 1}
    (device,) = interpreter.inventory().devices
    assert (device.key, device.name, device.model) == (EUI, "Küche", "Acme X1")
    assert device.unmapped == {"payload": "0102", "port": "85"}
    assert device.quantities == ["signal_strength"]


def test_events_without_measurements_are_noted_at_their_device() -> None:
    interpreter = Interpreter(chirpstack("+", known_here), lambda _: None)
    joined = json.dumps({"deviceInfo": {"devEui": EUI}, "devAddr": "00189440"}).encode()
    assert interpreter.take(topic("join"), joined, NOW_MS, restated=False) == []
    (device,) = interpreter.inventory().devices
    assert device.unmapped == {"join.devAddr": "00189440"}
    assert not interpreter.refused


def test_an_event_about_another_device_than_its_topic_is_refused() -> None:
    (refusal,) = chirpstack("+", known_here).read(topic(eui="24e1000000000000"), uplink(1))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "shape"


def test_devices_of_others_are_not_among_those_found() -> None:
    dialect = chirpstack("+", known_here, lambda key: key != EUI)
    dialect.read(topic(), uplink(1))
    assert dialect.devices() == []


def test_which_device_a_message_is_about() -> None:
    assert chirpstack_device("application/1/device/24E124136B502217/event/up", b"") == EUI
    assert chirpstack_device("application/1/device/x/command/down", b"") is None
    assert chirpstack_device("eu868/gateway/x/event/up", b"") is None
    ids = {"end_device_ids": {"device_id": "Bath", "dev_eui": EUI.upper()}}
    assert things_stack_device("v3/a@t/devices/bath/up", json.dumps(ids).encode()) == EUI
    del ids["end_device_ids"]["dev_eui"]
    assert things_stack_device("v3/a@t/devices/bath/up", json.dumps(ids).encode()) == "bath"
    for payload in (b"", b"[]", b'{"end_device_ids": 1}', b"\xff"):
        assert things_stack_device("v3/a@t/devices/bath/up", payload) is None


def things_stack_uplink(counter: int, **more: Any) -> bytes:
    message = {
        "session_key_id": "AYJyW27X6QEJiBQt2m4Ifg==",
        "f_port": 85,
        "frm_payload": base64.b64encode(b"\x03\x00\x01").decode(),
        "received_at": f"2026-03-01T07:00:{counter:02}.5Z",
        "version_ids": {"brand_id": "milesight-iot", "model_id": "ws202"},
        **({"f_cnt": counter} if counter else {}),
        **more,
    }
    return json.dumps(
        {"end_device_ids": {"device_id": "bath", "dev_eui": EUI.upper()}, "uplink_message": message}
    ).encode()


@pytest.mark.parametrize("application", ["care@union", "care"])
def test_the_things_stack_counts_from_zero(application: str) -> None:
    interpreter = Interpreter(things_stack(application, known_here), lambda _: None)
    where = f"v3/{application}/devices/bath/up"
    (first,) = interpreter.take(where, things_stack_uplink(0), NOW_MS, restated=False)
    assert (first.name, first.value, first.at_ms) == (f"{EUI}/occupancy", 1.0, NOW_MS + 500)
    readings = interpreter.take(where, things_stack_uplink(3), NOW_MS + 3_000, restated=False)
    assert {reading.name: reading.value for reading in readings} == {
        f"{EUI}/occupancy": 1.0, f"{EUI}/missed_reports": 2.0,
    }  # fmt: skip
    assert interpreter.take(where, things_stack_uplink(3), NOW_MS + 3_000, restated=False) == []


def test_the_battery_that_a_server_repeats_is_told_once() -> None:
    interpreter = Interpreter(things_stack("care", known_here), lambda _: None)
    battery = {"last_battery_percentage": {"value": 90.0, "received_at": "2026-02-27T11:00:00Z"}}
    told = []
    for day in range(3):
        message = things_stack_uplink(day, **battery)
        now_ms = NOW_MS + day * 30 * 3_600_000
        readings = interpreter.take("v3/care/devices/bath/up", message, now_ms, restated=False)
        told.append([reading.name for reading in readings])
    assert [f"{EUI}/battery" in names for names in told] == [True, False, False]


def test_a_battery_that_is_also_in_the_frame_is_not_told_again_with_each() -> None:
    dialect = things_stack("care", known_here)
    battery = {"last_battery_percentage": {"value": 90.0, "received_at": "2026-02-27T11:00:00Z"}}
    frame = base64.b64encode(bytes.fromhex("017564030001")).decode()
    parts = [
        list(dialect.read("v3/care/devices/bath/up", things_stack_uplink(number, frm_payload=frame, **battery)))
        for number in range(3)
    ]
    assert [len(each) for each in parts] == [2, 1, 1]


def test_the_schema_of_the_device_repository_is_read() -> None:
    interpreter = Interpreter(things_stack("care", known_here), lambda _: None)
    normalized = [{"battery": 3.0, "action": {"motion": {"detected": False}}}]
    readings = interpreter.take(
        "v3/care/devices/bath/up", things_stack_uplink(1, normalized_payload=normalized), NOW_MS, restated=False
    )
    assert {reading.name: reading.value for reading in readings} == {f"{EUI}/occupancy": 0.0, f"{EUI}/voltage": 3.0}

"""What network servers leave out, and what they say that cannot be used."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.lorawan.chirpstack import EVENTS, decode_event
from devices.decoders.lorawan.report import Earlier, Report
from devices.decoders.lorawan.things_stack import decode_message

DEVICE = {"devEui": "24E124136B502217", "deviceName": "bathroom", "deviceProfileName": "Milesight WS202"}
IDS = {"device_id": "bathroom", "dev_eui": "24E124136B502217"}
TIME = "2026-03-01T07:00:00.123456789Z"
AT = datetime(2026, 3, 1, 7, 0, 0, 123456, UTC)


def event(kind: str, **said: Any) -> Report | Refusal:
    return decode_event(kind, json.dumps({"deviceInfo": DEVICE, "time": TIME, **said}).encode())


def up(**uplink: Any) -> Report | Refusal:
    return decode_message(json.dumps({"end_device_ids": IDS, "received_at": TIME, "uplink_message": uplink}).encode())


def test_chirpstack_leaves_zeros_out() -> None:
    found = event("up", deduplicationId="a", data=base64.b64encode(b"\0").decode())
    assert isinstance(found, Report)
    assert found.frame is not None
    assert (found.frame.counter, found.frame.port, found.frame.payload) == (0, 0, b"\0")
    assert (found.at, found.device.key, found.identity) == (AT, "24e124136b502217", "a")
    found = event("up", rxInfo=[{"rssi": -100}], txInfo={"modulation": {"lora": {"spreadingFactor": 7}}})
    assert isinstance(found, Report)
    # A ratio of 0 dB: 7.5 dB above what can just be received at this spreading factor.
    assert found.measurements == (Measurement("signal_strength", -100.0), Measurement("link_quality", 64.0))


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ({"margin": 10, "batteryLevel": 88.3}, 88.3),
        ({"margin": 10}, 0.0),
        ({"batteryLevelUnavailable": True}, None),
        ({"externalPowerSource": True}, None),
        ({"externalPowerSource": True, "batteryLevel": 0.0}, None),
    ],
)
def test_a_battery_level_that_is_missing_is_zero_unless_it_cannot_be_told(said: dict[str, Any], level: float) -> None:
    found = event("status", **said)
    assert isinstance(found, Report)
    assert found.measurements == (() if level is None else (Measurement("battery", level),))


def test_the_gateway_that_heard_best_counts() -> None:
    found = event(
        "up",
        rxInfo=[{"rssi": -110, "snr": -5.5}, {"rssi": -60, "snr": 9.0}, {"rssi": -90}, "nothing", {"snr": "high"}],
        txInfo={"modulation": {"lora": {"spreadingFactor": 12}}},
    )
    assert isinstance(found, Report)
    assert found.measurements == (Measurement("signal_strength", -60.0), Measurement("link_quality", 246.0))


def test_the_things_stack_leaves_zeros_out() -> None:
    found = up(session_key_id="abc", frm_payload="AQ==", rx_metadata=[{"rssi": -99}])
    assert isinstance(found, Report)
    assert found.frame is not None
    assert (found.frame.counter, found.frame.port, found.identity) == (0, 0, "24e124136b502217 abc 0")
    assert found.at == AT
    # The network server's own time is nearer to when it was heard.
    found = up(received_at="2026-03-01T06:59:59Z")
    assert isinstance(found, Report)
    assert found.at == datetime(2026, 3, 1, 6, 59, 59, tzinfo=UTC)


def test_a_decoded_zero_is_no_missing_one() -> None:
    found = up(decoded_payload={"water_leak": 0, "door": None})
    assert isinstance(found, Report)
    assert found.frame is not None
    assert found.frame.decoded == {"water_leak": 0, "door": None}
    empty = up(decoded_payload={})
    assert isinstance(empty, Report)
    assert empty.frame is not None
    assert empty.frame.decoded is None


def test_the_battery_is_told_at_the_time_of_its_own() -> None:
    said = {"f_cnt": 14, "value": 90.118576, "received_at": "2026-02-28T11:54:13.787593298Z"}
    found = up(f_cnt=20, last_battery_percentage=said)
    assert isinstance(found, Report)
    at = datetime(2026, 2, 28, 11, 54, 13, 787593, UTC)
    assert found.earlier == (Earlier(at, (Measurement("battery", 90.118576),)),)
    unknown = up(last_battery_percentage={"received_at": TIME})
    assert isinstance(unknown, Report)
    assert unknown.earlier == ()


def test_a_device_without_eui_is_known_by_its_name() -> None:
    found = decode_message(json.dumps({"end_device_ids": {"device_id": "Old-1"}, "uplink_message": {}}).encode())
    assert isinstance(found, Report)
    assert found.device.key == "old-1"


def test_what_tells_why_a_device_is_silent_is_noted() -> None:
    joined = event("join", devAddr="00189440")
    assert isinstance(joined, Report)
    assert joined.others == {"join.devAddr": "00189440"}
    logged = event("log", level="ERROR", code="UPLINK_MIC", context={"secret": "x"})
    assert isinstance(logged, Report)
    assert logged.others == {"log.level": "ERROR", "log.code": "UPLINK_MIC"}
    accepted = decode_message(json.dumps({"end_device_ids": IDS, "join_accept": {}}).encode())
    assert isinstance(accepted, Report)
    assert accepted.others == {"join": True}


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (event("telex"), "event"),
        (event("up", deviceInfo={}), "shape"),
        (event("up", deviceInfo={"devEui": "../x"}), "shape"),
        (event("up", data="no base64!"), "shape"),
        (decode_event("up", b"\x0a\x10"), "syntax"),
        (decode_event("up", b"[]"), "shape"),
        (decode_event("up", b" " * 300_000), "oversized"),
        (up(frm_payload="%"), "shape"),
        (decode_message(b"{}"), "shape"),
        (decode_message(json.dumps({"end_device_ids": {"device_id": "a/b"}}).encode()), "shape"),
        (decode_message(json.dumps({"end_device_ids": IDS, "location_solved": {}}).encode()), "event"),
        (
            decode_message(json.dumps({"end_device_ids": IDS, "uplink_message": {}, "simulated": True}).encode()),
            "simulated",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(found: Report | Refusal, reason: str) -> None:
    assert isinstance(found, Refusal)
    assert found.reason == reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PARTS = st.sampled_from(
    ["deviceInfo", "devEui", "tags", "data", "object", "rxInfo", "rssi", "snr", "txInfo", "fCnt", "fPort", "time",
     "end_device_ids", "dev_eui", "device_id", "uplink_message", "frm_payload", "decoded_payload", "rx_metadata",
     "normalized_payload", "last_battery_percentage", "value", "received_at", "settings", "f_cnt", "version_ids"]
)  # fmt: skip
MESSAGES = st.recursive(JSON, lambda inner: st.dictionaries(PARTS, inner, max_size=8), max_leaves=20)


@given(MESSAGES, st.sampled_from(EVENTS))
def test_nothing_that_comes_raises(message: Any, kind: str) -> None:
    payload = json.dumps(message).encode("utf-8", "replace")
    for found in (decode_event(kind, payload), decode_message(payload)):
        assert isinstance(found, Report | Refusal)


@given(st.binary(max_size=200), st.sampled_from(EVENTS))
def test_no_bytes_raise(payload: bytes, kind: str) -> None:
    assert isinstance(decode_event(kind, payload), Refusal)
    assert isinstance(decode_message(payload), Refusal)

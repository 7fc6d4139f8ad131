"""What a Zigbee2MQTT bridge says beside the states of its devices: availability, renaming, groups, strangers."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.decoded import Measurement, Refusal
from gateway.dialects.dialect import Said
from gateway.dialects.zigbee2mqtt import Zigbee2Mqtt
from gateway.interpretation import Interpreter

BASE = "home/gw-1/z2m"
ADDRESS = "0x00158D0001A2B3C4"
KEY = ADDRESS.lower()
NAME = "hall/upper floor"
DEFINITION = {"model": "M", "exposes": [{"type": "numeric", "property": "battery", "access": 1, "unit": "%"}]}


def listed(*names: str) -> list[dict[str, Any]]:
    """Return a list of devices; the first has `ADDRESS`."""
    addresses = [ADDRESS, "0x02", "0x03"]
    return [
        {"ieee_address": address, "friendly_name": name, "definition": DEFINITION}
        for address, name in zip(addresses, names, strict=False)
    ]


def bridge(*names: str) -> Zigbee2Mqtt:
    made = Zigbee2Mqtt(BASE)
    assert say(made, "bridge/devices", listed(*names)) == []
    return made


def say(dialect: Zigbee2Mqtt, name: str, payload: object) -> list[Said | Refusal]:
    content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return list(dialect.read(f"{BASE}/{name}", content))


def reachable(said: list[Said | Refusal]) -> dict[str, float]:
    found = {}
    for part in said:
        assert isinstance(part, Said)
        (measurement,) = part.measurements
        assert measurement.quantity == "reachable"
        found[part.key] = measurement.value
    return found


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        (b'{"state": "online"}', 1), (b'{"state":"offline"}', 0), (b"online", 1), (b"offline", 0), (b"offline\n", 0),
        (b'"online"', 1),
    ],
)  # fmt: skip
def test_availability_becomes_a_state_of_its_own(payload: bytes, value: float) -> None:
    assert reachable(say(bridge(NAME), f"{NAME}/availability", payload)) == {KEY: value}


@pytest.mark.parametrize("payload", [b"maybe", b'{"state": 1}', b"[]", b"{", b"\xff", b'{"online": true}'])
def test_an_availability_that_says_neither_is_refused(payload: bytes) -> None:
    (refusal,) = say(bridge(NAME), f"{NAME}/availability", payload)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "shape"


def test_names_with_slashes_are_told_apart() -> None:
    made = bridge("hall", "hall/upper", "hall/availability")
    assert reachable(say(made, "hall/upper/availability", b"offline")) == {"0x02": 0}
    assert reachable(say(made, "hall/availability/availability", b"offline")) == {"0x03": 0}
    # A device that is called like a side topic is a device.
    (said,) = say(made, "hall/availability", {"battery": 50})
    assert isinstance(said, Said)
    assert said.key == "0x03"


def test_while_the_bridge_is_offline_it_reaches_none_of_those_it_told_of() -> None:
    made = bridge("a", "b", "c")
    say(made, "a/availability", b"online")
    say(made, "b/availability", b"offline")
    assert reachable(say(made, "bridge/state", b"offline")) == {KEY: 0, "0x02": 0}
    assert reachable(say(made, "bridge/state", {"state": "online"})) == {KEY: 1, "0x02": 0}
    (refusal,) = say(made, "bridge/state", b"tired")
    assert isinstance(refusal, Refusal)


def test_the_bridge_is_there_until_it_says_otherwise() -> None:
    made = bridge("a")
    assert made.online
    for said, online in ((b"offline", False), (b"tired", False), (b"online", True), ({"state": "offline"}, False)):
        say(made, "bridge/state", said)
        assert made.online is online


def test_a_renamed_device_keeps_its_series() -> None:
    made = bridge("old")
    (before,) = say(made, "old", {"battery": "100.00"})
    say(made, "bridge/devices", listed("new/name"))
    (after,) = say(made, "new/name", {"battery": 99})
    assert isinstance(before, Said)
    assert isinstance(after, Said)
    assert (before.key, before.measurements) == (KEY, (Measurement("battery", 100),))
    assert (after.key, after.measurements) == (KEY, (Measurement("battery", 99),))
    assert [device.name for device in made.devices()] == ["new/name"]


def test_a_removed_device_says_no_more_and_nothing_is_said_of_it() -> None:
    made = bridge("a", "b")
    say(made, "b/availability", b"online")
    say(made, "bridge/devices", listed("a"))
    assert reachable(say(made, "bridge/state", b"offline")) == {}
    # Its retained state is cleared with an empty message.
    assert say(made, "b", b"") == []
    assert [device.key for device in made.devices()] == [KEY]


def test_a_group_is_no_device() -> None:
    made = bridge("a")
    say(made, "lamps", {"state": "ON"})
    assert [device.name for device in made.devices()] == ["a", "lamps"]
    assert say(made, "bridge/groups", [{"id": 1, "friendly_name": "lamps", "members": []}, 7]) == []
    assert say(made, "lamps", {"state": "ON"}) == say(made, "lamps/availability", b"online") == []
    assert [device.name for device in made.devices()] == ["a"]
    assert isinstance(say(made, "bridge/groups", b"{}")[0], Refusal)


def test_a_stranger_is_shown_with_what_it_says() -> None:
    made = bridge("a")
    for _ in range(2):
        (refusal,) = say(made, "x/y", {"temperature": 21.5, "riddle": [1, 2], "huge": "h" * 500})
        assert isinstance(refusal, Refusal)
        assert refusal.reason == "unlisted"
    say(made, "x/y/availability", b"offline")
    stranger = made.devices()[1]
    assert (stranger.key, stranger.name) == ("", "x/y")
    assert stranger.unmapped == {
        "temperature": "21.5", "riddle": "[1, 2]", "huge": "h" * 80, "availability": "offline",
    }  # fmt: skip
    say(made, "x/y", {f"p{number}": number for number in range(500)})
    assert len(made.devices()[1].unmapped) == 50
    # Once it is listed, it is a stranger no longer.
    say(made, "bridge/devices", listed("a", "x/y"))
    assert [device.key for device in made.devices()] == [KEY, "0x02"]


def test_a_device_that_nothing_defines_is_read_by_its_names() -> None:
    made = Zigbee2Mqtt(BASE)
    say(
        made, "bridge/devices", [{"ieee_address": ADDRESS, "friendly_name": "new", "definition": None, "model_id": "X"}]
    )
    (said,) = say(made, "new", {"battery": 80, "riddle": 3})
    assert isinstance(said, Said)
    assert said.measurements == (Measurement("battery", 80),)
    assert said.others == {"riddle": 3}


def test_reachability_is_a_series_that_changes_seldom() -> None:
    interpreter = Interpreter(Zigbee2Mqtt(BASE), lambda _: None)
    interpreter.take(f"{BASE}/bridge/devices", json.dumps(listed(NAME)).encode(), 0, restated=True)

    def take(payload: bytes, at_ms: int, *, restated: bool = False) -> list[tuple[str, float]]:
        readings = interpreter.take(f"{BASE}/{NAME}/availability", payload, at_ms, restated=restated)
        return [(reading.name, reading.value) for reading in readings]

    assert take(b"online", 1_000) == [(f"{KEY}/reachable", 1)]
    assert take(b"online", 2_000) == []
    assert take(b"offline", 3_000) == [(f"{KEY}/reachable", 0)]
    # What the broker kept says not since when.
    assert take(b"online", 4_000, restated=True) == []


def test_the_recorded_home_is_read_device_by_device(shared_data: Path) -> None:
    recorded = json.loads((shared_data / "zigbee2mqtt_capture" / "mqtt-flow_1.json").read_text())
    state = (shared_data / "zigbee2mqtt_capture" / "temperature-humidity-and-pressure-sensor_1.json").read_bytes()
    made = Zigbee2Mqtt("zigbee2mqtt")
    assert made.read("zigbee2mqtt/bridge/devices", json.dumps(list(recorded.values())).encode()) == []
    devices = {device.name: device for device in made.devices()}
    assert len(devices) == 19
    name = "Living Room temperature, humidity and pressure sensor"
    (said,) = made.read(f"zigbee2mqtt/{name}", state)
    assert isinstance(said, Said)
    assert said.key == devices[name].key
    assert {each.quantity for each in said.measurements} == {
        "temperature", "humidity", "pressure", "battery", "voltage", "link_quality",
    }  # fmt: skip
    for device in devices.values():
        said_of = made.read(f"zigbee2mqtt/{device.name}/availability", b'{"state":"online"}')
        assert reachable(list(said_of)) == {device.key: 1}


topics = st.lists(
    st.sampled_from(["a", "b", "bridge", "state", "devices", "groups", "availability", "set", "x"]), min_size=1
)
payloads = st.binary(max_size=40) | st.sampled_from(
    [b"online", b'{"state":"offline"}', b"[]", b'[{"ieee_address":"0x1"}]']
)


@given(st.lists(st.tuples(topics, payloads), max_size=20))
def test_whatever_comes_is_read_or_refused(messages: list[tuple[list[str], bytes]]) -> None:
    made = bridge("a", "a/b")
    for levels, payload in messages:
        for part in made.read(f"{BASE}/{'/'.join(levels)}", payload):
            assert isinstance(part, Said | Refusal)
        names = [device.key or device.name for device in made.devices()]
        assert len(names) == len(set(names))

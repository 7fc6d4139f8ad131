"""Shelly devices: notifications, status topics, sleep, clocks and the Bluetooth devices that they hear."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.decoded import Measurement, Refusal
from gateway.dialects.dialect import Said
from gateway.dialects.shelly import Shelly

HT = "shellyplusht-b8d61a8b17cc"
BLU = "shellyblugwg3-aabbccddeeff"
TS = 1_761_044_400.25
AT = datetime.fromtimestamp(TS, UTC)


def notification(source: str, method: str, **params: Any) -> bytes:
    return json.dumps({"src": source, "dst": f"{source}/events", "method": method, "params": params}).encode()


def told(dialect: Shelly, topic: str, payload: bytes) -> dict[str, dict[str, float]]:
    found = {}
    for said in dialect.read(topic, payload):
        assert isinstance(said, Said), said
        found[said.key] = {f"{each.quantity}/{each.channel}".rstrip("/"): each.value for each in said.measurements}
    return found


def full_status(**more: Any) -> bytes:
    status = {
        "ts": TS, "ble": {}, "cloud": {"connected": False},
        "devicepower:0": {"id": 0, "battery": {"V": 5.32, "percent": 65}, "external": {"present": False}},
        "ht_ui": {}, "humidity:0": {"id": 0, "rh": 43.7}, "temperature:0": {"id": 0, "tC": 22.5, "tF": 72.4},
        "sys": {"mac": "B8D61A8B17CC", "unixtime": 1_761_044_400, "uptime": 3, "wakeup_period": 600},
        "wifi": {"rssi": -60}, **more,
    }  # fmt: skip
    return notification(HT, "NotifyFullStatus", **status)


def test_a_sensor_on_batteries_tells_all_of_it_when_it_wakes() -> None:
    dialect = Shelly()
    (said,) = dialect.read(f"{HT}/events/rpc", full_status())
    assert isinstance(said, Said)
    assert (said.key, said.at) == ("b8d61a8b17cc", AT)
    assert {(each.quantity, each.channel): each.value for each in said.measurements} == {
        ("battery", ""): 65, ("voltage", "battery"): 5.32, ("mains_power", ""): 0, ("humidity", ""): 43.7,
        ("temperature", ""): 22.5, ("signal_strength", ""): -60,
    }  # fmt: skip
    assert said.others == {}
    (device,) = dialect.devices()
    assert (device.vendor, device.model, device.name) == ("Shelly", "shellyplusht", HT)


def test_fed_by_a_cable_without_batteries_it_has_no_empty_battery() -> None:
    supply = {"id": 0, "battery": {"V": 0.43, "percent": 0}, "external": {"present": True}}
    found = told(Shelly(), f"{HT}/events/rpc", full_status(**{"devicepower:0": supply}))
    assert found["b8d61a8b17cc"]["mains_power"] == 1
    assert "battery" not in found["b8d61a8b17cc"]


def test_that_a_sleeper_leaves_the_broker_says_nothing_but_that_a_plug_does_says_it_is_gone() -> None:
    dialect = Shelly()
    told(dialect, f"{HT}/events/rpc", full_status())
    assert dialect.read(f"{HT}/online", b"false") == ()
    plug = "shellyplugsg3-aabbccddee00"
    assert told(dialect, f"{plug}/online", b"true") == {"aabbccddee00": {"reachable": 1}}
    assert told(dialect, f"{plug}/online", b"false") == {"aabbccddee00": {"reachable": 0}}
    assert isinstance(dialect.read(f"{plug}/online", b"perhaps")[0], Refusal)


@pytest.mark.parametrize("unixtime", [None, 1_761_044_400])
def test_the_time_of_a_clock_that_was_never_set_is_not_believed(unixtime: int | None) -> None:
    dialect = Shelly()
    dialect.read(f"{HT}/events/rpc", full_status(sys={"unixtime": unixtime}))
    change = notification(HT, "NotifyStatus", ts=TS, **{"temperature:0": {"id": 0, "tC": 22.6}})
    (said,) = dialect.read(f"{HT}/events/rpc", change)
    assert isinstance(said, Said)
    assert (said.at is None) is (unixtime is None)


def test_ts_of_an_uptime_is_no_time() -> None:
    (said,) = Shelly().read(
        f"{HT}/events/rpc", notification(HT, "NotifyStatus", ts=3.6, **{"smoke:0": {"alarm": True}})
    )
    assert isinstance(said, Said)
    assert (said.at, said.measurements) == (None, (Measurement("smoke", 1.0),))


@pytest.mark.parametrize(
    ("component", "status", "measured"),
    [
        ("smoke:0", {"id": 0, "alarm": True, "mute": False}, {"smoke": 1}),
        ("flood:0", {"id": 0, "alarm": True, "mute": False}, {"water_leak": 1}),
        ("flood:0", {"id": 0, "alarm": False}, {"water_leak": 0}),
        ("illuminance:0", {"id": 0, "lux": 320, "illumination": "bright"}, {"illuminance": 320}),
        ("presence", {"num_objects": 2}, {"presence": 1}),
        ("presencezone:200", {"id": 200, "state": False, "num_objects": 0}, {"presence/200": 0}),
        ("pm1:0", {"id": 0, "apower": 5.1, "voltage": 230.1, "aenergy": {"total": 1234.5}},
         {"power": 5.1, "voltage": 230.1, "energy": 1.2345}),
        ("em1:1", {"id": 1, "act_power": 410.2, "voltage": 231}, {"power/1": 410.2, "voltage/1": 231}),
        ("em:0", {"id": 0, "a_act_power": 10, "a_voltage": 230, "total_act_power": 30},
         {"power": 30, "power/phase_a": 10, "voltage/phase_a": 230}),
        ("em1data:0", {"id": 0, "total_act_energy": 2_776_175.11}, {"energy": 2776.17511}),
        ("temperature:100", {"id": 100, "tC": 4.5, "tF": 40.1}, {"temperature/100": 4.5}),
        ("switch:2", {"id": 2, "output": True, "apower": 81.5}, {"appliance_on/2": 1, "power/2": 81.5}),
        ("temperature:0", {"id": 0, "tC": None, "tF": None, "errors": ["out_of_range"]}, {}),
        ("input:0", {"id": 0, "state": True}, {}),
    ],
)  # fmt: skip
def test_components(component: str, status: dict[str, Any], measured: dict[str, float]) -> None:
    source = "shellyx-aabbccddeeff"
    by_notification = Shelly().read(
        f"{source}/events/rpc", notification(source, "NotifyStatus", ts=TS, **{component: status})
    )
    by_topic = Shelly().read(f"{source}/status/{component}", json.dumps(status).encode())
    for (said,), at in ((by_notification, AT), (by_topic, None)):
        assert isinstance(said, Said)
        assert (said.key, said.at) == ("aabbccddeeff", at)
        assert {f"{each.quantity}/{each.channel}".rstrip("/"): each.value for each in said.measurements} == measured


def test_what_is_notified_is_not_taken_from_the_status_topics_again() -> None:
    dialect, source = Shelly(), "shellyfloodg4-aabbccddeeff"
    told(dialect, f"{source}/events/rpc", notification(source, "NotifyStatus", ts=TS, **{"flood:0": {"alarm": True}}))
    assert dialect.read(f"{source}/status/flood:0", b'{"id":0,"alarm":true}') == []
    assert told(dialect, f"{source}/status/temperature:0", b'{"id":0,"tC":20.5}') == {
        "aabbccddeeff": {"temperature": 20.5}
    }


def test_a_device_keeps_its_key_under_any_prefix() -> None:
    dialect = Shelly(("+", "casa/+"))
    assert "casa/+/events/rpc" in dialect.subscriptions
    refused = dialect.read("casa/bagno/status/flood:0", b'{"id":0,"alarm":false}')
    assert [refusal.reason for refusal in refused if isinstance(refusal, Refusal)] == ["unlisted"]
    assert dialect.devices()[0].name == "casa/bagno"
    assert told(dialect, "casa/bagno/events/rpc", full_status()).keys() == {"b8d61a8b17cc"}
    assert told(dialect, "casa/bagno/status/flood:0", b'{"id":0,"alarm":false}') == {"b8d61a8b17cc": {"water_leak": 0}}
    assert [device.key for device in dialect.devices()] == ["b8d61a8b17cc"]


def test_a_press_at_a_wire_is_shown_and_calls_nobody() -> None:
    source = "shellyplusi4-aabbccddeeff"
    event = {"component": "input:0", "id": 0, "event": "long_push", "ts": TS}
    (said,) = Shelly().read(f"{source}/events/rpc", notification(source, "NotifyEvent", ts=TS, events=[event]))
    assert isinstance(said, Said)
    assert (said.measurements, said.others["action"]) == ((), "long_push")


def test_a_wire_is_what_its_installer_has_named_it() -> None:
    dialect, source = Shelly(), "shellyplusi4-aabbccddeeff"
    config = {
        "sys": {"device": {"name": "bagno", "mac": "AABBCCDDEEFF"}},
        "input:0": {"id": 0, "name": "Emergenza", "type": "button"},
        "input:1": {"id": 1, "name": "letto", "type": "switch"},
        "input:2": {"id": 2, "name": None, "type": "switch"},
    }
    answer = {"id": 1, "src": source, "dst": "vicino/shelly/bagno", "result": config}
    assert dialect.read("vicino/shelly/bagno/rpc", json.dumps(answer).encode()) == ()
    states = {"input:1": {"id": 1, "state": True}, "input:2": {"id": 2, "state": True}}
    assert told(dialect, f"{source}/events/rpc", notification(source, "NotifyStatus", ts=TS, **states)) == {
        "aabbccddeeff": {"bed_occupancy": 1}
    }
    event = {"component": "input:0", "id": 0, "event": "single_push", "ts": TS}
    pushed = notification(source, "NotifyEvent", ts=TS, events=[event])
    assert told(dialect, f"{source}/events/rpc", pushed) == {"aabbccddeeff": {"sos_button": 1}}
    assert [device.name for device in dialect.devices()] == ["bagno"]


COMPONENTS = {
    "id": 1, "src": BLU, "dst": "vicino/shelly/hall", "result": {"components": [
        {"key": "bthomedevice:200", "config": {"id": 200, "addr": "3c:2e:f5:aa:bb:cc", "name": "Pulsante"}},
        {"key": "bthomesensor:200", "config": {"id": 200, "addr": "3c:2e:f5:aa:bb:cc", "obj_id": 1, "idx": 0}},
        {"key": "bthomesensor:201", "config": {"id": 201, "addr": "3c:2e:f5:aa:bb:cc", "obj_id": 58, "idx": 0}},
        {"key": "bthomedevice:201", "config": {"id": 201, "addr": "60:ef:ab:00:00:01", "name": "Porta"}},
        {"key": "bthomesensor:205", "config": {"id": 205, "addr": "60:ef:ab:00:00:01", "obj_id": 45, "idx": 0}},
        {"key": "bthomesensor:206", "config": {"id": 206, "addr": "60:ef:ab:00:00:01", "obj_id": 58, "idx": 0}},
    ]},
}  # fmt: skip


def press(component: str, event: str) -> bytes:
    said = {"component": component, "id": 200, "event": event, "idx": 0, "ts": TS}
    return notification(BLU, "NotifyEvent", ts=TS, events=[said])


def test_bluetooth_devices_are_devices_of_their_own_once_their_numbers_are_explained() -> None:
    dialect = Shelly()
    opened = notification(
        BLU, "NotifyStatus", ts=TS, **{"bthomesensor:205": {"id": 205, "value": True, "last_updated_ts": 1_761_044_300}}
    )
    (unexplained,) = dialect.read(f"{BLU}/events/rpc", opened)
    assert isinstance(unexplained, Said)
    assert (unexplained.key, unexplained.others) == ("aabbccddeeff", {"bthomesensor:205": True})
    topic = "vicino/shelly/hall/rpc"
    assert dialect.is_note(topic)
    assert dialect.read(topic, json.dumps(COMPONENTS).encode()) == ()
    (said,) = dialect.read(f"{BLU}/events/rpc", opened)
    assert isinstance(said, Said)
    assert said.key == "60efab000001"
    assert said.measurements == (Measurement("contact", 0.0),)
    assert said.at == datetime.fromtimestamp(1_761_044_300, UTC)
    assert {device.key for device in dialect.devices()} == {"aabbccddeeff", "3c2ef5aabbcc", "60efab000001"}


def test_a_bluetooth_button_calls_for_help_also_while_nobody_knows_whose_it_is() -> None:
    dialect = Shelly()
    assert told(dialect, f"{BLU}/events/rpc", press("bthomedevice:200", "long_push")) == {
        "aabbccddeeff": {"sos_button/bthomedevice-200": 1}
    }
    dialect.read("vicino/shelly/hall/rpc", json.dumps(COMPONENTS).encode())
    assert told(dialect, f"{BLU}/events/rpc", press("bthomedevice:200", "long_push")) == {
        "3c2ef5aabbcc": {"sos_button": 1}
    }
    assert told(dialect, f"{BLU}/events/rpc", press("bthomedevice:200", "single_push")) == {"3c2ef5aabbcc": {}}
    # The button on a door sensor pairs it.
    assert told(dialect, f"{BLU}/events/rpc", press("bthomedevice:201", "long_push")) == {"60efab000001": {}}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"not json", "syntax"), (b"[]", "shape"), (notification("x-1", "NotifyStatus"), "unlisted"),
        (notification(HT, "Switch.Set"), "method"), (b'{"src":"a","error":{"code":401}}', "error"),
        (b"{}", "component"),
    ],
)  # fmt: skip
def test_what_is_no_use_is_refused_with_a_reason(payload: bytes, reason: str) -> None:
    (refused,) = Shelly().read("somewhere/events/rpc", payload)
    assert isinstance(refused, Refusal)
    assert refused.reason == reason


NAMES = (
    "ts", "events", "component", "event", "sys", "devicepower:0", "battery", "V", "percent", "bthomesensor:1", "value",
    "addr", "obj_id", "alarm", "smoke:0", "switch:0", "aenergy", "total", "id", "idx",
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("ab:0", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.sampled_from(["NotifyStatus", "NotifyFullStatus", "NotifyEvent"]), st.dictionaries(st.sampled_from(NAMES), JSON)
)
def test_whatever_a_device_says_is_read_or_refused(method: str, params: dict[str, Any]) -> None:
    for found in Shelly().read(f"{HT}/events/rpc", notification(HT, method, **params)):
        assert isinstance(found, Said | Refusal)


def test_memory_is_bounded() -> None:
    dialect = Shelly()
    for number in range(1_500):
        source = f"shellyx-{number:012x}"
        dialect.read(
            f"{source}/events/rpc", notification(source, "NotifyStatus", ts=TS, **{"flood:0": {"alarm": False}})
        )
        dialect.read(f"stranger{number}/online", b"true")
    assert len(dialect._states) <= 500
    assert len(dialect._keys) <= 500
    assert len(dialect.devices()) <= 1_200

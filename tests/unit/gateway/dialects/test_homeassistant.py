"""Entities announced for Home Assistant: what they are called, when their states count, and who is there."""

import json
from typing import Any

import pytest

from devices.decoders.decoded import Refusal
from gateway.dialects.dialect import Said
from gateway.dialects.homeassistant import HomeAssistant

ESP = {"identifiers": "ec64c984dbd0", "name": "bagno", "manufacturer": "espressif", "model": "esp32dev"}


def announce(dialect: HomeAssistant, topic: str, config: dict[str, Any]) -> list[str]:
    assert dialect.is_note(topic)
    found = dialect.read(topic, json.dumps(config).encode())
    assert all(isinstance(each, Refusal) for each in found)
    return [each.reason for each in found if isinstance(each, Refusal)]


def values(dialect: HomeAssistant, topic: str, said: Any) -> dict[str, float]:
    payload = said.encode() if isinstance(said, str) else json.dumps(said).encode()
    read: dict[str, float] = {}
    for each in dialect.read(topic, payload):
        assert isinstance(each, Said), each
        read |= {f"{each.key}/{one.quantity}/{one.channel}".rstrip("/"): one.value for one in each.measurements}
    return read


def sensor(component: str, entity: str, said: str, **config: Any) -> dict[str, float]:
    dialect = HomeAssistant()
    announce(
        dialect, f"homeassistant/{component}/bagno/{entity}/config", {"stat_t": "bagno/state", "dev": ESP, **config}
    )
    return values(dialect, "bagno/state", said)


@pytest.mark.parametrize(
    ("component", "entity", "config", "said", "measured"),
    [
        ("sensor", "temperature", {"dev_cla": "temperature", "unit_of_meas": "°C"}, "21.5", {"temperature": 21.5}),
        ("sensor", "bagno_temperature", {"dev_cla": "temperature", "unit_of_meas": "°F"}, "70.7",
         {"temperature": 21.5}),
        ("sensor", "outdoor_temperature", {"dev_cla": "temperature", "unit_of_meas": "K"}, "283.15",
         {"temperature/outdoor": 10}),
        ("sensor", "power", {"dev_cla": "power", "unit_of_meas": "kW"}, "1.5", {"power": 1500}),
        ("sensor", "energy", {"dev_cla": "energy", "unit_of_meas": "Wh"}, "1500", {"energy": 1.5}),
        ("sensor", "voltage", {"dev_cla": "voltage", "unit_of_meas": "mV"}, "2950", {"voltage": 2.95}),
        ("sensor", "pressure", {"dev_cla": "atmospheric_pressure", "unit_of_meas": "kPa"}, "101.3", {"pressure": 1013}),
        ("sensor", "battery", {"dev_cla": "battery", "unit_of_meas": "%"}, "88", {"battery": 88}),
        ("sensor", "weight", {"dev_cla": "weight", "unit_of_meas": "lb"}, "150", {"body_weight": 68.039}),
        ("sensor", "weight", {"dev_cla": "weight", "unit_of_meas": "kg"}, "7.5", {}),
        ("sensor", "systolic_blood_pressure", {"unit_of_meas": "mmHg"}, "131", {"systolic_pressure/blood": 131}),
        ("sensor", "heart_rate", {"unit_of_meas": "bpm"}, "66", {"heart_rate": 66}),
        ("sensor", "temperature", {"dev_cla": "temperature"}, "21.5", {}),
        ("sensor", "temperature", {"dev_cla": "temperature", "unit_of_meas": "°C"}, "unknown", {}),
        ("binary_sensor", "door", {"dev_cla": "door"}, "ON", {"contact": 0}),
        ("binary_sensor", "contact", {"dev_cla": "door", "pl_on": "open", "pl_off": "closed"}, "closed",
         {"contact": 1}),
        ("binary_sensor", "leak", {"dev_cla": "moisture"}, "ON", {"water_leak": 1}),
        ("binary_sensor", "smoke", {"dev_cla": "smoke"}, "OFF", {"smoke": 0}),
        ("binary_sensor", "bed_occupancy", {"dev_cla": "occupancy"}, "ON", {"bed_occupancy": 1}),
        ("binary_sensor", "sos", {}, "ON", {"sos_button": 1}),
        ("binary_sensor", "sos_button", {"dev_cla": "safety"}, "ON", {"sos_button": 1}),
        ("binary_sensor", "occupancy", {"dev_cla": "motion", "off_dly": 30}, "ON", {"motion/occupancy": 1}),
        ("binary_sensor", "occupancy", {"dev_cla": "motion", "off_dly": 30}, "OFF", {}),
        ("switch", "tv", {"cmd_t": "bagno/set"}, "ON", {"appliance_on/tv": 1}),
        ("switch", "tv", {"pl_on": "1", "pl_off": "0", "stat_on": "acceso", "stat_off": "spento"}, "spento",
         {"appliance_on/tv": 0}),
        ("binary_sensor", "riddle", {}, "ON", {}),
        ("light", "lamp", {}, "ON", {}),
    ],
)  # fmt: skip
def test_what_entities_mean(
    component: str, entity: str, config: dict[str, Any], said: str, measured: dict[str, float]
) -> None:
    found = sensor(component, entity, said, **config)
    assert {name.removeprefix("ec64c984dbd0/"): value for name, value in found.items()} == pytest.approx(measured)


def test_what_is_not_mapped_is_shown() -> None:
    dialect = HomeAssistant()
    announce(dialect, "homeassistant/sensor/riddle/config", {"stat_t": "x", "uniq_id": "riddle1"})
    (said,) = dialect.read("x", b"blue")
    assert isinstance(said, Said)
    assert (said.key, said.measurements, said.others) == ("riddle1", (), {"riddle": "blue"})


def test_a_state_that_is_true_is_on_where_true_was_announced() -> None:
    config = {"dev_cla": "occupancy", "pl_on": True, "pl_off": False, "val_tpl": "{{ value_json.occupancy }}"}
    assert sensor("binary_sensor", "occupancy", '{"occupancy": true}', **config) == {"ec64c984dbd0/occupancy": 1}
    assert sensor("binary_sensor", "occupancy", '{"battery": 3}', **config) == {}


def test_the_base_and_several_entities_on_one_topic() -> None:
    dialect = HomeAssistant()
    for entity, unit, field in (("temperature", "°C", "tempc"), ("humidity", "%", "hum")):
        announce(
            dialect,
            f"homeassistant/sensor/aabb-{entity}/config",
            {
                "~": "home/OMG/BTtoMQTT", "stat_t": "~/AABB", "dev_cla": entity, "unit_of_meas": unit,
                "uniq_id": f"aabb-{entity}", "val_tpl": f"{{{{ value_json.{field} | is_defined }}}}",
                "dev": {"cns": [["mac", "AA:BB:CC:DD:EE:FF"]], "name": "omg"},
            },
        )  # fmt: skip
    assert values(dialect, "home/OMG/BTtoMQTT/AABB", {"tempc": 21, "hum": 40}) == {
        "aabbccddeeff/temperature/aabb": 21, "aabbccddeeff/humidity/aabb": 40,
    }  # fmt: skip
    assert values(dialect, "home/OMG/BTtoMQTT/AABB", {"hum": 41}) == {"aabbccddeeff/humidity/aabb": 41}


def test_all_entities_of_a_device_in_one_announcement() -> None:
    dialect = HomeAssistant()
    config = {
        "dev": {"ids": "0AFFD2", "name": "Kitchen", "mf": "Bla", "mdl": "xya"}, "o": {"name": "bla2mqtt"},
        "stat_t": "sensorBedroom/state", "avty_t": "sensorBedroom/avty",
        "cmps": {
            "t1": {"p": "sensor", "dev_cla": "temperature", "unit_of_meas": "°C", "val_tpl": "{{ value_json.t }}",
                   "uniq_id": "temp01"},
            "h1": {"p": "sensor", "dev_cla": "humidity", "unit_of_meas": "%", "val_tpl": "{{ value_json.h }}",
                   "uniq_id": "hum01"},
            "gone": {"p": "sensor"},
        },
    }  # fmt: skip
    assert announce(dialect, "homeassistant/device/0AFFD2/config", config) == []
    assert values(dialect, "sensorBedroom/state", {"t": 20.2, "h": 43.7}) == {
        "0affd2/temperature/t1": 20.2, "0affd2/humidity/h1": 43.7,
    }  # fmt: skip
    assert values(dialect, "sensorBedroom/avty", "offline") == {"0affd2/reachable": 0}
    (device,) = dialect.devices()
    assert (device.vendor, device.model, device.exposes) == ("Bla", "xya", ["sensor.t1", "sensor.h1"])


def test_a_template_that_says_more_is_refused_and_shown() -> None:
    dialect = HomeAssistant()
    config = {"stat_t": "x", "dev": ESP, "dev_cla": "humidity", "unit_of_meas": "%", "val_tpl": "{{ states('x') }}"}
    assert announce(dialect, "homeassistant/sensor/x/humidity/config", config) == ["template"]
    assert dialect.read("x", b"40") == []
    (device,) = dialect.devices()
    assert device.unmapped["x_humidity"].startswith("template")


def test_an_announcement_that_is_withdrawn_or_changed_counts_no_more() -> None:
    dialect = HomeAssistant()
    topic = "homeassistant/sensor/x/humidity/config"
    config = {"stat_t": "x", "dev": ESP, "dev_cla": "humidity", "unit_of_meas": "%"}
    announce(dialect, topic, config)
    announce(dialect, topic, config | {"stat_t": "y"})
    assert dialect.read("x", b"40") == ()
    assert list(values(dialect, "y", "40").values()) == [40]
    dialect.read(topic, b"")
    assert dialect.read("y", b"40") == ()
    assert not dialect._telling


@pytest.mark.parametrize(
    ("mode", "said", "there"),
    [
        ("latest", [("a", "online"), ("b", "offline")], [1, 0]),
        ("all", [("a", "online"), ("b", "online"), ("a", "offline")], [0, 1, 0]),
        ("any", [("a", "online"), ("b", "offline"), ("a", "offline")], [1, 1, 0]),
    ],
)
def test_availability_by_several_topics(mode: str, said: list[tuple[str, str]], there: list[int]) -> None:
    dialect = HomeAssistant()
    config = {
        "stat_t": "x", "dev": ESP, "dev_cla": "humidity", "avty_mode": mode,
        "avty": [{"t": "a", "val_tpl": "{{ value_json.state }}"}, {"t": "b"}],
    }  # fmt: skip
    announce(dialect, "homeassistant/sensor/x/humidity/config", config)
    told = [values(dialect, topic, {"state": word} if topic == "a" else word) for topic, word in said]
    assert told == [{"ec64c984dbd0/reachable": each} for each in there]
    (refused,) = dialect.read("b", b"perhaps")
    assert isinstance(refused, Refusal)


def test_presses_are_shown_and_call_for_help_where_they_are_called_so() -> None:
    dialect = HomeAssistant()
    for name, kind in (("action_double", "double"), ("action_emergency", "emergency")):
        announce(
            dialect,
            f"homeassistant/device_automation/0x1/{name}/config",
            {"t": "z/b/action", "pl": kind, "type": "action", "stype": kind, "dev": {"ids": ["0x1"]}},
        )
    (pressed,) = dialect.read("z/b/action", b"double")
    assert isinstance(pressed, Said)
    assert (pressed.measurements, pressed.others) == ((), {"action": "action double"})
    assert values(dialect, "z/b/action", "emergency") == {"0x1/sos_button": 1}
    announce(dialect, "homeassistant/event/b/config", {"stat_t": "e", "dev_cla": "button", "uniq_id": "b"})
    (event,) = dialect.read("e", b'{"event_type": "press"}')
    assert isinstance(event, Said)
    assert event.others == {"action": "press"}


def test_what_is_broken_is_refused_and_strangers_are_silent() -> None:
    dialect = HomeAssistant()
    for payload, reason in ((b"{", "syntax"), (b"[]", "shape"), (b"\xff", "syntax")):
        (refused,) = dialect.read("homeassistant/sensor/x/config", payload)
        assert isinstance(refused, Refusal)
        assert refused.reason == reason
    (refused,) = dialect.read("homeassistant/device/x/config", b"{}")
    assert isinstance(refused, Refusal)
    assert dialect.read("anything/else", b"1") == ()
    assert dialect.read("homeassistant/status", b"online") == ()


def test_memory_is_bounded() -> None:
    dialect = HomeAssistant()
    refused = 0
    for number in range(2_500):
        config = {"stat_t": f"s{number}", "uniq_id": f"u{number}", "avty_t": f"a{number}"}
        refused += announce(dialect, f"homeassistant/sensor/u{number}/config", config) == ["full"]
    assert refused == 500
    assert len(dialect._telling) == 4_000
    assert len(dialect.devices()) <= 1_000


def test_overlapping_filters_are_not_asked_for() -> None:
    assert HomeAssistant().subscriptions == ("#",)
    assert HomeAssistant("ha", ("+/status",)).subscriptions == ("ha/+/+/config", "ha/+/+/+/config", "+/status")

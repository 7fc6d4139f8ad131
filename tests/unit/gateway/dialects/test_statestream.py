"""Home Assistant's statestream: states are explained by attributes on topics of their own."""

import json

import pytest

from devices.decoders.decoded import Refusal
from gateway.dialects.dialect import Said
from gateway.dialects.statestream import Statestream


def told(dialect: Statestream, entity: str, said: str) -> dict[str, float]:
    found = {}
    for each in dialect.read(f"ha/{entity.replace('.', '/')}/state", said.encode()):
        assert isinstance(each, Said), each
        found |= {f"{each.key}/{one.quantity}": one.value for one in each.measurements}
    return found


def explained(entity: str, **attributes: str) -> Statestream:
    dialect = Statestream("ha")
    for name, value in attributes.items():
        topic = f"ha/{entity.replace('.', '/')}/{name}"
        assert dialect.is_note(topic)
        assert dialect.read(topic, json.dumps(value).encode()) == ()
    return dialect


@pytest.mark.parametrize(
    ("entity", "attributes", "said", "measured"),
    [
        ("sensor.kitchen", {"device_class": "temperature", "unit_of_measurement": "°F"}, "68", {"temperature": 20}),
        ("sensor.scale", {"device_class": "weight", "unit_of_measurement": "kg"}, "71.4", {"body_weight": 71.4}),
        ("sensor.withings_systolic_blood_pressure", {"unit_of_measurement": "mmhg"}, "128", {"systolic_pressure": 128}),
        ("binary_sensor.front_door", {"device_class": "door"}, "on", {"contact": 0}),
        ("binary_sensor.bath_sos", {}, "on", {"sos_button": 1}),
        ("binary_sensor.gas_alarm", {"device_class": "gas"}, "off", {"gas": 0}),
        ("switch.kettle", {}, "on", {"appliance_on": 1}),
        ("sensor.riddle", {}, "42", {}),
    ],
)
def test_states(entity: str, attributes: dict[str, str], said: str, measured: dict[str, float]) -> None:
    dialect = explained(entity, **attributes)
    assert told(dialect, entity, said) == {
        **{f"{entity}/{name}": value for name, value in measured.items()}, f"{entity}/reachable": 1,
    }  # fmt: skip


def test_what_is_not_mapped_is_shown_and_an_entity_that_is_gone_is_told() -> None:
    dialect = explained("sensor.riddle", friendly_name="Enigma")
    (said,) = dialect.read("ha/sensor/riddle/state", b"blue")
    assert isinstance(said, Said)
    assert said.others == {"state": "blue"}
    assert told(dialect, "sensor.riddle", "unavailable") == {"sensor.riddle/reachable": 0}
    assert told(dialect, "sensor.riddle", "unknown") == {}
    (device,) = dialect.devices()
    assert (device.key, device.name, device.description) == ("sensor.riddle", "Enigma", "sensor.riddle")


def test_other_domains_and_topics_are_left_alone() -> None:
    dialect = Statestream("ha")
    for topic in ("ha/person/anna/state", "ha/sensor/x/latitude", "ha/sensor/x", "other/sensor/x/state"):
        assert dialect.read(topic, b"home") == ()
    assert dialect.devices() == []
    (refused,) = dialect.read("ha/sensor/x/device_class", b"temperature")
    assert isinstance(refused, Refusal)


def test_memory_is_bounded() -> None:
    dialect = Statestream("ha")
    for number in range(1_500):
        dialect.read(f"ha/sensor/s{number}/device_class", b'"temperature"')
        dialect.read(f"ha/sensor/s{number}/state", b"1")
    assert len(dialect._attributes) == 1_000
    assert len(dialect.devices()) == 1_000

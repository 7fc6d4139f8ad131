"""Named values, whoever decoded them: what is certain is measured, all else is handed back."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vocabulary import BY_NAME
from devices.decoders.lorawan.fields import measure


def values(fields: dict[str, Any], **how: bool) -> dict[str, float]:
    return {f"{each.quantity}/{each.channel}".rstrip("/"): each.value for each in measure(fields, **how).measurements}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"Temperature": 21.5, "HUMIDITY": "45.2 %"}, {"temperature": 21.5, "humidity": 45.2}),
        ({"temperature_1": 20, "temperature_2": 5}, {"temperature/1": 20, "temperature/2": 5}),
        ({"TempC_DS": 327.67, "TempC_SHT": 20.0}, {"temperature": 20.0}),
        ({"temperature": {"value": 70.1, "unit": "°F"}}, {}),
        ({"air_temperature": {"displayName": "Air", "value": 21, "unit": "°C"}}, {"temperature": 21}),
        ({"pressure": 1013}, {"pressure": 1013}),
        ({"pressure": {"value": 101_300, "unit": "Pa"}}, {"pressure": 1013}),
        ({"pressure": 0.02}, {}),
        ({"pir": "trigger"}, {"occupancy": 1}),
        ({"pir": "normal"}, {"occupancy": 0}),
        ({"pir": True}, {"occupancy": 1}),
        ({"pir": 17}, {}),
        ({"occupancy": 2}, {"occupancy": 1}),
        ({"occupancy": "vacant"}, {"occupancy": 0}),
        ({"motion": 3}, {"motion": 1}),
        ({"motion": 0}, {}),
        ({"door": "open"}, {"contact": 0}),
        ({"door_status": "Closed"}, {"contact": 1}),
        ({"door": 1}, {}),
        ({"contact": True}, {}),
        ({"DOOR_OPEN_STATUS": 1}, {"contact": 0}),
        ({"door_open": "open"}, {"contact": 0}),
        ({"water_leak": 0}, {"water_leak": 0}),
        ({"leakage_status": "leak"}, {"water_leak": 1}),
        ({"smokeAlarm": "Alarm"}, {"smoke": 1}),
        ({"smoke": "maybe"}, {}),
        ({"button_event": {"status": "long press"}}, {"sos_button": 1}),
        ({"press": "short"}, {"sos_button": 1}),
        ({"button": 0}, {}),
        ({"sos": False}, {"sos_button": 0}),
        ({"fall_alarm": {"alarm_status": "alarm_triggered"}}, {"fall": 1}),
        ({"people_total_counts": 3}, {"presence": 1}),
        ({"light": "dark"}, {}),
        ({"light": 120}, {"illuminance": 120}),
        ({"battery": 100}, {"battery": 100}),
        ({"battery": 0}, {"battery": 0}),
        ({"battery": 3.6}, {"voltage": 3.6}),
        ({"battery": 3}, {}),
        ({"battery": 3612}, {"voltage": 3.612}),
        ({"battery_voltage": 3.6}, {"voltage": 3.6}),
        ({"Bat_mV": 3054}, {"voltage": 3.054}),
        ({"vdd": -1}, {}),
        ({"temperature": None}, {}),
        ({"temperature": float("nan")}, {}),
        ({"co2": "a lot"}, {}),
        ({"a": {"b": {"temperature": 3}}}, {}),
        ({}, {}),
    ],
)
def test_what_fields_measure(fields: dict[str, Any], expected: dict[str, float]) -> None:
    assert values(fields) == expected


def test_the_schema_of_the_device_repository_has_units_of_its_own() -> None:
    said = {
        "time": "2026-03-01T07:00:00Z", "battery": 3.0,
        "air": {"temperature": 21.5, "relativeHumidity": 45, "co2": 800, "lightIntensity": 12, "pressure": 1002},
        "action": {"motion": {"detected": True, "count": 7}, "contactState": "open"},
        "water": {"leak": False, "temperature": {"min": 3}},
    }  # fmt: skip
    assert values(said, normalized=True) == {
        "voltage": 3.0, "temperature": 21.5, "humidity": 45, "carbon_dioxide": 800, "illuminance": 12, "pressure": 1002,
        "occupancy": 1, "contact": 0, "water_leak": 0,
    }  # fmt: skip
    assert set(measure(said, normalized=True).others) == {"time", "action.motion.count", "water.temperature.min"}


def test_what_is_not_mapped_is_handed_back() -> None:
    mapped = measure({"temperature": 20, "daylight": "dark", "nested": {"a": 1, "b": [1, 2]}, "battery": 3})
    assert mapped.others == {"daylight": "dark", "nested.a": 1, "nested.b": [1, 2], "battery": 3}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=15,
)
NAMES = st.sampled_from(
    ["temperature", "battery", "history", "timestamp", "door", "pir", "value", "unit", "data", "button_event", "status",
     "pressure", "vdd", "detection_status", "temperature_1", "DOOR_OPEN_STATUS"]
)  # fmt: skip


@given(
    st.dictionaries(NAMES, JSON | st.dictionaries(NAMES, JSON) | st.lists(st.dictionaries(NAMES, JSON))), st.booleans()
)
def test_nothing_that_is_named_raises(fields: dict[str, Any], normalized: bool) -> None:
    mapped = measure(fields, normalized=normalized)
    measured = [*mapped.measurements, *(each for earlier in mapped.earlier for each in earlier.measurements)]
    assert all(each.quantity in BY_NAME and each.value == each.value for each in measured)
    assert all(each.value in (0, 1) for each in measured if BY_NAME[each.quantity].maximum == 1)


def test_neither_depth_nor_number_is_too_much() -> None:
    deep: dict[str, Any] = {"temperature": 1}
    for _ in range(500):
        deep = {"a": deep}
    assert values(deep) == {}
    many = measure({f"thing{number}": number for number in range(100_000)})
    assert len(many.others) == 1_000
    assert json.dumps(dict(many.others))

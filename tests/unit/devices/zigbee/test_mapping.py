"""What a declaration means: quantity, channel, unit and sense."""

from typing import Any

import pytest

from devices.decoders.zigbee.mapping import Exposed, exposed


def binary(name: str, on: object = True, off: object = False, **more: Any) -> dict[str, Any]:
    return {"property": name, "name": name, "type": "binary", "access": 1, "value_on": on, "value_off": off, **more}


def numeric(name: str, unit: str = "", **more: Any) -> dict[str, Any]:
    return {"property": name, "name": name, "type": "numeric", "access": 1, "unit": unit, **more}


def enum(name: str, *values: str, **more: Any) -> dict[str, Any]:
    return {"property": name, "name": name, "type": "enum", "access": 1, "values": list(values), **more}


def only(feature: dict[str, Any], model: str = "") -> Exposed:
    mapped, others = exposed([feature], model)
    assert others == ()
    assert len(mapped) == 1
    return mapped[0]


CLOSED_IS_TRUE = "Indicates if the contact is closed (= true) or open (= false)"


@pytest.mark.parametrize(
    ("feature", "value", "quantity", "number"),
    [
        # Closed is 1, whatever the device calls on.
        (binary("contact", False, True), True, "contact", 1),
        (binary("contact", False, True), False, "contact", 0),
        (binary("contact", "ON", "OFF", description=CLOSED_IS_TRUE), "ON", "contact", 1),
        (binary("contact", "ON", "OFF", description=CLOSED_IS_TRUE), "OFF", "contact", 0),
        (binary("contact", "ON", "OFF"), "ON", "contact", None),
        (binary("contact", access=7), True, "contact", 1),
        (binary("garage_door_contact", False, True), True, "contact", 1),
        (binary("contact_alarm_1"), True, "contact", 1),
        (binary("dry_contact", "contact_closed", "contact_open"), "contact_open", "contact", 0),
        (enum("opening_state", "open", "closed", "tilted"), "tilted", "contact", 0),
        (enum("door_state", "open", "closed", "error_jammed"), "closed", "contact", 1),
        (enum("door_state", "open", "closed", "error_jammed"), "error_jammed", "contact", None),
        # Words of the device's own.
        (binary("channel_3_leak_detect_19", "Leak", "Dry", endpoint="19"), "Leak", "water_leak", 1),
        (binary("channel_3_leak_detect_19", "Leak", "Dry", endpoint="19"), "Dry", "water_leak", 0),
        (binary("battery_low_1", "Low", "Normal", endpoint="1"), "Low", "battery_low", 1),
        (enum("water_leakage_state", "water_leakage_yes", "water_leakage_no"), "water_leakage_yes", "water_leak", 1),
        (enum("smoke_state", "alarm", "none", "detecting", "unknown"), "alarm", "smoke", 1),
        (enum("smoke_state", "alarm", "none", "detecting", "unknown"), "unknown", "smoke", None),
        (enum("gas_sensor_state", "normal", "alarm"), "alarm", "gas", 1),
        (enum("co_state", "normal", "alarm"), "normal", "carbon_monoxide", 0),
        (enum("presence_state", "none", "motion", "stationary"), "stationary", "presence", 1),
        (enum("presence_state", "NONE", "PRESENCE"), "NONE", "presence", 0),
        (enum("fall_status", "normal", "fall_warning", "fall_alarm"), "fall_alarm", "fall", 1),
        (enum("fall_status", "normal", "fall_warning", "fall_alarm"), "fall_warning", "fall", None),
        (enum("battery_state", "low", "middle", "high", "USB"), "low", "battery_low", 1),
        (enum("battery_state", "low", "middle", "high", "USB"), "USB", "battery_low", 0),
        (enum("battery_state", "not_charging", "charging", "charged"), "charging", "charging", 1),
        (enum("power", "unknown", "mains (single phase)", "battery"), "battery", "mains_power", 0),
        (enum("power_type", "battery_full", "battery_low", "usb"), "battery_low", "battery_low", 1),
        (enum("power_type", "battery", "cable"), "cable", "mains_power", 1),
        (binary("power_outage", "outage_detected", "power_ok"), "outage_detected", "mains_power", 0),
        (enum("action", "on", "off", "1_sos"), "1_sos", "sos_button", 1),
        (enum("action", "on", "off", "emergency"), "on", "sos_button", None),
        # One name, several quantities: the unit and the type decide.
        (binary("gas"), True, "gas", 1),
        (numeric("gas", "m³"), 12.5, "gas_volume", 12.5),
        (numeric("gas", "%LEL"), 3, "gas_lel", 3),
        (numeric("gas_value", "LEL %"), 3, "gas_lel", 3),
        (numeric("gas_value", "ppm"), 300, "gas_concentration", 300),
        (numeric("carbon_monoxide", "ppm"), 30, "carbon_monoxide_concentration", 30),
        (numeric("vibration"), 44, "vibration_strength", 44),
        (enum("vibration", "off", "low", "high", access=3), "high", "haptic_feedback", 1),
        (binary("vibration", "ON", "OFF", access=3), "OFF", "haptic_feedback", 0),
        (binary("vibration"), True, "vibration", 1),
        (numeric("illuminance", "lx"), 8, "illuminance", 8),
        (numeric("illuminance"), 9000, "light_level", 9000),
        (numeric("temperature_1", access=3), -4, "outdoor_temperature", -4),
        # Units.
        (numeric("temperature", "°F"), 68, "temperature", 20),
        (numeric("temperature_f", "℉"), 68, "temperature", 20),
        (numeric("temperature_probe", "°C"), -18, "temperature", -18),
        (numeric("local_temperature", "°C"), 21.5, "temperature", 21.5),
        (numeric("total_active_power", "kW"), 1.5, "power", 1500),
        (numeric("pressure", "kPa"), 99.5, "pressure", 995),
        (numeric("voltage", "mV"), 3025, "voltage", 3.025),
        (numeric("battery", "%"), "100.00", "battery", 100),
        # On these models the name says something else.
        ({**numeric("temperature_l3", "°C", endpoint="l3"), "name": "cpu_temperature"}, 55, "device_temperature", 55),
    ],
)  # fmt: skip
def test_a_declared_value_is_read_in_its_quantity_unit_and_sense(
    feature: dict[str, Any], value: object, quantity: str, number: float | None
) -> None:
    mapped = only(feature)
    assert (mapped.quantity, mapped.channel) == (quantity, "")
    read = mapped.read(value)
    assert read is None if number is None else read == pytest.approx(number)


@pytest.mark.parametrize(
    ("model", "feature", "value", "expected"),
    [
        ("TS0601_bed_presence_sensor", binary("occupancy"), True, ("bed_occupancy", 1)),
        ("1811680", binary("alarm_1"), True, ("contact", 0)),  # the alarm says: open
        ("MIR-SM100-E", binary("alarm_1"), True, ("smoke", 1)),
        ("STS-PRS-251", binary("presence"), True, ("reachable", 1)),  # a tag on the keys, no person in the room
    ],
)
def test_a_model_may_mean_another_quantity(
    model: str, feature: dict[str, Any], value: object, expected: tuple[str, float]
) -> None:
    mapped = only(feature, model)
    assert (mapped.quantity, mapped.read(value)) == expected


@pytest.mark.parametrize(
    "feature",
    [
        numeric("occupied_heating_setpoint", "°C", access=7), numeric("temperature_calibration", "°C", access=3),
        numeric("max_temperature", "°C", access=3), enum("temperature_alarm", "lower_alarm", "upper_alarm"),
        numeric("pressure", "bar"), numeric("power_factor", "%"), numeric("power_apparent", "VA"),
        numeric("zone_0_power"), numeric("raw_temperature", "raw unit"), enum("action", "single", "fall"),
        binary("smoke_alarm_silenced"), enum("water_warning", "none", "alarm"), binary("window_open"),
        {**numeric("local_temperature_water", "°C", endpoint="water"), "name": "local_temperature"},
        numeric("outdoor_temperature", "°C", description="Current temperature measured from the floor sensor"),
        binary("smoke", access=2), binary("charging", description="Power is being delivered to the EV"),
    ],
)  # fmt: skip
def test_what_only_sounds_alike_is_not_mapped(feature: dict[str, Any]) -> None:
    mapped, others = exposed([feature])
    assert mapped == ()
    assert [each.key for each in others] == [feature["property"]]


def channels(*exposes: dict[str, Any]) -> dict[str, str]:
    mapped, _ = exposed(list(exposes))
    return {each.key: f"{each.quantity}/{each.channel}" for each in mapped}


def test_several_of_the_same_are_told_apart_by_their_endpoint() -> None:
    assert channels(
        numeric("power_l1", "W", endpoint="l1"),
        numeric("power_l12", "W", endpoint="l12"),
        numeric("power_phase_b", "W"),
    ) == {"power_l1": "power/l1", "power_l12": "power/l12", "power_phase_b": "power/phase_b"}
    assert channels(binary("water_leak"), binary("water_leak_wire_1", endpoint="wire_1")) == {
        "water_leak": "water_leak/", "water_leak_wire_1": "water_leak/wire_1",
    }  # fmt: skip


def test_another_form_of_the_same_does_not_take_its_series() -> None:
    # Whatever comes first in the declaration.
    state, presence = enum("motion_state", "none", "large"), binary("presence")
    expected = {"presence": "presence/", "motion_state": "presence/motion"}
    assert channels(state, presence) == channels(presence, state) == expected
    assert channels(numeric("temperature_f", "°F"), numeric("temperature", "°C")) == {
        "temperature": "temperature/", "temperature_f": "temperature/f",
    }  # fmt: skip


def test_what_stands_alone_has_no_channel() -> None:
    assert channels(enum("motion_state", "none", "large")) == {"motion_state": "presence/"}
    assert channels(numeric("temperature_38", "°C", endpoint="38")) == {"temperature_38": "temperature/"}


def test_a_property_declared_twice_counts_once() -> None:
    mapped, others = exposed([{"property": "occupancy", "type": "text"}, binary("occupancy"), binary("occupancy")])
    assert [each.key for each in mapped] == ["occupancy"]
    assert others == ()

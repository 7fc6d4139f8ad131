"""What an entity means, by its kind, class, unit and id, and how its state becomes a value in our unit.

Classes and units are those of Home Assistant's documentation. Vital signs have no class of their own there: the words
in the entity's id tell them. A class or unit that is not certain means nothing here.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from devices.decoders.payload import number
from devices.decoders.units import (
    HECTOPASCALS_PER_INHG,
    HECTOPASCALS_PER_MMHG,
    HECTOPASCALS_PER_PSI,
    KG_PER_POUND,
    POUNDS_PER_STONE,
    celsius,
    kelvin_to_celsius,
    person_kg,
)

Convert = Callable[[float], float | None]
_WORDS = re.compile(r"[a-z0-9]+")


class Meaning(NamedTuple):
    """A quantity and how a number, or 1 for on and 0 for off, becomes its value; None where it does not."""

    quantity: str
    convert: Convert


def _as_it_is(value: float) -> float | None:
    return value


def _not(value: float) -> float | None:
    return 1.0 - value


def _happened(value: float) -> float | None:
    return value or None


def _times(factor: float) -> Convert:
    return lambda value: round(value * factor, 6)


def _kilograms(factor: float) -> Convert:
    return lambda value: person_kg(round(value * factor, 3))


_CELSIUS: Mapping[str, Convert] = {
    "°C": _as_it_is, "C": _as_it_is, "°F": celsius, "F": celsius, "K": kelvin_to_celsius,
}  # fmt: skip
_HECTOPASCALS: Mapping[str, Convert] = {
    "hPa": _as_it_is, "mbar": _as_it_is, "kPa": _times(10), "Pa": _times(0.01), "bar": _times(1000),
    "mmHg": _times(HECTOPASCALS_PER_MMHG), "inHg": _times(HECTOPASCALS_PER_INHG), "psi": _times(HECTOPASCALS_PER_PSI),
}  # fmt: skip
_WATTS: Mapping[str, Convert] = {"W": _as_it_is, "kW": _times(1000), "mW": _times(0.001)}
_KILOWATT_HOURS: Mapping[str, Convert] = {"kWh": _as_it_is, "Wh": _times(0.001), "MWh": _times(1000)}
_VOLTS: Mapping[str, Convert] = {"V": _as_it_is, "mV": _times(0.001), "µV": _times(0.000_001), "kV": _times(1000)}
_WEIGHT: Mapping[str, Convert] = {
    "kg": _kilograms(1), "g": _kilograms(0.001), "lb": _kilograms(KG_PER_POUND), "lbs": _kilograms(KG_PER_POUND),
    "st": _kilograms(POUNDS_PER_STONE * KG_PER_POUND),
}  # fmt: skip
_PERCENT: Mapping[str, Convert] = {"%": _as_it_is}
_PPM: Mapping[str, Convert] = {"ppm": _as_it_is, "ppb": _times(0.001)}
_DUST: Mapping[str, Convert] = {"µg/m³": _as_it_is, "μg/m³": _as_it_is, "ug/m3": _as_it_is}

SENSORS: Mapping[str, tuple[str, Mapping[str, Convert]]] = {
    "temperature": ("temperature", _CELSIUS),
    "humidity": ("humidity", _PERCENT),
    "battery": ("battery", _PERCENT),
    "illuminance": ("illuminance", {"lx": _as_it_is, "lux": _as_it_is}),
    "carbon_dioxide": ("carbon_dioxide", _PPM),
    "carbon_monoxide": ("carbon_monoxide_concentration", _PPM),
    "atmospheric_pressure": ("pressure", _HECTOPASCALS),
    "pressure": ("pressure", _HECTOPASCALS),
    "power": ("power", _WATTS),
    "energy": ("energy", _KILOWATT_HOURS),
    "voltage": ("voltage", _VOLTS),
    "weight": ("body_weight", _WEIGHT),
    "signal_strength": ("signal_strength", {"dBm": _as_it_is, "dB": _as_it_is}),
    "pm25": ("particulate_matter_2_5", _DUST),
    "pm10": ("particulate_matter_10", _DUST),
    "gas": ("gas_volume", {"m³": _as_it_is, "L": _times(0.001)}),
}
BINARY_SENSORS: Mapping[str, Meaning] = {
    "battery": Meaning("battery_low", _as_it_is),
    "battery_charging": Meaning("charging", _as_it_is),
    "carbon_monoxide": Meaning("carbon_monoxide", _as_it_is),
    "connectivity": Meaning("reachable", _as_it_is),
    "door": Meaning("contact", _not),
    "garage_door": Meaning("contact", _not),
    "window": Meaning("contact", _not),
    "opening": Meaning("contact", _not),
    "gas": Meaning("gas", _as_it_is),
    "moisture": Meaning("water_leak", _as_it_is),
    "motion": Meaning("occupancy", _as_it_is),
    "occupancy": Meaning("occupancy", _as_it_is),
    "presence": Meaning("presence", _as_it_is),
    "power": Meaning("appliance_on", _as_it_is),
    "smoke": Meaning("smoke", _as_it_is),
    "tamper": Meaning("tamper", _as_it_is),
    "vibration": Meaning("vibration", _happened),
}
# By words of the id, where no class says it, or the class is only that of the unit.
_VITAL: tuple[tuple[frozenset[str], str, frozenset[str]], ...] = (
    (frozenset({"systolic"}), "systolic_pressure", frozenset({"mmHg", "mmhg"})),
    (frozenset({"diastolic"}), "diastolic_pressure", frozenset({"mmHg", "mmhg"})),
    (frozenset({"spo2"}), "oxygen_saturation", frozenset({"%"})),
    (frozenset({"oxygen", "saturation"}), "oxygen_saturation", frozenset({"%"})),
    (frozenset({"heart", "rate"}), "heart_rate", frozenset({"bpm", "beats/min", ""})),
    (frozenset({"heart", "pulse"}), "heart_rate", frozenset({"bpm", "beats/min"})),
    (frozenset({"pulse"}), "heart_rate", frozenset({"bpm", "beats/min"})),
    (frozenset({"respiratory", "rate"}), "respiratory_rate", frozenset({"br/min", "bpm", "breaths/min"})),
    (frozenset({"body", "temperature"}), "body_temperature", frozenset(_CELSIUS)),
    (frozenset({"skin", "temperature"}), "skin_temperature", frozenset(_CELSIUS)),
    (frozenset({"linkquality"}), "link_quality", frozenset({"lqi", ""})),
)
_CALLS: Mapping[str, str] = {
    "sos": "sos_button", "panic": "sos_button", "emergency": "sos_button", "emergenza": "sos_button",
    "fall": "fall", "caduta": "fall",
}  # fmt: skip
_FURNITURE: Mapping[str, str] = {
    "bed": "bed_occupancy", "letto": "bed_occupancy", "chair": "chair_occupancy", "poltrona": "chair_occupancy",
}  # fmt: skip


def meaning(component: str, device_class: str, unit: str, entity: str) -> Meaning | None:
    """Return what an entity means; `entity` is its id. None if that is not certain."""
    words = set(_WORDS.findall(entity.lower()))
    if component == "binary_sensor":
        return _binary(device_class, words)
    if component == "switch":
        return Meaning("appliance_on", _as_it_is)
    return _level(device_class, unit, words) if component == "sensor" else None


def _binary(device_class: str, words: set[str]) -> Meaning | None:
    called = next((quantity for word, quantity in _CALLS.items() if word in words), "")
    if called and device_class in ("", "safety", "problem", "occupancy"):
        return Meaning(called, _as_it_is)
    meant = BINARY_SENSORS.get(device_class)
    if meant is not None and meant.quantity in ("occupancy", "presence"):
        lain_on = next((quantity for word, quantity in _FURNITURE.items() if word in words), "")
        return meant._replace(quantity=lain_on or meant.quantity)
    return meant


def _level(device_class: str, unit: str, words: set[str]) -> Meaning | None:
    for needed, quantity, units in _VITAL:
        if needed <= words and unit in units:
            convert = _CELSIUS.get(unit, _as_it_is) if quantity.endswith("temperature") else _as_it_is
            return Meaning(quantity, convert)
    quantity, units_of = SENSORS.get(device_class, ("", {}))
    convert_level = units_of.get(unit)
    return Meaning(quantity, convert_level) if convert_level else None


def numeric(meant: Meaning, state: Any) -> float | None:
    """Return the value of a state that is a number."""
    found = number(state)
    return None if found is None else meant.convert(found)

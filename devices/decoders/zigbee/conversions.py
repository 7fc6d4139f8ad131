"""Values of state messages to numbers in the unit of their quantity. None is what is not certain."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from devices.decoders.zigbee.feature import Feature

Convert = Callable[[Any, Feature], float | None]

# Above this a voltage without a unit is in millivolts: mains stay below it, and no battery in mV does.
_MILLIVOLTS_FROM = 400.0
# Atmospheric pressure in kPa lies below, in hPa above.
_HECTOPASCALS_FROM = 200.0
_ON_OFF = {"ON": 1.0, "OFF": 0.0}
_CLOSED = {
    "closed": 1.0, "close": 1.0, "contact_closed": 1.0,
    "open": 0.0, "opened": 0.0, "contact_open": 0.0, "tilted": 0.0, "error_forced_open": 0.0,
}  # fmt: skip
# "sos", and with the button it comes from or how it was pressed: "1_sos", "emergency_hold".
_CALL_FOR_HELP = re.compile(
    r"(?:(?:button_)?[a-z]?\d{1,2}_)?(?:emergency|sos|panic)(?:_(?:[a-z]?\d{1,2}|press|pressed|hold|single|double|long))?"
)
FAHRENHEIT = frozenset({"°F", "℉", "ºF", "F"})
CELSIUS = frozenset({"", "°C", "℃", "ºC", "C"})
_KELVIN_STEP, _FREEZING_F = 1.8, 32.0


def number(value: Any, _: Feature) -> float | None:
    """Return a finite number, also where it comes as text: old bridges say "100.00"."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def flag(value: Any, feature: Feature) -> float | None:
    """Read true or false, or the words that the device declares for them, or ON and OFF."""
    if isinstance(value, bool):
        return float(value)
    if not isinstance(value, str):
        return None
    if isinstance(feature.on, str) and value == feature.on:
        return 1.0
    if isinstance(feature.off, str) and value == feature.off:
        return 0.0
    return _ON_OFF.get(value)


def not_flag(value: Any, feature: Feature) -> float | None:
    """Return the opposite of `flag`: an alarm that a contact is open."""
    found = flag(value, feature)
    return None if found is None else 1.0 - found


def closed(value: Any, feature: Feature) -> float | None:
    """Tell whether something is closed: by a word, or by true where true is closed.

    "ON" is ambiguous, for some hubs it means open: it counts only where the device says that true is closed.
    """
    if isinstance(value, bool):
        return float(value)
    if not isinstance(value, str):
        return None
    if value in (feature.on, feature.off) and "closed (= true)" in feature.description:
        return float(value == feature.on)
    return _CLOSED.get(value.lower())


def words(table: Mapping[str, float]) -> Convert:
    """Return the conversion of an enumeration; words that are not in `table`, in lower case, stay unread."""

    def convert(value: Any, _: Feature) -> float | None:
        return table.get(value.lower()) if isinstance(value, str) else None

    return convert


def scaled(factors: Mapping[str, float]) -> Convert:
    """Return the conversion of a number whose unit is one of `factors`."""

    def convert(value: Any, feature: Feature) -> float | None:
        factor, found = factors.get(feature.unit), number(value, feature)
        return None if factor is None or found is None else found * factor

    return convert


def celsius(value: Any, feature: Feature) -> float | None:
    """Return a temperature in °C; in °F where the device says so or the property's name does."""
    found = number(value, feature)
    if found is None:
        return None
    if feature.unit in FAHRENHEIT or (not feature.unit and feature.key.endswith("temperature_f")):
        return (found - _FREEZING_F) / _KELVIN_STEP
    return found if feature.unit in CELSIUS else None


def volts(value: Any, feature: Feature) -> float | None:
    """Return a voltage; without a unit it is told from the magnitude."""
    found = number(value, feature)
    if found is None:
        return None
    return found / 1000 if feature.unit == "mV" or (not feature.unit and found >= _MILLIVOLTS_FROM) else found


def hectopascals(value: Any, feature: Feature) -> float | None:
    """Return a pressure; without a unit it is told from the magnitude."""
    found = number(value, feature)
    if found is None:
        return None
    return found * 10 if feature.unit == "kPa" or (not feature.unit and found < _HECTOPASCALS_FROM) else found


def call_for_help(value: Any, _: Feature) -> float | None:
    """Return 1 for a press of the button that calls for help; everything else is an operation that is not read."""
    return 1.0 if isinstance(value, str) and _CALL_FOR_HELP.fullmatch(value) else None


def calls_for_help(feature: Feature) -> bool:
    """Tell whether one of the declared values is a call for help."""
    return any(_CALL_FOR_HELP.fullmatch(value) for value in feature.values)

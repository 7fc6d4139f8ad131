"""Zigbee2MQTT: one state message of a device to measurements, and what `bridge/devices` says that devices expose.

Only what is certain becomes a measurement. Everything else in a message is handed back as it was, in `others`:
properties that are not mapped, empty values, and values of a kind that the mapped quantity cannot have (some
models report the volume of gas under the name of the gas alarm).

Properties and units follow the Zigbee2MQTT documentation of the exposed properties.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from core.vocabulary import BY_NAME, Quantity
from devices.decoders.decoded import Decoded, Measurement, Refusal

MAXIMUM_STATE_BYTES = 64 * 1024
MAXIMUM_DEVICES_BYTES = 16 * 1024 * 1024

# Above this a voltage without a unit is in millivolts: mains stay below it, and no battery in mV does.
_MILLIVOLTS_FROM = 400.0
# Atmospheric pressure in kPa lies below, in hPa above.
_HECTOPASCALS_FROM = 200.0
_CALLS_FOR_HELP = frozenset({"emergency", "sos", "panic"})
_FALL = {"none": 0.0, "fall": 1.0}
_CHANNEL = re.compile(r"(.+)_(l[1-9]|[1-9]|left|right|center|top|bottom|phase_[abc])")
_ON_OFF = {"ON": 1.0, "OFF": 0.0}
_FIRST_INSTANT, _LAST_INSTANT = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


# Models on which a property means another quantity than its name says: a strap under the mattress calls it
# occupancy when somebody lies on it.
MEANINGS: Mapping[str, Mapping[str, str]] = {"TS0601_bed_presence_sensor": {"occupancy": "bed_occupancy"}}


class Exposed(NamedTuple):
    """A property that becomes a measurement; `unit` is the one that Zigbee2MQTT names, or ""."""

    property: str
    quantity: str
    channel: str
    unit: str


class Discovered(NamedTuple):
    """A device of the bridge; `others` are exposed properties that are not mapped."""

    address: str
    friendly_name: str
    vendor: str
    model: str
    description: str
    battery_powered: bool
    exposes: tuple[Exposed, ...]
    others: tuple[str, ...]

    @property
    def units(self) -> dict[str, str]:
        """The units by property, as `decode_state` takes them."""
        return {exposed.property: exposed.unit for exposed in self.exposes if exposed.unit}

    @property
    def meanings(self) -> Mapping[str, str]:
        """What properties mean on this model where their names say something else, as `decode_state` takes it."""
        return MEANINGS.get(self.model, {})


class Devices(NamedTuple):
    """The devices of a bridge, and how many entries of its list are no usable devices."""

    devices: tuple[Discovered, ...]
    unusable: int


_Convert = Callable[[Any, str], float | None]


class _Rule(NamedTuple):
    quantity: Quantity
    convert: _Convert
    types: frozenset[str]  # how Zigbee2MQTT declares the property where this rule can read it


def decode_state(
    payload: bytes, units: Mapping[str, str] | None = None, meanings: Mapping[str, str] | None = None
) -> Decoded | Refusal:
    """Return the measurements in the state message of one device, or why it cannot be used.

    `units` are those the device exposes, by property; without them the unit of voltage and pressure is told from
    the magnitude. `meanings` are quantities by property where the model means another one than the name says.
    """
    found = _object(payload, MAXIMUM_STATE_BYTES)
    if isinstance(found, Refusal):
        return found
    if not isinstance(found, dict):
        return Refusal("shape", "The message is not a JSON object.")
    measurements: list[Measurement] = []
    others: dict[str, Any] = {}
    at = _instant(found.get("last_seen"))
    for name, value in found.items():
        if name == "last_seen" and at is not None:
            continue
        if name == "illuminance" and "illuminance_lux" in found:
            others[name] = value  # older versions: the raw value beside the one in lux
            continue
        measurement = _measurement(name, value, (units or {}).get(name, ""))
        if measurement is None:
            others[name] = value
        else:
            if meanings and name in meanings:
                measurement = measurement._replace(quantity=meanings[name])
            measurements.append(measurement)
    return Decoded(tuple(measurements), others, at)


def decode_devices(payload: bytes) -> Devices | Refusal:
    """Return the devices of a `bridge/devices` message without the coordinator, or why it cannot be used."""
    found = _object(payload, MAXIMUM_DEVICES_BYTES)
    if isinstance(found, Refusal):
        return found
    if not isinstance(found, list):
        return Refusal("shape", "The message is not a JSON array.")
    entries = [entry for entry in found if not (isinstance(entry, dict) and entry.get("type") == "Coordinator")]
    devices = [device for entry in entries if (device := _discovered(entry)) is not None]
    return Devices(tuple(devices), len(entries) - len(devices))


def exposed(exposes: object) -> tuple[tuple[Exposed, ...], tuple[str, ...]]:
    """Return what of the `exposes` of a device's definition is mapped, and the names of the properties that are not."""
    mapped: dict[str, Exposed] = {}
    others: dict[str, None] = {}
    for feature in _features(exposes, 0):
        name, kind, unit = str(feature["property"]), feature.get("type"), _text(feature.get("unit"))
        for quantity, channel in _quantities(name, kind, feature):
            mapped[name] = Exposed(name, quantity, channel, unit)
        if name not in mapped:
            others[name] = None
    return tuple(mapped.values()), tuple(name for name in others if name not in mapped)


def _object(payload: bytes, limit: int) -> object:
    if len(payload) > limit:
        return Refusal("oversized", f"The message has {len(payload)} bytes; {limit} are read.")
    try:
        return msgspec.json.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Refusal("syntax", f"The message is not JSON: {error}")


def _number(value: Any, _: str) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _flag(value: Any, _: str) -> float | None:
    if isinstance(value, bool):
        return float(value)
    return _ON_OFF.get(value) if isinstance(value, str) else None


def _closed(value: Any, _: str) -> float | None:
    # "ON" would be ambiguous: for some hubs it means open.
    return float(value) if isinstance(value, bool) else None


def _volts(value: Any, unit: str) -> float | None:
    number = _number(value, unit)
    if number is None:
        return None
    return number / 1000 if unit == "mV" or (not unit and number >= _MILLIVOLTS_FROM) else number


def _hectopascals(value: Any, unit: str) -> float | None:
    number = _number(value, unit)
    if number is None:
        return None
    return number * 10 if unit == "kPa" or (not unit and number < _HECTOPASCALS_FROM) else number


def _lux(value: Any, unit: str) -> float | None:
    return _number(value, unit) if unit in ("", "lx") else None


def _help(value: Any, _: str) -> float | None:
    return 1.0 if isinstance(value, str) and value in _CALLS_FOR_HELP else None


def _fall(value: Any, _: str) -> float | None:
    return _FALL.get(value) if isinstance(value, str) else None


_NUMERIC, _BINARY, _ENUM = frozenset({"numeric"}), frozenset({"binary"}), frozenset({"enum"})


def _rule(quantity: str, convert: _Convert = _number, types: frozenset[str] = _NUMERIC) -> _Rule:
    return _Rule(BY_NAME[quantity], convert, types)


_RULES: dict[str, _Rule] = {
    "occupancy": _rule("occupancy", _flag, _BINARY),
    "presence": _rule("presence", _flag, _BINARY),
    "contact": _rule("contact", _closed, _BINARY),  # true is closed, as in the vocabulary
    "vibration": _rule("vibration", _flag, _BINARY),
    "action": _rule("sos_button", _help, _ENUM),
    "sos": _rule("sos_button", _flag, _BINARY),
    "smoke": _rule("smoke", _flag, _BINARY),
    "gas": _rule("gas", _flag, _BINARY),
    "carbon_monoxide": _rule("carbon_monoxide", _flag, _BINARY),
    "water_leak": _rule("water_leak", _flag, _BINARY),
    "fall_down_status": _rule("fall", _fall, _ENUM),
    "temperature": _rule("temperature"),
    "humidity": _rule("humidity"),
    "illuminance": _rule("illuminance", _lux),
    "illuminance_lux": _rule("illuminance", _lux),
    "co2": _rule("carbon_dioxide"),
    "pressure": _rule("pressure", _hectopascals),
    "power": _rule("power"),
    "energy": _rule("energy"),
    "battery": _rule("battery"),
    "battery_low": _rule("battery_low", _flag, _BINARY),
    "voltage": _rule("voltage", _volts),
    "linkquality": _rule("link_quality"),
    "tamper": _rule("tamper", _flag, _BINARY),
}


def _find(name: str) -> tuple[_Rule, str] | None:
    if name in _RULES:
        return _RULES[name], ""
    match = _CHANNEL.fullmatch(name)
    if match and match.group(1) in _RULES:
        return _RULES[match.group(1)], match.group(2)
    return None


def _measurement(name: str, value: Any, unit: str) -> Measurement | None:
    found = _find(name)
    if found is None:
        return None
    rule, channel = found
    number = rule.convert(value, unit)
    return None if number is None else Measurement(rule.quantity.name, number, channel)


def _instant(said: Any) -> datetime | None:
    """Return the instant that `last_seen` says: ISO 8601 with an offset, or milliseconds since 1970."""
    try:
        if isinstance(said, str):
            instant = datetime.fromisoformat(said)
        elif isinstance(said, int | float) and not isinstance(said, bool):
            instant = datetime.fromtimestamp(said / 1000, UTC)
        else:
            return None
        if instant.tzinfo is None:
            return None
        instant = instant.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return instant if _FIRST_INSTANT <= instant < _LAST_INSTANT else None


def _discovered(entry: object) -> Discovered | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("ieee_address"), str):
        return None
    definition = entry.get("definition")
    definition = definition if isinstance(definition, dict) else {}
    mapped, others = exposed(definition.get("exposes"))
    model = _text(definition.get("model")) or _text(entry.get("model_id"))
    meanings = MEANINGS.get(model, {})
    return Discovered(
        address=entry["ieee_address"],
        friendly_name=_text(entry.get("friendly_name")) or entry["ieee_address"],
        vendor=_text(definition.get("vendor")) or _text(entry.get("manufacturer")),
        model=model,
        description=_text(definition.get("description")),
        battery_powered=entry.get("power_source") == "Battery",
        exposes=tuple(each._replace(quantity=meanings.get(each.property, each.quantity)) for each in mapped),
        others=others,
    )


_MAXIMUM_DEPTH = 8


def _features(exposes: object, depth: int) -> Iterator[dict[str, Any]]:
    if not isinstance(exposes, list) or depth > _MAXIMUM_DEPTH:
        return
    for feature in exposes:
        if isinstance(feature, dict):
            if isinstance(feature.get("property"), str):
                yield feature
            # The parts of a composite are settings of the device, not properties of its state.
            if feature.get("type") != "composite":
                yield from _features(feature.get("features"), depth + 1)


def _quantities(name: str, kind: Any, feature: dict[str, Any]) -> Iterator[tuple[str, str]]:
    found = _find(name)
    if found is None or not isinstance(kind, str) or kind not in found[0].types:
        return
    rule, channel = found
    values = feature.get("values")
    words = {word for word in values if isinstance(word, str)} if isinstance(values, list) else set()
    if rule.convert is _help and not words & _CALLS_FOR_HELP:
        return
    if rule.convert is _lux and _text(feature.get("unit")) not in ("", "lx"):
        return
    yield rule.quantity.name, channel


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""

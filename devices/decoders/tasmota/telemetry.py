"""What Tasmota's telemetry measures: sensors, relays, energy and radio.

Each sensor is an object under its own name; units of temperature and pressure stand beside them. `Time` is local time
without an offset: of which zone, and whether the clock was ever set, it does not say, so it counts as no time unless
it has an offset.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from devices.decoders.decoded import Decoded, Measurement
from devices.decoders.payload import number, part, text
from devices.decoders.units import HECTOPASCALS_PER_INHG, HECTOPASCALS_PER_MMHG, celsius, kelvin_to_celsius
from devices.decoders.wires import wired

_FIRST, _LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_RELAY = re.compile(r"POWER(\d{0,2})")
_SWITCH = {"ON": 1.0, "OFF": 0.0}
_MOST_OTHERS = 60
_NOT_IN_A_CHANNEL = re.compile(r"[^a-z0-9._-]+")
# Sensors that are of the chip and not of the room.
_OF_THE_DEVICE = frozenset({"ESP32", "Internal", "CPU"})
# Of the device's own upkeep.
_UPKEEP = frozenset(
    {
        "Time", "Uptime", "UptimeSec", "Heap", "SleepMode", "Sleep", "LoadAvg", "MqttCount", "TempUnit", "PressureUnit",
        "SpeedUnit", "Berry", "Vcc", "Hostname", "IPAddress", "Epoch", "HeapUsed", "Objects", "UTC", "Local",
    }
)  # fmt: skip


class Field(NamedTuple):
    """A quantity that a sensor's field means."""

    quantity: str
    unit: str = ""


FIELDS: Mapping[str, Field] = {
    "Temperature": Field("temperature", "TempUnit"),
    "Humidity": Field("humidity"),
    "Pressure": Field("pressure", "PressureUnit"),
    "Illuminance": Field("illuminance"),
    "CarbonDioxide": Field("carbon_dioxide"),
    "PM2.5": Field("particulate_matter_2_5"),
    "PM10": Field("particulate_matter_10"),
}
_CONVERSIONS: Mapping[tuple[str, str], Callable[[float], float]] = {
    ("TempUnit", "F"): celsius,
    ("TempUnit", "K"): kelvin_to_celsius,
    ("PressureUnit", "mmHg"): lambda value: round(value * HECTOPASCALS_PER_MMHG, 3),
    ("PressureUnit", "inHg"): lambda value: round(value * HECTOPASCALS_PER_INHG, 3),
}
_ENERGY: Mapping[str, str] = {"Power": "power", "Voltage": "voltage", "Total": "energy"}


def decode(found: Mapping[str, Any]) -> Decoded:
    """Return what a telemetry message measures, with what is not mapped."""
    measurements: dict[tuple[str, str], Measurement] = {}
    others: dict[str, Any] = {}
    for name, value in found.items():
        read = set()
        for field, quantity, number_of in _measured(name, value, found):
            read.add(field)
            channel = _channel(name, quantity, measurements)
            measurement = Measurement(quantity, number_of.value, "_".join(filter(None, (channel, number_of.channel))))
            measurements.setdefault((quantity, measurement.channel), measurement)
        others |= _rest(name, value, read)
    return Decoded(tuple(measurements.values()), dict(list(others.items())[:_MOST_OTHERS]), _instant(found.get("Time")))


class _Value(NamedTuple):
    value: float
    channel: str = ""


def _measured(name: str, value: Any, found: Mapping[str, Any]) -> Iterator[tuple[str, str, _Value]]:
    relay = _RELAY.fullmatch(name)
    if relay and isinstance(value, str) and value in _SWITCH:
        yield "", "appliance_on", _Value(_SWITCH[value], relay[1] if relay[1] not in ("", "1") else "")
    elif wired(name) and _switched(value) is not None:
        yield "Action", wired(name), _Value(_switched(value) or 0.0)
    elif name == "ENERGY":
        yield from _energy(part(found, name))
    elif name == "Wifi":
        signal = number(part(found, name).get("Signal"))
        if signal is not None:
            yield "Signal", "signal_strength", _Value(signal)
    elif isinstance(value, dict):
        yield from _sensor(name, value, found)


def _switched(value: Any) -> float | None:
    said = value.get("Action") if isinstance(value, dict) else value
    return _SWITCH.get(said) if isinstance(said, str) else None


def _sensor(name: str, said: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[tuple[str, str, _Value]]:
    for field, meant in FIELDS.items():
        value = number(said.get(field))
        if value is None:
            continue
        quantity = meant.quantity
        if name in _OF_THE_DEVICE and quantity == "temperature":
            quantity = "device_temperature"
        convert = _CONVERSIONS.get((meant.unit, text(found.get(meant.unit)))) if meant.unit else None
        yield field, quantity, _Value(convert(value) if convert else value)


def _energy(said: Mapping[str, Any]) -> Iterator[tuple[str, str, _Value]]:
    for field, quantity in _ENERGY.items():
        value = said.get(field)
        values = value if isinstance(value, list) else [value]
        for index, each in enumerate(values[:8], 1):
            found = number(each)
            if found is not None:
                yield field, quantity, _Value(found, str(index) if index > 1 else "")


def _channel(name: str, quantity: str, measured: Mapping[tuple[str, str], Measurement]) -> str:
    """Return "" for the first sensor of a quantity; another one is called by its name."""
    if name == "ENERGY" or _RELAY.fullmatch(name) or (quantity, "") not in measured:
        return ""
    return _NOT_IN_A_CHANNEL.sub("-", name.lower())[:40]


def _rest(name: str, value: Any, read: set[str]) -> dict[str, Any]:
    if name in _UPKEEP or name == "Wifi" or (read and not isinstance(value, dict)):
        return {}
    if not isinstance(value, dict):
        return {name: value}
    fields = {f"{name}.{field}": said for field, said in value.items() if field not in read and field != "Id"}
    # As other systems call it, so that one rule may speak of any of them.
    return fields | ({"action": text(value["Action"]).lower()} if text(value.get("Action")) else {})


def _instant(said: Any) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text(said))
    except ValueError:
        return None
    if instant.tzinfo is None:
        return None
    instant = instant.astimezone(UTC)
    return instant if _FIRST <= instant < _LAST else None

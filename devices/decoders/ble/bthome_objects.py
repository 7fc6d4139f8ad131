"""The objects of BTHome v2: how each is coded, and what it means here.

Ids, lengths and factors are those of the format's published list (bthome.io/format). An object that means none of our
quantities is read all the same, for without its length the ones behind it could not be found.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from devices.decoders.units import KG_PER_POUND, person_kg

Convert = Callable[[float], float | None]
BUTTON = "button"
PACKET = "packet"
# Lengths that are said in the message itself: text and raw bytes.
SAID_LENGTH = 0


class Object(NamedTuple):
    """One object: `length` bytes, little endian, times `factor`; `quantity` is "" if it means none of ours."""

    name: str
    length: int = 1
    factor: float = 1.0
    signed: bool = False
    quantity: str = ""
    convert: Convert | None = None


def _not(value: float) -> float | None:
    return 1.0 - value if value in (0, 1) else None


def _flag(value: float) -> float | None:
    return value if value in (0, 1) else None


def _happened(value: float) -> float | None:
    return 1.0 if value == 1 else None


def _person_pounds(value: float) -> float | None:
    return person_kg(round(value * KG_PER_POUND, 3))


def _level(name: str, length: int, factor: float, quantity: str, *, signed: bool = False) -> Object:
    return Object(name, length, factor, signed, quantity)


def _state(name: str, quantity: str, convert: Convert = _flag) -> Object:
    return Object(name, quantity=quantity, convert=convert)


OBJECTS: Mapping[int, Object] = {
    0x00: Object(PACKET),
    0x01: _level("battery", 1, 1, "battery"),
    0x02: _level("temperature", 2, 0.01, "temperature", signed=True),
    0x03: _level("humidity", 2, 0.01, "humidity"),
    0x04: _level("pressure", 3, 0.01, "pressure"),
    0x05: _level("illuminance", 3, 0.01, "illuminance"),
    0x06: Object("mass_kg", 2, 0.01, quantity="body_weight", convert=person_kg),
    0x07: Object("mass_lb", 2, 0.01, quantity="body_weight", convert=_person_pounds),
    0x08: Object("dew_point", 2, 0.01, signed=True),
    0x09: Object("count"),
    0x0A: _level("energy", 3, 0.001, "energy"),
    0x0B: _level("power", 3, 0.01, "power"),
    0x0C: _level("voltage", 2, 0.001, "voltage"),
    0x0D: _level("pm2_5", 2, 1, "particulate_matter_2_5"),
    0x0E: _level("pm10", 2, 1, "particulate_matter_10"),
    0x0F: Object("generic"),
    0x10: _state("power_on", "appliance_on"),
    0x11: _state("opening", "contact", _not),
    0x12: _level("co2", 2, 1, "carbon_dioxide"),
    0x13: Object("tvoc", 2),
    0x14: Object("moisture", 2, 0.01),
    0x15: _state("battery_low", "battery_low"),
    0x16: _state("battery_charging", "charging"),
    0x17: _state("carbon_monoxide", "carbon_monoxide"),
    0x18: Object("cold"),
    0x19: _state("connectivity", "reachable"),
    0x1A: _state("door", "contact", _not),
    0x1B: _state("garage_door", "contact", _not),
    0x1C: _state("gas", "gas"),
    0x1D: Object("heat"),
    0x1E: Object("light"),
    0x1F: Object("lock"),
    0x20: _state("moisture_detected", "water_leak"),
    0x21: _state("motion", "occupancy"),
    0x22: _state("moving", "vibration", _happened),
    0x23: _state("occupancy", "occupancy"),
    0x24: Object("plug"),
    0x25: _state("presence", "presence"),
    0x26: Object("problem"),
    0x27: Object("running"),
    0x28: Object("safety"),
    0x29: _state("smoke", "smoke"),
    0x2A: Object("sound"),
    0x2B: _state("tamper", "tamper"),
    0x2C: _state("vibration", "vibration", _happened),
    0x2D: _state("window", "contact", _not),
    0x2E: _level("humidity", 1, 1, "humidity"),
    0x2F: Object("moisture"),
    0x3A: Object(BUTTON),
    0x3C: Object("dimmer", 2),
    0x3D: Object("count", 2),
    0x3E: Object("count", 4),
    0x3F: Object("rotation", 2, 0.1, signed=True),
    0x40: Object("distance_mm", 2),
    0x41: Object("distance_m", 2, 0.1),
    0x42: Object("duration", 3, 0.001),
    0x43: Object("current", 2, 0.001),
    0x44: Object("speed", 2, 0.01),
    0x45: _level("temperature", 2, 0.1, "temperature", signed=True),
    0x46: Object("uv_index", 1, 0.1),
    0x47: Object("volume", 2, 0.1),
    0x48: Object("volume_ml", 2),
    0x49: Object("volume_flow", 2, 0.001),
    0x4A: _level("voltage", 2, 0.1, "voltage"),
    0x4B: _level("gas_volume", 3, 0.001, "gas_volume"),
    0x4C: _level("gas_volume", 4, 0.001, "gas_volume"),
    0x4D: _level("energy", 4, 0.001, "energy"),
    0x4E: Object("volume", 4, 0.001),
    0x4F: Object("water", 4, 0.001),
    0x50: Object("timestamp", 4),
    0x51: Object("acceleration", 2, 0.001),
    0x52: Object("gyroscope", 2, 0.001),
    0x53: Object("text", SAID_LENGTH),
    0x54: Object("raw", SAID_LENGTH),
    0x55: Object("volume_storage", 4, 0.001),
    0x56: Object("conductivity", 2),
    0x57: _level("temperature", 1, 1, "temperature", signed=True),
    0x58: _level("temperature", 1, 0.35, "temperature", signed=True),
    0x59: Object("count", 1, signed=True),
    0x5A: Object("count", 2, signed=True),
    0x5B: Object("count", 4, signed=True),
    0x5C: _level("power", 4, 0.01, "power", signed=True),
    0x5D: Object("current", 2, 0.001, signed=True),
    0x5E: Object("direction", 2, 0.01),
    0x5F: Object("precipitation", 2, 0.1),
    0x60: Object("channel"),
    0x61: Object("rotational_speed", 2),
    0x62: Object("speed", 4, 0.000_001, signed=True),
    0x63: Object("acceleration", 4, 0.000_001, signed=True),
    0x64: _level("light_level", 1, 1, "light_level"),
    0xF0: Object("device_type", 2),
    0xF1: Object("firmware", 4),
    0xF2: Object("firmware", 3),
}

# What a button tells; 0xfe is what Shelly's buttons say while one is held down.
PRESSES: Mapping[int, str] = {
    0x01: "press", 0x02: "double_press", 0x03: "triple_press", 0x04: "long_press", 0x05: "long_double_press",
    0x06: "long_triple_press", 0x80: "hold_press", 0xFE: "hold_press",
}  # fmt: skip

"""Cayenne Low Power Payload and its extensions: channel, type and value, again and again.

Types are 3200 less than the numbers of IPSO smart objects; the values' names carry their channel.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from devices.decoders.lorawan.payloads.reading import Fields, PayloadError, Reader, scaled


class _Type(NamedTuple):
    name: str
    size: int
    divisor: int = 1
    signed: bool = False


_TYPES = {
    0: _Type("digital_in", 1),
    1: _Type("digital_out", 1),
    2: _Type("analog_in", 2, 100, signed=True),
    3: _Type("analog_out", 2, 100, signed=True),
    100: _Type("generic", 4),
    101: _Type("luminosity", 2),
    102: _Type("presence", 1),
    103: _Type("temperature", 2, 10, signed=True),
    104: _Type("humidity", 1, 2),
    112: _Type("humidity", 2, 10),
    115: _Type("barometer", 2, 10),
    116: _Type("voltage", 2, 100),
    117: _Type("current", 2, 1000),
    118: _Type("frequency", 4),
    120: _Type("percentage", 1),
    121: _Type("altitude", 2, signed=True),
    125: _Type("concentration", 2),
    128: _Type("power", 2),
    130: _Type("distance", 4, 1000),
    131: _Type("energy", 4, 1000),
    132: _Type("direction", 2),
    133: _Type("time", 4),
    142: _Type("switch", 1),
}
_THREE: dict[int, tuple[str, Callable[[Reader], Mapping[str, float]]]] = {
    113: ("accelerometer", lambda reader: {axis: scaled(reader.big(2, signed=True), 1000) for axis in "xyz"}),
    134: ("gyrometer", lambda reader: {axis: scaled(reader.big(2, signed=True), 100) for axis in "xyz"}),
    135: ("colour", lambda reader: {colour: reader.big(1) for colour in ("r", "g", "b")}),
    136: (
        "gps",
        lambda reader: {
            "latitude": scaled(reader.big(3, signed=True), 10_000),
            "longitude": scaled(reader.big(3, signed=True), 10_000),
            "altitude": scaled(reader.big(3, signed=True), 100),
        },
    ),
}


def decode(_: int, payload: bytes) -> Fields:
    """Return the values, by name and channel. Raises `PayloadError`."""
    reader, fields = Reader(payload), Fields()
    while reader:
        channel, kind = reader.big(1), reader.big(1)
        if kind in _THREE:
            name, read = _THREE[kind]
            fields[f"{name}_{channel}"] = read(reader)
        elif kind in _TYPES:
            type_ = _TYPES[kind]
            value = reader.big(type_.size, signed=type_.signed)
            fields[f"{type_.name}_{channel}"] = value if type_.divisor == 1 else scaled(value, type_.divisor)
        else:
            raise PayloadError(f"Cayenne LPP has no type {kind}.")
    return fields

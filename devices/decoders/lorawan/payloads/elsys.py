"""Elsys (ERS, EMS and others): a type and a value, again and again; most significant byte first."""

from typing import NamedTuple

from devices.decoders.lorawan.payloads.reading import Fields, PayloadError, Reader, scaled


class _Type(NamedTuple):
    name: str
    size: int
    divisor: int = 1
    signed: bool = False


_TYPES = {
    0x01: _Type("temperature", 2, 10, signed=True),
    0x02: _Type("humidity", 1),
    0x04: _Type("light", 2),
    0x05: _Type("motion", 1),  # how often somebody moved since the last report
    0x06: _Type("co2", 2),
    0x07: _Type("vdd", 2),  # mV
    0x08: _Type("analog1", 2),
    0x0A: _Type("pulse1", 2),
    0x0B: _Type("pulseAbs", 4),
    0x0C: _Type("externalTemperature", 2, 10, signed=True),
    0x0D: _Type("digital", 1),
    0x0E: _Type("distance", 2),
    0x0F: _Type("accMotion", 1),
    0x11: _Type("occupancy", 1),  # 0 nobody, 1 somebody comes or goes, 2 somebody
    0x12: _Type("waterleak", 1),
    0x14: _Type("pressure", 4, 1000),
    0x16: _Type("pulse2", 2),
    0x17: _Type("pulseAbs2", 4),
    0x18: _Type("analog2", 2),
    0x19: _Type("externalTemperature2", 2, 10, signed=True),
    0x1A: _Type("digital2", 1),
    0x1B: _Type("analogUv", 4, signed=True),
    0x1C: _Type("tvoc", 2),
}
_ACCELERATION, _POSITION, _INFRARED, _GRID, _SOUND = 0x03, 0x09, 0x10, 0x13, 0x15
_TELEMETRY = {_ACCELERATION: 3, _POSITION: 6, _GRID: 65, 0x3D: 4}
_SETTINGS = 0x3E
_SETTINGS_PORT = 6


def decode(port: int, payload: bytes) -> Fields:
    """Return the values. Raises `PayloadError`."""
    if port == _SETTINGS_PORT:
        return {"settings": payload.hex()}
    reader, fields = Reader(payload), Fields()
    while reader:
        kind = reader.big(1)
        if kind in _TYPES:
            type_ = _TYPES[kind]
            value = reader.big(type_.size, signed=type_.signed)
            fields[type_.name] = value if type_.divisor == 1 else scaled(value, type_.divisor)
        elif kind == _INFRARED:
            fields["irInternalTemperature"] = scaled(reader.big(2, signed=True), 10)
            fields["irExternalTemperature"] = scaled(reader.big(2, signed=True), 10)
        elif kind == _SOUND:
            fields["soundPeak"], fields["soundAvg"] = reader.big(1), reader.big(1)
        elif kind in _TELEMETRY:
            fields[f"raw_{kind:02x}"] = reader.take(_TELEMETRY[kind]).hex()
        elif kind == _SETTINGS:
            fields["settings"] = reader.take(reader.rest).hex()
        else:
            raise PayloadError(f"Elsys has no type {kind}.")
    return fields

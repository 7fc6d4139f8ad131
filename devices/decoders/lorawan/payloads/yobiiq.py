"""Yobiiq SD-1001: a smoke alarm. A number and a value, again and again; most significant byte first."""

from devices.decoders.lorawan.payloads.reading import Fields, PayloadError, Reader

_PORT = 8
_ALARM = ("Normal", "Alarm")
_NAMES = {
    0x02: ("powerEvent", ("AC Power Off", "AC Power On")),
    0x03: ("lowBatteryAlarm", _ALARM),
    0x04: ("faultAlarm", _ALARM),
    0x05: ("smokeAlarm", _ALARM),
    0x06: ("interconnectAlarm", _ALARM),
    0x07: ("testButtonPressed", ("Released", "Pushed")),
}
_BATTERY = 0x01


def sd1001(port: int, payload: bytes) -> Fields:
    """Return what the smoke alarm says. Raises `PayloadError`."""
    if port != _PORT:
        raise PayloadError(f"An SD-1001 measures on port {_PORT}.")
    reader, fields = Reader(payload), Fields()
    while reader:
        kind, value = reader.big(1), reader.big(2)
        if kind == _BATTERY:
            fields["batteryLevelInPercentage"] = value
        elif kind in _NAMES and value < 2:  # noqa: PLR2004 - off and on
            name, words = _NAMES[kind]
            fields[name] = words[value]
        else:
            raise PayloadError(f"An SD-1001 has no value {value} of number {kind}.")
    return fields

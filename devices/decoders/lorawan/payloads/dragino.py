"""Dragino: LHT65 and LHT52 (temperature and humidity), LDS02 (door), LWL02 (water leak)."""

from devices.decoders.lorawan.payloads.reading import Fields, PayloadError, expect, scaled

_VOLTS = 0x3FFF  # the two bits above say how full the battery is
_DOOR, _LEAK, _BOTH = 1, 2, 3


def lht65(port: int, payload: bytes) -> Fields:
    """Return what an LHT65 or LHT65N says; its external sensor is told as a temperature where it is one."""
    expect(port == 2 and len(payload) == 11, "An LHT65 sends 11 bytes on port 2.")  # noqa: PLR2004
    battery, inside, humidity = (int.from_bytes(payload[at : at + 2], "big") for at in (0, 2, 4))
    fields: Fields = {
        "BatV": scaled(battery & _VOLTS, 1000),
        "Bat_status": battery >> 14,
        "TempC_SHT": scaled(_signed(inside), 100),
        "Hum_SHT": scaled(humidity, 10),
    }
    if payload[6] & 0x7F == 1:
        fields["Ext_sensor"] = "Temperature Sensor"
        fields["TempC_DS"] = scaled(int.from_bytes(payload[7:9], "big", signed=True), 100)
    else:
        fields["ext"] = payload[6:].hex()
    return fields


def lht52(port: int, payload: bytes) -> Fields:
    """Return what an LHT52 says: measurements on port 2, itself on port 5."""
    if port == 2 and len(payload) == 11:  # noqa: PLR2004
        return {
            "TempC_SHT": scaled(int.from_bytes(payload[0:2], "big", signed=True), 100),
            "Hum_SHT": scaled(int.from_bytes(payload[2:4], "big"), 10),
            "TempC_DS": scaled(int.from_bytes(payload[4:6], "big", signed=True), 100),
            "Ext": payload[6],
            "Systimestamp": int.from_bytes(payload[7:11], "big"),
        }
    expect(port == 5 and len(payload) == 7, "An LHT52 sends 11 bytes on port 2 or 7 on port 5.")  # noqa: PLR2004
    return {
        "Sensor_Model": payload[0],
        "Firmware_Version": f"{payload[1] << 8 | payload[2]:x}",
        "Freq_Band": payload[3],
        "Sub_Band": payload[4],
        "Bat_mV": int.from_bytes(payload[5:7], "big"),
    }


def door_or_leak(port: int, payload: bytes) -> Fields:
    """Return what an LDS02 or LWL02 says: which of the two it is stands in the payload."""
    expect(port == 10 and len(payload) == 10, "An LDS02 or LWL02 sends 10 bytes on port 10.")  # noqa: PLR2004
    head, mode = int.from_bytes(payload[0:2], "big"), payload[2]
    opened, leaking = head >> 15, head >> 14 & 1
    times, minutes = (int.from_bytes(payload[at : at + 3], "big") for at in (3, 6))
    fields: Fields = {"BAT_V": scaled(head & _VOLTS, 1000), "MOD": mode}
    if mode == _DOOR:
        counts = {"DOOR_OPEN_TIMES": times, "LAST_DOOR_OPEN_DURATION": minutes, "ALARM": payload[9] & 1}
        return fields | {"DOOR_OPEN_STATUS": opened} | counts
    if mode == _LEAK:
        counts = {"WATER_LEAK_TIMES": times, "LAST_WATER_LEAK_DURATION": minutes}
        return fields | {"WATER_LEAK_STATUS": leaking} | counts
    if mode == _BOTH:
        return fields | {"DOOR_OPEN_STATUS": opened, "WATER_LEAK_STATUS": leaking, "ALARM": payload[9] & 1}
    raise PayloadError(f"An LDS02 or LWL02 has no mode {mode}.")


def _signed(value: int) -> int:
    return value - 0x1_0000 if value & 0x8000 else value

"""Milesight: channel, type and value, again and again; least significant byte first. Each model has its own channels.

What a model's channels do not explain is handed back in hexadecimal under `undecoded`: what stood before it counts.
Channels follow the user guides and the payload tables that Milesight publishes.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from devices.decoders.lorawan.payloads.reading import Fields, PayloadError, Reader, scaled

_Read = Callable[[Reader], Fields]
_Channels = dict[tuple[int, int], _Read]

_FAILED = {1: 0xFF, 2: 0xFFFF}


def _number(name: str, size: int = 1, divisor: int = 1, *, signed: bool = False) -> _Read:
    def read(reader: Reader) -> Fields:
        raw = reader.take(size)
        if divisor > 1 and int.from_bytes(raw, "little") == _FAILED.get(size):
            return {f"{name}_sensor_status": "read failed"}
        value = int.from_bytes(raw, "little", signed=signed)
        return {name: value if divisor == 1 else scaled(value, divisor)}

    return read


def _word(name: str, *words: str, first: int = 0) -> _Read:
    def read(reader: Reader) -> Fields:
        value = reader.little(1)
        known = first <= value < first + len(words)
        return {name: words[value - first] if known else f"unknown ({value})"}

    return read


def _skip(name: str, size: int) -> _Read:
    return lambda reader: {name: reader.take(size).hex()}


def _light(reader: Reader) -> Fields:
    return {name: reader.little(2) for name in ("illumination", "infrared_and_visible", "infrared")}


def _press(reader: Reader) -> Fields:
    return {"button_event": _word("status", "short press", "long press", "double press", first=1)(reader)}


def _regions(reader: Reader) -> Fields:
    mask, occupied = reader.little(2), reader.little(2)
    return {
        f"region_{number + 1}": "occupied" if occupied >> number & 1 else "vacant"
        for number in range(10)
        if mask >> number & 1
    }


def _room(reader: Reader) -> Fields:
    fields = _word("detection_status", "normal", "vacant", "in bed", "out of bed", "fall")(reader)
    fields |= _word("target_status", "normal", "motionless", "abnormal")(reader)
    return fields | {name: reader.little(2) for name in ("use_time_now", "use_time_today")}


def _bed_regions(reader: Reader) -> Fields:
    each = [_word(f"region_{number}_occupancy", "occupied", "vacant")(reader) for number in range(1, 5)]
    return {name: word for one in each for name, word in one.items()}


_ALARMS = ("fall", "human in place", "dwell", "out of bed", "occupied", "vacant", "bradypnea", "tachypnea", "lying")


def _alarm(reader: Reader) -> Fields:
    id_ = reader.little(2)
    kind = _word("kind", *_ALARMS)(reader)["kind"]
    status = _word("s", "alarm_triggered", "alarm_deactivated", "alarm_ignored", "status_report", first=1)(reader)["s"]
    return {f"{kind.replace(' ', '_')}_alarm": {"alarm_id": id_, "alarm_status": status, "region_id": reader.little(1)}}


def _past(*parts: _Read) -> _Read:
    def read(reader: Reader) -> Fields:
        entry: Fields = {"timestamp": reader.little(4)}
        for each in parts:
            entry |= each(reader)
        return {"history": [entry]}

    return read


_BATTERY = _number("battery")
_TEMPERATURE = _number("temperature", 2, 10, signed=True)
_HUMIDITY = _number("humidity", 1, 2)
_LEAK = _word("leakage_status", "normal", "leak")
_MAGNET = _word("magnet_status", "close", "open")
_PIR = _word("pir", "normal", "trigger")
_OCCUPANCY = _word("occupancy", "vacant", "occupied")

_COMMON: _Channels = {
    (0x01, 0x75): _BATTERY,
    (0xFF, 0x01): _skip("ipso_version", 1),
    (0xFF, 0x08): _skip("sn", 6),
    (0xFF, 0x09): _skip("hardware_version", 2),
    (0xFF, 0x0A): _skip("firmware_version", 2),
    (0xFF, 0x0B): _skip("device_status", 1),
    (0xFF, 0x0F): _skip("lorawan_class", 1),
    (0xFF, 0x16): _skip("sn", 8),
    (0xFF, 0xFE): _skip("reset_event", 1),
    (0xFF, 0xFF): _skip("tsl_version", 2),
    # Echoes of what the device was told.
    (0xFF, 0x02): _number("collection_interval", 2),
    (0xFF, 0x03): _number("report_interval", 2),
    (0xFE, 0x03): _number("report_interval", 2),
}
_CLIMATE: _Channels = {(0x03, 0x67): _TEMPERATURE, (0x04, 0x68): _HUMIDITY}
_AIR: _Channels = _CLIMATE | {
    (0x05, 0x00): _PIR,
    (0x05, 0x6A): _number("activity", 2),
    (0x06, 0x65): _light,
    (0x06, 0xCB): _number("light_level"),
    (0x07, 0x7D): _number("co2", 2),
    (0x08, 0x7D): _number("tvoc", 2),
    (0x08, 0xE6): _number("tvoc", 2),
    (0x09, 0x73): _number("pressure", 2, 10),
    (0x0E, 0x01): _word("buzzer_status", "off", "on"),
}

_MODELS: Mapping[str, _Channels] = {
    "am102": _AIR,
    "am103": _AIR,
    "am104": _AIR,
    "am107": _AIR,
    "am307": _AIR,
    "am308": _AIR,
    "am319": _AIR,
    "em300-th": _CLIMATE | {(0x20, 0xCE): _past(_TEMPERATURE, _HUMIDITY)},
    "em320-th": _CLIMATE | {(0x20, 0xCE): _past(_TEMPERATURE, _HUMIDITY)},
    "em300-mcs": _CLIMATE | {(0x06, 0x00): _MAGNET, (0x20, 0xCE): _past(_TEMPERATURE, _HUMIDITY, _MAGNET)},
    "em300-sld": _CLIMATE | {(0x05, 0x00): _LEAK, (0x20, 0xCE): _past(_TEMPERATURE, _HUMIDITY, _LEAK)},
    "em500-pt100": {(0x03, 0x67): _TEMPERATURE},
    "em500-co2": _CLIMATE | {(0x05, 0x7D): _number("co2", 2), (0x06, 0x73): _number("pressure", 2, 10)},
    "gs101": {
        (0x05, 0x8E): _word("gas_status", "normal", "alarm"),
        (0x06, 0x01): _word("valve_status", "off", "on"),
        (0x07, 0x01): _word("relay_output_status", "off", "on"),
        (0x08, 0x90): _number("life_remain", 4),
        (0xFF, 0x3F): _word(
            "alarm", "power off", "power on", "sensor fault", "fault recovered", "invalid soon", "device invalid"
        ),
    },
    "vs321": _CLIMATE
    | {
        (0x05, 0xFD): _number("people_total_counts", 2),
        (0x06, 0xFE): _regions,
        (0x07, 0xFF): _word("illuminance_status", "dim", "bright"),
        (0x08, 0xF4): _skip("confidence_status", 2),
        (0x0A, 0xEF): _number("timestamp", 4),
    },
    "vs330": {
        (0x02, 0x82): _number("distance", 2),
        (0x03, 0x8E): _OCCUPANCY,
        (0x04, 0x8E): _word("calibration_status", "failed", "success"),
    },
    "vs340": {(0x03, 0x00): _OCCUPANCY},
    "vs341": {(0x03, 0x00): _OCCUPANCY},
    "vs370": {(0x03, 0x00): _OCCUPANCY, (0x04, 0x00): _word("illuminance", "dim", "bright")},
    "vs373": {
        (0x03, 0xF8): _room,
        (0x04, 0xF9): _bed_regions,
        (0x05, 0xFA): _skip("region_out_of_bed_times", 8),
        (0x06, 0xFB): _alarm,
        (0x20, 0xCE): _past(_alarm),
    },
    "ws101": {(0xFF, 0x2E): _press},
    "ws202": {(0x03, 0x00): _PIR, (0x04, 0x00): _word("daylight", "dark", "light")},
    "ws203": _CLIMATE | {(0x05, 0x00): _OCCUPANCY},
    "ws301": {(0x03, 0x00): _MAGNET, (0x04, 0x00): _word("tamper_status", "installed", "uninstalled")},
    "ws303": {(0x03, 0x00): _LEAK},
    "ws523": {
        (0x03, 0x74): _number("voltage", 2, 10),
        (0x04, 0x80): _number("active_power", 4),
        (0x05, 0x81): _number("power_factor"),
        (0x06, 0x83): _number("power_consumption", 4),
        (0x07, 0xC9): _number("current", 2),
        (0x08, 0x70): lambda reader: {"socket_status": "on" if reader.little(1) & 1 else "off"},
    },
}
_SAME = {"em300-zld": "em300-sld", "em300-sld-zld": "em300-sld", "ws525": "ws523", "ws513": "ws523", "ws515": "ws523"}


def _decode(channels: _Channels, _: int, payload: bytes) -> Fields:
    reader, fields = Reader(payload), Fields()
    while reader:
        at = len(payload) - reader.rest
        try:
            read = channels.get((reader.little(1), reader.little(1)))
            found: dict[str, Any] | None = read(reader) if read else None
        except PayloadError:
            found = None
        if found is None:
            if not fields:
                raise PayloadError(f"This model has no channel that begins with {payload[at : at + 2].hex()}.")
            return fields | {"undecoded": payload[at:].hex()}
        _merge(fields, found)
    return fields


def _merge(fields: Fields, found: Fields) -> None:
    # A payload may have several entries of the past.
    past = [*fields.get("history", ()), *found.pop("history", ())]
    fields |= found | ({"history": past} if past else {})


DECODERS: Mapping[str, Callable[[int, bytes], Fields]] = {
    name: partial(_decode, _COMMON | _MODELS[_SAME.get(name, name)]) for name in (*_MODELS, *_SAME)
}

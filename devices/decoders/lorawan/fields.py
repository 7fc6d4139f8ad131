"""Named values of a LoRaWAN device to our quantities: whoever decoded them, a server, a script or a decoder of ours.

Vendors name things as they like. A name is compared without case and punctuation, within an object after its own
("air.temperature"); one that ends in a number may name a channel. Only what is certain becomes a measurement, all
else is handed back as it was.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from core.vocabulary import BY_NAME
from devices.decoders.decoded import Measurement
from devices.decoders.lorawan.report import Earlier, number, part

_Convert = Callable[[Any], float | None]

_ON = frozenset(
    {
        "1",
        "true",
        "yes",
        "on",
        "alarm",
        "alarmtriggered",
        "triggered",
        "trigger",
        "detected",
        "leak",
        "leakage",
        "wet",
        "motion",
        "occupied",
        "active",
        "pushed",
        "pressed",
        "uninstalled",
        "tampered",
        "fire",
        "smoke",
    }
)
_OFF = frozenset(
    {
        "0",
        "false",
        "no",
        "off",
        "normal",
        "noalarm",
        "alarmdeactivated",
        "alarmignored",
        "idle",
        "none",
        "clear",
        "dry",
        "noleak",
        "nomotion",
        "vacant",
        "unoccupied",
        "inactive",
        "released",
        "installed",
        "ok",
    }
)
_OPEN, _CLOSED = frozenset({"open", "opened"}), frozenset({"close", "closed"})
_PRESSES = re.compile(r"(short|long|double|single|triple)?_?\s*(press|pressed|click|clicked|pushed|push)")
# Dragino and others: no probe is plugged in.
_NO_PROBE = frozenset({327.67, 327.68, -327.68, 3276.7, -3276.8, 6553.5, 655.35})
_MOST_FIELDS = 500
_DEEPEST = 6
_FULLEST_V = 4.3
_LEAST_V = 1.5


def _level(value: Any) -> float | None:
    found = number(value)
    if found is None and isinstance(value, str):
        match = re.fullmatch(r"\s*(-?\d{1,9}(?:\.\d{1,9})?)\s*(°C|C|%|V|ppm|lx|lux|hPa|W)?\s*", value)
        found = float(match.group(1)) if match else None
    return found


def _temperature(value: Any) -> float | None:
    found = _level(value)
    return None if found in _NO_PROBE else found


def _hectopascals(value: Any) -> float | None:
    """Return the pressure of air, whatever the prefix: other pressures are not in these ranges."""
    found = _level(value)
    if found is None:
        return None
    return next((found * factor for factor in (1.0, 10.0, 0.01) if 850 <= found * factor <= 1_100), None)  # noqa: PLR2004


def _plain(value: Any) -> str:
    return re.sub(r"[^a-z0-9]", "", value.lower()) if isinstance(value, str) else ""


def _flag(value: Any) -> float | None:
    if isinstance(value, bool):
        return float(value)
    found = number(value)
    if found is not None:
        return found if found in (0, 1) else None
    word = _plain(value)
    return 1.0 if word in _ON else 0.0 if word in _OFF else None


def _some(value: Any) -> float | None:
    """Return whether a number says that there is somebody, or something, at all."""
    found = number(value)
    return float(found > 0) if found is not None and found >= 0 else _flag(value)


def _happened(value: Any) -> float | None:
    """Return 1 for something that happened; that it did not is no event."""
    return 1.0 if _some(value) == 1 else None


def _closed(value: Any) -> float | None:
    """Return 1 for closed. A number or a truth value is not certain: some vendors mean open by 1, others closed."""
    word = _plain(value)
    return 1.0 if word in _CLOSED else 0.0 if word in _OPEN else None


def _not(convert: _Convert) -> _Convert:
    def turned(value: Any) -> float | None:
        found = _closed(value) if isinstance(value, str) and _closed(value) is not None else None
        if found is not None:
            return found
        flag = convert(value)
        return None if flag is None else 1.0 - flag

    return turned


def _help(value: Any) -> float | None:
    """Return 1 if somebody pressed: a button in a home calls for help. That nobody did ends nothing."""
    if isinstance(value, str) and _PRESSES.fullmatch(value.strip().lower()):
        return 1.0
    return _happened(value)


def _percent(value: Any) -> float | None:
    """Return a battery's level, where the number cannot be a voltage."""
    found = _level(value)
    if found is None or (isinstance(value, str) and value.strip().endswith("V")):
        return None
    return found if found == 0 or _FULLEST_V < found <= 100 else None  # noqa: PLR2004 - per cent


def _volts(value: Any) -> float | None:
    found = _level(value)
    if found is None or found < 0:
        return None
    return found / 1000 if found >= 400 else found  # noqa: PLR2004 - no battery or mains has so many volts


def _battery(value: Any) -> float | None:
    """Return the voltage where `battery` is one; from 1 to 4 without a fraction it may as well be per cent."""
    found = _level(value)
    if found is None or found == 0:
        return None
    if found >= 1000:  # noqa: PLR2004 - only millivolts are so many
        return found / 1000
    return found if _LEAST_V <= found <= _FULLEST_V and not found.is_integer() else None


def _word(words: Mapping[str, float]) -> _Convert:
    return lambda value: words.get(_plain(value))


def _divided(divisor: float) -> _Convert:
    def divided(value: Any) -> float | None:
        found = _level(value)
        return None if found is None else found / divisor

    return divided


class _Rule(NamedTuple):
    quantity: str
    convert: _Convert
    channel: str = ""


_RADAR = {"normal": 1.0, "vacant": 0.0, "inbed": 1.0, "outofbed": 1.0, "fall": 1.0}
_BED = {"inbed": 1.0, "outofbed": 0.0, "vacant": 0.0}
_FALL = {"normal": 0.0, "vacant": 0.0, "inbed": 0.0, "outofbed": 0.0, "fall": 1.0}

_NAMES: tuple[tuple[tuple[str, ...], tuple[_Rule, ...]], ...] = (
    (
        (
            "temperature",
            "temp",
            "tempc",
            "tempcsht",
            "airtemperature",
            "roomtemperature",
            "ambienttemperature",
            "sensortemperature",
            "temperaturecelsius",
            "temperaturec",
            "air.temperature",
        ),
        (_Rule("temperature", _temperature),),
    ),
    (("tempcds", "exttemperature", "externaltemperature"), (_Rule("temperature", _temperature, "external"),)),
    (
        ("humidity", "hum", "humsht", "relativehumidity", "airhumidity", "rh", "air.relativehumidity"),
        (_Rule("humidity", _level),),
    ),
    (("co2", "co2ppm", "co2concentration", "carbondioxide", "air.co2"), (_Rule("carbon_dioxide", _level),)),
    (
        (
            "light",
            "lux",
            "illuminance",
            "illumination",
            "luminosity",
            "lightlux",
            "lightintensity",
            "air.lightintensity",
        ),
        (_Rule("illuminance", _level),),
    ),
    (
        ("pressure", "barometer", "barometricpressure", "atmosphericpressure", "airpressure", "air.pressure"),
        (_Rule("pressure", _hectopascals),),
    ),
    (("occupancy", "occupied", "occupancystatus"), (_Rule("occupancy", _some),)),
    (
        ("pir", "pirstatus", "pirtrigger", "motiondetected", "action.motion.detected", "motionstatus"),
        (_Rule("occupancy", _flag),),
    ),
    (("motion", "motioncount"), (_Rule("motion", _happened),)),
    (
        ("presence", "presencestatus", "peopletotalcounts", "peoplecount", "people", "peoplecountall", "occupants"),
        (_Rule("presence", _some),),
    ),
    (
        ("detectionstatus",),
        (_Rule("presence", _word(_RADAR)), _Rule("bed_occupancy", _word(_BED)), _Rule("fall", _word(_FALL))),
    ),
    (("bedoccupancy", "inbed"), (_Rule("bed_occupancy", _flag),)),
    (("fall", "falldetected", "fallalarm", "fallalarm.alarmstatus"), (_Rule("fall", _flag),)),
    (
        (
            "door",
            "doorstatus",
            "doorstate",
            "contact",
            "contactstate",
            "contactstatus",
            "magnetstatus",
            "magnet",
            "reed",
            "reedstate",
            "window",
            "action.contactstate",
        ),
        (_Rule("contact", _closed),),
    ),
    (("dooropenstatus", "dooropen", "isopen", "opened"), (_Rule("contact", _not(_flag)),)),
    (
        (
            "waterleak",
            "waterleakstatus",
            "leak",
            "leakage",
            "leakagestatus",
            "waterleakage",
            "waterdetected",
            "waterleakdetected",
            "flood",
            "water.leak",
        ),
        (_Rule("water_leak", _some),),
    ),
    (("smoke", "smokealarm", "smokestatus", "smokedetected"), (_Rule("smoke", _flag),)),
    (("gas", "gasalarm", "gasstatus", "gasdetected"), (_Rule("gas", _flag),)),
    (("coalarm", "carbonmonoxidealarm"), (_Rule("carbon_monoxide", _flag),)),
    (("sos", "sosevent", "emergency", "panic", "callforhelp"), (_Rule("sos_button", _flag),)),
    (
        ("button", "buttonevent", "buttonevent.status", "buttonpressed", "buttonpress", "buttonstatus", "press"),
        (_Rule("sos_button", _help),),
    ),
    (("vibration", "accmotion"), (_Rule("vibration", _happened),)),
    (("tamper", "tamperstatus", "tamperdetect", "tamperalarm"), (_Rule("tamper", _flag),)),
    (("activepower", "power", "powerw"), (_Rule("power", _level),)),
    (("powerconsumption", "energywh"), (_Rule("energy", _divided(1000)),)),
    (("energykwh",), (_Rule("energy", _level),)),
    (
        ("batterylevel", "batterypercent", "batterypercentage", "batterylevelinpercentage", "batterylevelpercent"),
        (_Rule("battery", _level),),
    ),
    (("battery", "bat"), (_Rule("battery", _percent), _Rule("voltage", _battery))),
    (
        ("batteryvoltage", "batv", "batmv", "batteryv", "vdd", "vbat", "batterymv", "batvoltage", "voltage"),
        (_Rule("voltage", _volts),),
    ),
    (("batterylow", "lowbattery", "lowbatteryalarm"), (_Rule("battery_low", _flag),)),
)
_RULES = {name: rules for names, rules in _NAMES for name in names}
_CHANNEL = re.compile(r"(.{2,}?)[_ -]?(?:ch)?(\d{1,3})")
# The device repository's schema says volts, whatever the number.
_NORMALIZED: Mapping[str, tuple[_Rule, ...]] = {
    **_RULES,
    "battery": (_Rule("voltage", _level),),
    "action.motionstate": (_Rule("occupancy", _flag),),
}


# Where a unit is named, the factor to ours; a value in another unit is not mapped.
_FACTORS: Mapping[str, Mapping[str, float]] = {
    "temperature": {"°c": 1.0, "c": 1.0, "℃": 1.0, "cel": 1.0},
    "humidity": {"%": 1.0, "%rh": 1.0, "%r.h.": 1.0},
    "carbon_dioxide": {"ppm": 1.0},
    "illuminance": {"lx": 1.0, "lux": 1.0},
    "pressure": {"hpa": 1.0, "mbar": 1.0, "kpa": 1.0, "pa": 1.0},
    "voltage": {"v": 1.0, "mv": 0.001},
    "power": {"w": 1.0, "kw": 1000.0},
    "energy": {"kwh": 1.0, "wh": 0.001},
    "battery": {"%": 1.0},
}


class Mapped(NamedTuple):
    """What named values came to: measurements, those of earlier times, and what is not mapped."""

    measurements: tuple[Measurement, ...]
    earlier: tuple[Earlier, ...]
    others: Mapping[str, Any]


def measure(fields: Mapping[str, Any], *, normalized: bool = False) -> Mapped:
    """Return what `fields` measure; `normalized` if they follow the device repository's schema."""
    rules = _NORMALIZED if normalized else _RULES
    measurements: dict[tuple[str, str], Measurement] = {}
    others: dict[str, Any] = {}
    for count, leaf in enumerate(_leaves(fields, (), 0)):
        found = list(_measured(leaf, rules)) if count < _MOST_FIELDS else []
        for measurement in found:
            measurements.setdefault((measurement.quantity, measurement.channel), measurement)
        if not found and count < 2 * _MOST_FIELDS:
            others[".".join(leaf.path)] = leaf.value
    return Mapped(tuple(measurements.values()), tuple(_earlier(fields)), others)


class _Leaf(NamedTuple):
    path: tuple[str, ...]
    value: Any
    unit: str = ""


def _leaves(value: Any, path: tuple[str, ...], depth: int) -> Iterator[_Leaf]:
    if not isinstance(value, Mapping) or depth >= _DEEPEST:
        if path:
            yield _Leaf(path, value)
        return
    for holder in ("value", "data"):
        inner, unit = value.get(holder), value.get("unit")
        if path and holder in value and not isinstance(inner, Mapping) and (holder == "value" or unit is not None):
            yield _Leaf(path, inner, unit.strip().lower() if isinstance(unit, str) else "")
            return
    for name, inner in value.items():
        if not (depth == 0 and name == "history"):
            yield from _leaves(inner, (*path, str(name)), depth + 1)


def _measured(leaf: _Leaf, rules: Mapping[str, tuple[_Rule, ...]]) -> Iterator[Measurement]:
    name, channel = _find(leaf.path, rules)
    for rule in rules.get(name, ()):
        converted = rule.convert(leaf.value)
        factor = _FACTORS.get(rule.quantity, {}).get(leaf.unit, None if leaf.unit else 1.0)
        if converted is not None and factor is not None:
            yield Measurement(BY_NAME[rule.quantity].name, round(converted * factor, 9), channel or rule.channel)


def _find(path: tuple[str, ...], rules: Mapping[str, tuple[_Rule, ...]]) -> tuple[str, str]:
    name = ".".join(_plain(each) for each in path)
    if name in rules:
        return name, ""
    match = _CHANNEL.fullmatch(".".join(path))
    if match:
        base = ".".join(_plain(each) for each in match.group(1).split("."))
        if base in rules:
            return base, match.group(2)
    return "", ""


def _earlier(fields: Mapping[str, Any]) -> Iterator[Earlier]:
    """Return what a device kept while it was not heard, by the time of its own that each entry names."""
    history = fields.get("history")
    for entry in history[:_MOST_FIELDS] if isinstance(history, list) else ():
        seconds = number(part({"entry": entry}, "entry").get("timestamp"))
        if seconds is None or not 1_000_000_000 <= seconds < 4_000_000_000:  # noqa: PLR2004 - 2001 to 2096
            continue
        found = measure({name: value for name, value in entry.items() if name not in ("timestamp", "history")})
        if found.measurements:
            yield Earlier(datetime.fromtimestamp(seconds, UTC), found.measurements)

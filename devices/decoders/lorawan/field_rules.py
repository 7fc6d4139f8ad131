"""What vendors call what they measure, and how such a value becomes one of our quantities.

Names are written without case and punctuation, within an object after its own ("air.temperature").
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from devices.decoders.lorawan.report import number

_Convert = Callable[[Any], float | None]

_ON = frozenset(
    {
        "1", "true", "yes", "on", "alarm", "alarmtriggered", "triggered", "trigger", "detected", "leak", "leakage",
        "wet", "motion", "occupied", "active", "pushed", "pressed", "uninstalled", "tampered", "fire", "smoke",
    }
)  # fmt: skip
_OFF = frozenset(
    {
        "0", "false", "no", "off", "normal", "noalarm", "alarmdeactivated", "alarmignored", "idle", "none", "clear",
        "dry", "noleak", "nomotion", "vacant", "unoccupied", "inactive", "released", "installed", "ok",
    }
)  # fmt: skip
_OPEN, _CLOSED = frozenset({"open", "opened"}), frozenset({"close", "closed"})
_PRESSES = re.compile(r"(short|long|double|single|triple)([ _]?(press|click))?|(press|click|push)(ed)?")
# Dragino and others: no probe is plugged in.
_NO_PROBE = frozenset({327.67, 327.68, -327.68, 3276.7, -3276.8, 6553.5, 655.35})
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


def plain(value: Any) -> str:
    """Return a text without case and punctuation; an empty one for all else."""
    return re.sub(r"[^a-z0-9]", "", value.lower()) if isinstance(value, str) else ""


def _flag(value: Any) -> float | None:
    if isinstance(value, bool):
        return float(value)
    found = number(value)
    if found is not None:
        return found if found in (0, 1) else None
    word = plain(value)
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
    word = plain(value)
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
    return lambda value: words.get(plain(value))


def _divided(divisor: float) -> _Convert:
    def divided(value: Any) -> float | None:
        found = _level(value)
        return None if found is None else found / divisor

    return divided


class Rule(NamedTuple):
    """A quantity that a value may mean, and how it is read: None where it does not mean it."""

    quantity: str
    convert: _Convert
    channel: str = ""


_MAINS = {"acpoweron": 1.0, "acpoweroff": 0.0}
_RADAR = {"normal": 1.0, "vacant": 0.0, "inbed": 1.0, "outofbed": 1.0, "fall": 1.0}
_BED = {"inbed": 1.0, "outofbed": 0.0, "vacant": 0.0}
_FALL = {"normal": 0.0, "vacant": 0.0, "inbed": 0.0, "outofbed": 0.0, "fall": 1.0}

_NAMES: tuple[tuple[tuple[str, ...], tuple[Rule, ...]], ...] = (
    (("temperature", "temp", "tempc", "tempcsht", "airtemperature", "roomtemperature", "ambienttemperature",
      "sensortemperature", "temperaturecelsius", "temperaturec", "air.temperature"),
     (Rule("temperature", _temperature),)),
    (("tempcds", "exttemperature", "externaltemperature"), (Rule("temperature", _temperature, "external"),)),
    (("humidity", "hum", "humsht", "relativehumidity", "airhumidity", "rh", "air.relativehumidity"),
     (Rule("humidity", _level),)),
    (("co2", "co2ppm", "co2concentration", "carbondioxide", "air.co2"), (Rule("carbon_dioxide", _level),)),
    (("light", "lux", "illuminance", "illumination", "luminosity", "lightlux", "lightintensity",
      "air.lightintensity"), (Rule("illuminance", _level),)),
    (("lightlevel",), (Rule("light_level", _level),)),
    (("temperatureboard",), (Rule("device_temperature", _temperature),)),
    (("pressure", "barometer", "barometricpressure", "atmosphericpressure", "airpressure", "air.pressure"),
     (Rule("pressure", _hectopascals),)),
    (("occupancy", "occupied", "occupancystatus"), (Rule("occupancy", _some),)),
    (("pir", "pirstatus", "pirtrigger", "motiondetected", "action.motion.detected", "motionstatus"),
     (Rule("occupancy", _flag),)),
    (("motion", "motioncount"), (Rule("motion", _happened),)),
    (("presence", "presencestatus", "peopletotalcounts", "peoplecount", "people", "peoplecountall",
      "occupants"), (Rule("presence", _some),)),
    (("detectionstatus",),
     (Rule("presence", _word(_RADAR)), Rule("bed_occupancy", _word(_BED)), Rule("fall", _word(_FALL)))),
    (("bedoccupancy", "inbed"), (Rule("bed_occupancy", _flag),)),
    (("fall", "falldetected", "fallalarm", "fallalarm.alarmstatus"), (Rule("fall", _flag),)),
    (("door", "doorstatus", "doorstate", "contact", "contactstate", "contactstatus", "magnetstatus", "magnet",
      "reed", "reedstate", "window", "action.contactstate"), (Rule("contact", _closed),)),
    (("dooropenstatus", "dooropen", "isopen", "opened"), (Rule("contact", _not(_flag)),)),
    (("waterleak", "waterleakstatus", "leak", "leakage", "leakagestatus", "waterleakage", "waterdetected",
      "waterleakdetected", "flood", "water.leak"), (Rule("water_leak", _some),)),
    (("smoke", "smokealarm", "smokestatus", "smokedetected"), (Rule("smoke", _flag),)),
    (("gas", "gasalarm", "gasstatus", "gasdetected"), (Rule("gas", _flag),)),
    (("coalarm", "carbonmonoxidealarm"), (Rule("carbon_monoxide", _flag),)),
    (("sos", "sosevent", "emergency", "panic", "callforhelp"), (Rule("sos_button", _flag),)),
    (("button", "buttonevent", "buttonevent.status", "buttonpressed", "buttonpress", "buttonstatus", "press"),
     (Rule("sos_button", _help),)),
    (("vibration", "accmotion"), (Rule("vibration", _happened),)),
    (("powerevent",), (Rule("mains_power", _word(_MAINS)),)),
    (("tamper", "tamperstatus", "tamperdetect", "tamperalarm"), (Rule("tamper", _flag),)),
    (("activepower", "power", "powerw"), (Rule("power", _level),)),
    (("powerconsumption", "energywh"), (Rule("energy", _divided(1000)),)),
    (("energykwh",), (Rule("energy", _level),)),
    (("batterylevel", "batterypercent", "batterypercentage", "batterylevelinpercentage", "batterylevelpercent"),
     (Rule("battery", _level),)),
    (("battery", "bat"), (Rule("battery", _percent), Rule("voltage", _battery))),
    (("batteryvoltage", "batv", "batmv", "batteryv", "vdd", "vbat", "batterymv", "batvoltage", "voltage"),
     (Rule("voltage", _volts),)),
    (("batterylow", "lowbattery", "lowbatteryalarm"), (Rule("battery_low", _flag),)),
)  # fmt: skip
RULES = {name: rules for names, rules in _NAMES for name in names}
# The device repository's schema says volts, whatever the number.
NORMALIZED: Mapping[str, tuple[Rule, ...]] = {
    **RULES,
    "battery": (Rule("voltage", _level),),
    "action.motionstate": (Rule("occupancy", _flag),),
}


# Where a unit is named, the factor to ours; a value in another unit is not mapped.
FACTORS: Mapping[str, Mapping[str, float]] = {
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

"""Which property means which quantity, as Zigbee2MQTT documents its exposed properties.

Several rules may stand under a name: the first that fits the declaration counts. The order of the table is the order
in which properties of one device that mean the same quantity may claim the series without a channel.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from core.vocabulary import BY_NAME
from devices.decoders.zigbee.conversions import (
    CELSIUS,
    FAHRENHEIT,
    Convert,
    call_for_help,
    calls_for_help,
    celsius,
    closed,
    flag,
    hectopascals,
    not_flag,
    number,
    scaled,
    volts,
    words,
)
from devices.decoders.zigbee.feature import Feature

Fits = Callable[[Feature], bool]


class Rule(NamedTuple):
    """A quantity and how to read it.

    `kinds` are the declared types it can read, `channel` tells it from the property that is called after the quantity
    itself, `settable` whether it counts also where the property can be set from outside.
    """

    quantity: str
    convert: Convert
    kinds: frozenset[str]
    channel: str = ""
    fits: Fits | None = None
    settable: bool = False

    def reads(self, feature: Feature) -> bool:
        """Tell whether the rule can read what `feature` declares, or may try where nothing is declared."""
        if not feature.published or (feature.settable and not self.settable):
            return False
        return (not feature.kind or feature.kind in self.kinds) and (self.fits is None or self.fits(feature))


_NUMERIC, _BINARY, _ENUM = frozenset({"numeric"}), frozenset({"binary"}), frozenset({"enum"})
_NUMBERS = frozenset({"numeric", "text"})


def _rule(
    quantity: str,
    convert: Convert = number,
    kinds: frozenset[str] = _NUMERIC,
    *,
    channel: str = "",
    fits: Fits | None = None,
    settable: bool = False,
) -> Rule:
    return Rule(BY_NAME[quantity].name, convert, kinds, channel, fits, settable)


def _unit(*units: str) -> Fits:
    return lambda feature: feature.unit in units


def _in_degrees(feature: Feature) -> bool:
    return feature.unit in CELSIUS | FAHRENHEIT


def _of_the_air(feature: Feature) -> bool:
    return _in_degrees(feature) and feature.endpoint not in ("water", "floor")


def _outdoors(feature: Feature) -> bool:
    # Some thermostats call the sensor in their floor so.
    return _in_degrees(feature) and "floor" not in feature.description


def _set_in_degrees(feature: Feature) -> bool:
    return feature.settable and _in_degrees(feature)


def _not_of_a_car(feature: Feature) -> bool:
    return "EV" not in feature.description


def _tells_an_outage(feature: Feature) -> bool:
    return feature.on == "outage_detected"


def _has(*some: str) -> Fits:
    return lambda feature: not feature.kind or any(word in feature.values for word in some)


def _declared(feature: Feature) -> bool:
    return bool(feature.kind)


def _calls_for_help(feature: Feature) -> bool:
    return not feature.kind or calls_for_help(feature)


def _in_lux(feature: Feature) -> bool:
    # Without a declaration it is taken for lux, as all current versions mean it.
    return not feature.kind or feature.unit in _LUX


def _set_from_outside(feature: Feature) -> bool:
    return feature.settable


_SOMEBODY = words(
    {"none": 0, "no_presence": 0}
    | dict.fromkeys(
        ("presence", "motion", "stationary", "static", "peaceful", "small_movement", "large_movement", "small",
         "medium", "large", "active", "far", "near", "movement", "no_movement"), 1
    )
)  # fmt: skip
# "Maybe a fall" is no call for help: it stays visible among what is not mapped.
_FALL = words({"none": 0, "normal": 0, "fall": 1, "fall_alarm": 1})
_ALARM = words({"normal": 0, "none": 0, "clear": 0, "alarm": 1})
_LEAK = words({"water_leakage_yes": 1, "water_leakage_no": 0, "normal": 0, "none": 0, "alarm": 1})
_LOW = words(
    {"low": 1, "battery_low": 1}
    | dict.fromkeys(
        ("medium", "middle", "high", "full", "usb", "battery_full", "battery_high", "battery_medium", "normal"), 0
    )
)
_CHARGING = words(
    {"charging": 1} | dict.fromkeys(
        ("not_charging", "no_charge", "charged", "full", "discharging", "missing", "none", "uncharged", "notcharged",
         "fullycharged"), 0
    )
)  # fmt: skip
_MAINS = words(
    {"battery": 0, "solar_panel": 0} | dict.fromkeys(
        ("mains", "mains (single phase)", "mains (3 phase)", "ac_power", "dc_power", "dc_source", "cable", "external",
         "usb"), 1
    )
)  # fmt: skip
_LIGHT = words({"dim": 0, "bright": 1})
_HAPTIC = words({"off": 0, "low": 1, "medium": 1, "high": 1, "on": 1})
_WATTS = {"W": 1.0, "w": 1.0, "kW": 1000.0, "mW": 0.001, "": 1.0}
_watts = scaled(_WATTS)
_LUX = {"lx": 1.0, "lux": 1.0, "Lx": 1.0}
_lux = scaled({**_LUX, "": 1.0})
_ppm = _unit("ppm")


def _state(quantity: str, convert: Convert = flag, *, channel: str = "", fits: Fits | None = None) -> Rule:
    return _rule(quantity, convert, _BINARY, channel=channel, fits=fits, settable=True)


def _as_enum(
    quantity: str, convert: Convert, *, channel: str = "", fits: Fits | None = None, settable: bool = False
) -> Rule:
    return _rule(quantity, convert, _ENUM, channel=channel, fits=fits, settable=settable)


def _degrees(quantity: str, *, channel: str = "", fits: Fits = _in_degrees, settable: bool = False) -> Rule:
    return _rule(quantity, celsius, channel=channel, fits=fits, settable=settable)


def _power(*, channel: str = "", units: Iterable[str] = _WATTS) -> Rule:
    return _rule("power", _watts, channel=channel, fits=_unit(*units))


def _two_alarms(quantity: str, convert: Convert = flag) -> dict[str, tuple[Rule, ...]]:
    """Return the rules for the two alarm bits of an intruder alarm zone, where a device tells them apart."""
    name = {"sos_button": "sos"}.get(quantity, quantity)
    return {f"{name}_alarm_{bit}": (_rule(quantity, convert, _BINARY, channel=f"alarm_{bit}"),) for bit in (1, 2)} | {
        f"{name}_alarm": (
            _rule(quantity, convert, _BINARY, channel="alarm"),
            _as_enum(quantity, _ALARM, channel="alarm"),
        )
    }


def _hazard(quantity: str) -> dict[str, tuple[Rule, ...]]:
    """Return the rules for the alarm of a detector in all the forms it is told."""
    forms = {
        f"{quantity}_{form}": (
            _rule(quantity, flag, _BINARY, channel=form),
            _as_enum(quantity, _ALARM, channel=form),
        )
        for form in ("state", "status", "alarm_state", "alarm_status", "detected", "sensor_state")
    }
    return forms | _two_alarms(quantity)


_SAFETY: dict[str, tuple[Rule, ...]] = {
    "action": (_as_enum("sos_button", call_for_help, fits=_calls_for_help, settable=True),),
    "sos": (_state("sos_button"),),
    "emergency": (_state("sos_button", channel="emergency"),),
    "panic": (_state("sos_button", channel="panic"),),
    **_two_alarms("sos_button"),
    "smoke": (_state("smoke"), _as_enum("smoke", _ALARM)),
    **_hazard("smoke"),
    "gas": (
        _state("gas"),
        _rule("gas_volume", fits=_unit("m³")),
        _rule("gas_lel", fits=_unit("%LEL", "LEL", "LEL %", "%")),
        _rule("gas_concentration", fits=_ppm),
        _as_enum("gas", _ALARM),
    ),
    **_hazard("gas"),
    "carbon_monoxide": (
        _state("carbon_monoxide"),
        _rule("carbon_monoxide_concentration", fits=_ppm),
        _as_enum("carbon_monoxide", _ALARM),
    ),
    **_hazard("carbon_monoxide"),
    "co_state": (_as_enum("carbon_monoxide", _ALARM, channel="state"),),
    "water_leak": (_state("water_leak"), _as_enum("water_leak", _LEAK)),
    **_hazard("water_leak"),
    "water_leakage_state": (_as_enum("water_leak", _LEAK, channel="state"),),
    "active_water_leak": (_rule("water_leak", flag, _BINARY, channel="active"),),
    "water_sensor": (_rule("water_leak", flag, _BINARY, channel="sensor"),),
    "leak_detect": (_rule("water_leak", flag, _BINARY),),
    "fall_down_status": (_as_enum("fall", _FALL),),
    "fall_status": (_as_enum("fall", _FALL),),
}

_EVENTS: dict[str, tuple[Rule, ...]] = {
    "occupancy": (_state("occupancy"), _as_enum("occupancy", _SOMEBODY)),
    **_two_alarms("occupancy"),
    "occupancy_status": (_rule("occupancy", flag, _BINARY, channel="status"),),
    "occupancy_state": (
        _rule("occupancy", flag, _BINARY, channel="state"),
        _as_enum("occupancy", _SOMEBODY, channel="state"),
    ),
    "motion_status": (_rule("occupancy", flag, _BINARY, channel="motion"),),
    "pir": (_rule("occupancy", flag, _BINARY, channel="pir"), _as_enum("occupancy", _SOMEBODY, channel="pir")),
    "pir_detection": (_rule("occupancy", flag, _BINARY, channel="pir"),),
    "presence": (_state("presence"), _as_enum("presence", _SOMEBODY)),
    "presence_state": (
        _as_enum("presence", _SOMEBODY, channel="state"),
        _rule("presence", flag, _BINARY, channel="state"),
    ),
    "motion_state": (_as_enum("presence", _SOMEBODY, channel="motion"),),
    "human_motion_state": (_as_enum("presence", _SOMEBODY, channel="motion"),),
    "movement": (_as_enum("presence", _SOMEBODY, channel="movement"),),
    "contact": (_state("contact", closed), _as_enum("contact", closed)),
    **_two_alarms("contact", closed),
    "contact_state": (_as_enum("contact", closed, channel="state"), _rule("contact", closed, _BINARY, channel="state")),
    "dry_contact": (_rule("contact", closed, _BINARY, channel="dry"),),
    "door_state": (_as_enum("contact", closed, channel="door"),),
    "opening_state": (_as_enum("contact", closed, channel="opening"),),
    "opening_mode": (_as_enum("contact", closed, channel="opening"),),
    "vibration": (
        _state("haptic_feedback", fits=_set_from_outside),
        _state("vibration"),
        _as_enum("haptic_feedback", _HAPTIC, settable=True, fits=_set_from_outside),
        _rule("vibration_strength"),
    ),
    **_two_alarms("vibration"),
}

_LEVELS: dict[str, tuple[Rule, ...]] = {
    "temperature": (
        _degrees("temperature"),
        # What is written on the display of a wall panel: the weather service's.
        _degrees("outdoor_temperature", settable=True, fits=_set_in_degrees),
    ),
    "local_temperature": (_degrees("temperature", channel="local", fits=_of_the_air),),
    "local_temperature_f": (_degrees("temperature", channel="local_f"),),
    "current_temperature": (_degrees("temperature", channel="current"),),
    "room_temperature": (_degrees("temperature", channel="room"),),
    "temperature_c": (_degrees("temperature", channel="c"),),
    "temperature_probe": (_degrees("temperature", channel="probe"),),
    "temperature_sensor": (_degrees("temperature", channel="sensor"),),
    "temperature_value": (_degrees("temperature", channel="value"),),
    "temperature_f": (_degrees("temperature", channel="f"),),
    "outdoor_temperature": (_degrees("outdoor_temperature", fits=_outdoors),),
    "outdoor_air_temperature": (_degrees("outdoor_temperature"),),
    "device_temperature": (_degrees("device_temperature"),),
    "cpu_temperature": (_degrees("device_temperature", channel="cpu"),),
    "humidity": (_rule("humidity"),),
    "humidity_value": (_rule("humidity", channel="value"),),
    "illuminance": (
        _rule("illuminance", _lux, fits=_in_lux),
        _rule("light_level", fits=_unit("%", "")),
    ),
    "illuminance_lux": (_rule("illuminance", _lux, fits=_unit("lx", "lux", "Lx", "")),),
    "ambient_light": (_rule("illuminance", _lux, fits=_in_lux, channel="ambient"),),
    "illumination": (_as_enum("light_level", _LIGHT, channel="illumination"),),
    "co2": (_rule("carbon_dioxide", fits=_unit("ppm", "")),),
    "co2_value": (_rule("carbon_dioxide", fits=_unit("ppm", ""), channel="value"),),
    "pressure": (_rule("pressure", hectopascals, fits=_unit("hPa", "kPa", "mbar", "")),),
    "gas_value": (
        _rule("gas_lel", fits=_unit("%LEL", "LEL", "LEL %", "%"), channel="value"),
        _rule("gas_concentration", fits=_ppm, channel="value"),
    ),
    "gas_density": (_rule("gas_lel", fits=_unit("%LEL"), channel="density"),),
    "co": (_rule("carbon_monoxide_concentration", fits=_ppm),),
    "carbon_monoxide_value": (_rule("carbon_monoxide_concentration", fits=_ppm),),
    "smoke_level": (_rule("smoke_level"),),
    "smoke_value": (_rule("smoke_level", channel="value"),),
    "smoke_density": (_rule("smoke_level", channel="density"),),
    "smoke_concentration": (_rule("smoke_level", channel="concentration"),),
    "pm25": (_rule("particulate_matter_2_5", fits=_unit("µg/m³", "μg/m³")),),
    "pm10": (_rule("particulate_matter_10", fits=_unit("µg/m³", "μg/m³")),),
    "power": (_power(), _as_enum("mains_power", _MAINS)),
    "active_power": (_power(channel="active", units=("W", "kW")),),
    "total_power": (_power(channel="total"),),
    "total_active_power": (_power(channel="total"),),
    "power_value": (_power(channel="value"),),
    "energy": (_rule("energy", fits=_unit("kWh", "")),),
}

_TECHNICAL: dict[str, tuple[Rule, ...]] = {
    "battery": (
        _rule("battery", fits=_unit("%", ""), kinds=_NUMBERS),
        _as_enum("battery_low", _LOW, channel="battery", fits=_declared),
    ),
    "battery2": (_rule("battery", channel="2"),),
    "battery_value": (_rule("battery", fits=_unit("%", ""), channel="value"),),
    "battery_low": (_state("battery_low"),),
    "battery_state": (
        _as_enum("battery_low", _LOW, channel="state", fits=_has("low")),
        _as_enum("charging", _CHARGING, channel="state"),
    ),
    "battery_level": (
        _rule("battery", fits=_unit("%"), channel="level"),
        _as_enum("battery_low", _LOW, channel="level"),
    ),
    "battery_status": (
        _rule("battery_low", flag, _BINARY, channel="status"),
        _as_enum("battery_low", _LOW, channel="status", fits=_has("low")),
        _as_enum("charging", _CHARGING, channel="status"),
    ),
    # A charger of cars says so of the car.
    "charging": (_rule("charging", flag, _BINARY, fits=_not_of_a_car),),
    "charging_status": (_rule("charging", flag, _BINARY), _as_enum("charging", _CHARGING)),
    "mains_power_connected": (_rule("mains_power", flag, _BINARY),),
    "ac_connected": (_rule("mains_power", flag, _BINARY),),
    "usb_power": (_rule("mains_power", flag, _BINARY, channel="usb"),),
    "power_outage": (_rule("mains_power", not_flag, _BINARY, fits=_tells_an_outage),),
    "power_source": (_as_enum("mains_power", _MAINS),),
    "current_power_source": (_as_enum("mains_power", _MAINS),),
    "power_supply_mode": (_as_enum("mains_power", _MAINS, fits=_has("battery")),),
    "power_type": (
        _as_enum("battery_low", _LOW, channel="power_type", fits=_has("battery_low")),
        _as_enum("mains_power", _MAINS, channel="power_type", fits=_has("battery")),
    ),
    "voltage": (_rule("voltage", volts),),
    "linkquality": (_rule("link_quality"),),
    "tamper": (_state("tamper"),),
    "tamper_alarm": (_rule("tamper", flag, _BINARY, channel="alarm"),),
}

RULES: Mapping[str, tuple[Rule, ...]] = _SAFETY | _EVENTS | _LEVELS | _TECHNICAL

_smoke_bit = _rule("smoke", flag, _BINARY)
_opened_bit = _rule("contact", not_flag, _BINARY)
# A tag on a bunch of keys says that it is in radio range, not that somebody is in the room.
_in_range = _rule("reachable", flag, _BINARY)

# Models on which a property is read otherwise than its name says: some detectors tell nothing but the alarm bits of
# their zone. Where only the quantity is another one, the catalogue says so.
MEANINGS: Mapping[str, Mapping[str, Rule]] = {
    "C3007": {"pressure": _rule("presence", flag, _BINARY)},  # a pad that somebody sits, lies or stands on
    "KMPCIL-tag-001": {"presence": _in_range},
    "STS-PRS-251": {"presence": _in_range},
    "STSS-PRES-001": {"presence": _in_range},
    "FB56-DOS06HM1.1": {"alarm_1": _opened_bit},
    "S901D-ZG": {"alarm_1": _opened_bit},
    "1811680": {"alarm_1": _opened_bit},
    "MIR-SM100-E": {"alarm_1": _smoke_bit},
    "FFZB1-SM-ECO": {"alarm": _smoke_bit},  # it hears the siren of a smoke alarm
    "HM-5HA-E": {"alarm": _smoke_bit},  # a heat alarm for kitchens: fire
    "TS0601_vibration_alarm_sensor": {"alarm_status": _rule("vibration", _ALARM, _ENUM)},
    "W04-Z10T": {"alarm_status": _rule("water_leak", _ALARM, _ENUM)},
}

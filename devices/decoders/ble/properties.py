"""What Theengs Gateway and OpenMQTTGateway call what they have decoded, and what it means here.

Names, units and types of devices are those of their common decoder library. Blood pressure and oxygen saturation are
under the names that its style of shortening gives them: no device of the library advertises them, but gateways with a
decoder of their own do.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from devices.decoders.payload import flag, number, text
from devices.decoders.units import KG_PER_POUND, celsius

Convert = Callable[[Any], float | None]

# Types of devices that say where a person goes, or are of whoever passes by: none of it is anybody's business here.
PERSONAL_TYPES: Mapping[str, str] = {
    "PHONE": "personal", "RMAC": "personal", "TRACK": "personal", "GAEN": "personal", "APPL": "personal",
    "BCON": "beacon", "UNIQ": "personal", "TIRE": "not of a home", "PLANT": "not of a home",
}  # fmt: skip
BODY_TYPES = frozenset({"BODY"})
_LOWEST_HPA, _HIGHEST_HPA = 300.0, 1_200.0


class Property(NamedTuple):
    """A quantity that a property means, and how its value is read: None where it does not mean it."""

    quantity: str
    convert: Convert
    channel: str = ""


def _open(value: Any) -> float | None:
    found = flag(value) if isinstance(value, bool) else None
    return None if found is None else 1.0 - found


def _closed(value: Any) -> float | None:
    return {"closed": 1.0, "open": 0.0}.get(text(value).lower())


def _bool(value: Any) -> float | None:
    return flag(value) if isinstance(value, bool) else None


def _happened(value: Any) -> float | None:
    return 1.0 if value is True else None


def _hectopascals(value: Any) -> float | None:
    found = number(value)
    return found if found is not None and _LOWEST_HPA <= found <= _HIGHEST_HPA else None


def _fahrenheit(value: Any) -> float | None:
    found = number(value)
    return None if found is None else celsius(found)


def _percent(value: Any) -> float | None:
    found = number(value)
    return found if found is not None and 0 <= found <= 100 else None  # noqa: PLR2004 - per cent


PROPERTIES: Mapping[str, Property] = {
    "tempc": Property("temperature", number),
    **{f"tempc{probe}": Property("temperature", number, str(probe)) for probe in range(1, 7)},
    "hum": Property("humidity", number),
    "batt": Property("battery", _percent),
    "lowbatt": Property("battery_low", _bool),
    "volt": Property("voltage", number),
    "pres": Property("pressure", _hectopascals),
    "lux": Property("illuminance", number),
    "co2": Property("carbon_dioxide", number),
    "pm25": Property("particulate_matter_2_5", number),
    "pm10": Property("particulate_matter_10", number),
    "motion": Property("occupancy", _bool),
    "presence": Property("presence", _bool),
    "occupancy": Property("occupancy", _bool),
    "moving": Property("vibration", _happened),
    "open": Property("contact", _open),
    "contact": Property("contact", _closed),
    "leak": Property("water_leak", _bool),
    "flood": Property("water_leak", _bool),
    "smoke": Property("smoke", _bool),
    "gas": Property("gas", _bool),
    "sos": Property("sos_button", _bool),
    "energy": Property("energy", number),
    "power": Property("power", number),
    "bpm": Property("heart_rate", number),
    "hr": Property("heart_rate", number),
    "sys": Property("systolic_pressure", number),
    "dia": Property("diastolic_pressure", number),
    "spo2": Property("oxygen_saturation", number),
    "resp": Property("respiratory_rate", number),
    "bodytempc": Property("body_temperature", number),
    "rssi": Property("signal_strength", number),
}
# Only where the same is not said in °C beside it.
FAHRENHEIT: Mapping[str, tuple[str, Property]] = {
    "tempf": ("tempc", Property("temperature", _fahrenheit)),
    "bodytempf": ("bodytempc", Property("body_temperature", _fahrenheit)),
}
WEIGHT_UNITS: Mapping[str, float] = {"kg": 1.0, "": 1.0, "lb": KG_PER_POUND, "lbs": KG_PER_POUND, "jin": 0.5}
BUTTONS = ("button", "button1", "button2", "button3", "button4")
# The numbers by which the library tells presses: 9 is long, 11 is held down.
PRESSES: Mapping[Any, str] = {1: "press", 2: "double_press", 3: "triple_press", 9: "long_press", 11: "hold_press"}
# Said of the device, the radio or the message, and of no interest as values.
ABOUT = frozenset(
    {
        "id", "mac", "name", "brand", "model", "model_id", "type", "cidc", "acts", "cont", "track", "encr", "distance",
        "mac_type", "adv_type", "servicedata", "servicedatauuid", "service_data", "uuid", "manufacturerdata",
        "packet", "txpower", "tx", "device", "mfid", "prmac", "unit", "weighing_mode", "address", "addr", "hex",
    }
)  # fmt: skip

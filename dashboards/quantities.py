"""What can be measured, in words of people who install and look."""

from collections.abc import Iterable, Mapping

from core.translation import mark
from dashboards.wording import Words

QUANTITIES: Mapping[str, str] = {
    "occupancy": mark("movement"),
    "motion": mark("movement"),
    "contact": mark("open or closed"),
    "opening": mark("openings"),
    "bed_occupancy": mark("somebody in bed"),
    "chair_occupancy": mark("somebody in the chair"),
    "vibration": mark("vibration"),
    "toilet_flush": mark("toilet flush"),
    "appliance_on": mark("switched on or off"),
    "presence": mark("presence"),
    "sos_button": mark("help button"),
    "sos_cancelled": mark("call withdrawn at the button"),
    "smoke": mark("smoke"),
    "gas": mark("gas"),
    "carbon_monoxide": mark("carbon monoxide"),
    "water_leak": mark("water on the floor"),
    "fall": mark("fall"),
    "temperature": mark("temperature"),
    "humidity": mark("humidity"),
    "illuminance": mark("light"),
    "carbon_dioxide": mark("carbon dioxide"),
    "pressure": mark("air pressure"),
    "power": mark("electric power"),
    "energy": mark("electric energy"),
    "gas_volume": mark("gas consumed"),
    "gas_concentration": mark("gas in the air"),
    "gas_lel": mark("gas in the air"),
    "carbon_monoxide_concentration": mark("carbon monoxide"),
    "smoke_level": mark("smoke"),
    "light_level": mark("light"),
    "vibration_strength": mark("vibration"),
    "outdoor_temperature": mark("temperature outside"),
    "sound_level": mark("loudness"),
    "particulate_matter_2_5": mark("fine dust"),
    "particulate_matter_10": mark("fine dust"),
    "body_weight": mark("body weight"),
    "systolic_pressure": mark("blood pressure"),
    "diastolic_pressure": mark("blood pressure"),
    "heart_rate": mark("heart rate"),
    "body_temperature": mark("body temperature"),
    "skin_temperature": mark("skin temperature"),
    "oxygen_saturation": mark("oxygen in the blood"),
    "respiratory_rate": mark("breathing rate"),
    "body_water": mark("body water"),
    "muscle_mass": mark("muscle mass"),
    "battery": mark("battery"),
    "battery_low": mark("battery"),
    "voltage": mark("voltage"),
    "link_quality": mark("radio signal"),
    "signal_strength": mark("radio signal"),
    "tamper": mark("tampering"),
    "mains_power": mark("mains power"),
    "charging": mark("charging"),
    "reachable": mark("reachable by radio"),
    "device_temperature": mark("temperature of the device"),
    "haptic_feedback": mark("vibrates when touched"),
}
# What says something about the device rather than about the home: not worth a word to whoever installs it.
_OF_THE_DEVICE = frozenset(
    {"battery", "battery_low", "voltage", "link_quality", "signal_strength", "tamper", "mains_power", "charging",
     "reachable", "device_temperature", "haptic_feedback"}
)  # fmt: skip


def measured(series: Iterable[str], words: Words) -> str:
    """Return what a device measures ("quantity" or "quantity/channel") in words, each once; nothing technical."""
    quantities = [each.partition("/")[0] for each in series]
    told = [words.say(QUANTITIES[each]) for each in quantities if each in QUANTITIES and each not in _OF_THE_DEVICE]
    return ", ".join(dict.fromkeys(told))

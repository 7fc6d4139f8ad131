"""What devices expose and Vicino leaves alone on purpose, each with its reason.

The first kind that fits counts. A property that fits none is unknown: nobody has looked at it yet.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from devices.decoders.zigbee.feature import Feature


class Kind(NamedTuple):
    """A kind of properties that are not mapped, and why."""

    name: str
    reason: str
    fits: Callable[[Feature], bool]


def _named(*patterns: str) -> Callable[[Feature], bool]:
    expression = re.compile("|".join(patterns), re.IGNORECASE)
    return lambda feature: expression.fullmatch(feature.key) is not None


# An endpoint or a phase may follow.
_PART = r"(?:_\w{1,9})?"

_upkeep = _named(
    r"\w+_count",
    r"uptime",
    r"test\w*",
    r"self_test\w*",
    r"fault\w*",
    r"error\w*",
    r"\w+_error",
    r"status",
    r"\w*firmware\w*",
    r"serial_number",
    r"wifi_status",
    r"ip_address",
    r"dhcp_enabled",
    r"lifetime",
    r"life_?cycle",
    r"smoke_unit",
    r"overheat",
    r"battery_(?:voltage|defect|life)",
    r"(?:supervision|restore)_reports",
    r"trouble",
    r"calibrat\w+",
    r"interconnectable",
    r"link_available",
    r"muted",
    r"reported_packages",
    r"\w*powerType",
    r"neutral_presence",
    r"end_?of_?life",
    r"rf_status",
    r"group_id",
    r"countdown\w*",
    r"chamber_contamination",
    r"\w+_countdown",
    r"scan_result",
    r"total_time",
    r"room_(?:status_code|floor_sensor_mode)\w*",
    r"output_status\w*",
    r"abs_(?:min|max)_\w+",
    r"icon\w+",
    r"schedule_\w+",
    r"ac_connected",
    r"device_\w*mode",
    r"deviceBindNumber",
    r"last_(?:un)?lock_source",
    r"\w+_pin_\w+",
)

KINDS: tuple[Kind, ...] = (
    Kind("command", "it is only ever told to the device", lambda feature: not feature.published),
    Kind(
        "setting or actuator",
        "it can be set from outside: a switch, a lamp, a valve, a threshold, an adjustment",
        lambda feature: feature.settable,
    ),
    Kind(
        "schedule or structure",
        "it has parts of its own, as a timetable or a list of codes",
        lambda feature: feature.kind in ("composite", "list"),
    ),
    Kind(
        "operation of a remote control",
        "a button that calls for help is mapped; what other buttons do concerns the light or the blind",
        _named(r"action.*", r"click", r"side", r"angle\w*", r"button_clicks_count\w*"),
    ),
    Kind(
        "state of an actuator",
        "what a lamp, lock, valve, blind or heating does says nothing certain of the person",
        _named(
            r"(?:lock|motor|valve|work|running|charger|relay)_(?:state|status|mode)\w*",
            r"state\w*",
            r"position\w*",
            r"moving\w*",
            r"running\w*",
            r"pi_heating_demand\w*",
            r"pi_cooling_demand",
            r"system_mode\w*",
            r"brightness\w*",
            r"color\w*",
            r"preheat\w*",
            r"setpoint_\w+",
            r"window(?:_open|_state|_detection)?\w*",
            r"open_window\w*",
            r"curtain\w*",
            r"heating\w*",
            r"fan_\w+",
            r"current_fan_rpm",
            r"motor_\w+",
            r"valve_\w+",
            r"heater_power",
            r"\w*compressor_power",
            r"last_received_\w+",
            r"prev_state",
            r"control_sequence_of_operation",
        ),
    ),
    Kind(
        "electrical detail",
        "power and energy tell whether an appliance is used; factors, tariffs and reverse flow do not add to it",
        _named(
            rf"current{_PART}",
            r"current_phase_\w",
            r"ac_frequency\w*",
            rf"power_factor{_PART}",
            r"power_factor_phase_\w",
            r"(?:\w+_)?(?:apparent|reactive)_power\w*",
            r"(?:total_)?power_(?:apparent|reactive)\w*",
            r"active_power_\w+",
            r"\w*energy\w+",
            r"\w+_energy\w*",
            r"mains_voltage",
            r"voltage_\w+",
            r"leakage\w*",
            r"power_alarm\w*",
            r"rms_\w+",
            r"mean_power",
            r"\w*_summ_\w+",
            r"\w*tarif\w*",
            r"pulse_\w+",
            r"total_energy",
        ),
    ),
    Kind(
        "judged by the device",
        "Vicino judges levels itself, against the person's own habits",
        _named(
            r"(?:temperature|humidity|illuminance|moisture|probe_temperature|co2|soil\w*)_(?:alarm|warning|state|alarm_status)\w*",
            r"\w+_warning",
            r"humidity_comfort",
            r"air_quality\w*",
            r"high_\w+",
            r"low_\w+",
            r"illuminance_above_threshold",
        ),
    ),
    Kind(
        "derived or raw figure",
        "it is computed from what is mapped, or is a sensor's raw scale without a meaning outside it",
        _named(
            r"aqi\w*",
            r"eco2",
            r"dew_point",
            r"vpd",
            r"thi",
            r"heat_index",
            r"humidex",
            r"apparent_temperature",
            r"raw_\w+",
            r"\w+_raw",
            r"[xyz]_axis",
            r"occupancy_level",
            r"target_distance\w*",
            r"distance\w*",
            r"dis_current",
            r"\w*_average_\w+",
            r"\w*_maximum_\w+",
            r"(?:min|max)_measured_value",
            r"presence_event",
            r"motion_(?:speed|direction)",
            r"move_direction",
            r"zone_\d_power",
            r"vibration_count",
            r"halo_\w+",
        ),
    ),
    Kind(
        "air chemistry",
        "home care acts on carbon dioxide, gas, carbon monoxide and fine dust; units of the others differ by model",
        _named(r"voc\w*", r"pm1", r"pm4", r"pm_\w+", r"nox\w*", r"formaldehyde?", r"hcho"),
    ),
    Kind(
        "temperature of something else",
        "floors, pipes, tanks and heat exchangers are not the air a person lives in",
        _named(
            r"(?:floor|boiler\w*|dhw|\w*water|\w*heat_exchanger|cable_sensor|ntc\d?|display|boost|external)_temp(?:erature)?\w*",
            r"local_temperature_(?:floor|water|internal)",
            r"internalTemperature",
            r"device_intenal_temperature",
            r"return_water_temperature",
            r"outdoor_temperature",
        ),
    ),
    Kind(
        "garden, water and meters",
        "irrigation, soil, tanks and meters of water lie outside of what is watched",
        _named(
            r"soil_\w+",
            r"moisture",
            r"irrigation\w*",
            r"\w*irrigation_\w+",
            r"water_\w+",
            r"\w+_water\w*",
            r"rain\w*",
            r"flow\w*",
            r"liquid_\w+",
            r"tds",
            r"bar\w*",
            r"psi\w*",
            r"pressure_\w+",
            r"ec",
            r"fertility",
            r"\w*watering\w*",
            r"loop_\w+",
            r"plan_index",
            r"meter_id",
            r"(?:sun|mon|tues|wednes|thurs|fri|satur)day",
        ),
    ),
    Kind(
        "loudness",
        "it takes a microphone, and people were promised that nobody listens",
        _named(r"noise\w*", r"sound_(?:level|pressure)\w*", r"loudness\w*"),
    ),
    Kind(
        "upkeep of the device",
        "counters, versions, tests, faults and networks: the device's own system shows them",
        lambda feature: feature.category == "diagnostic" or _upkeep(feature),
    ),
    Kind("text", "free text is not measured", lambda feature: feature.kind == "text"),
)


def ignored(feature: Feature) -> Kind | None:
    """Return the kind of unmapped properties that `feature` is of; None if it is unknown."""
    return next((kind for kind in KINDS if kind.fits(feature)), None)

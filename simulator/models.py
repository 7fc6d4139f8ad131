"""The device models of simulated homes, as Zigbee2MQTT describes them in `bridge/devices`.

Names, properties and units are those of the real models, so that whatever maps real devices maps these too.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

Expose = Mapping[str, Any]

READ = 1
READ_GET = 5
WRITE = 2
READ_SET = 3
READ_SET_GET = 7


class Model(NamedTuple):
    """One model.

    `check_in_s` is how often a device reports although nothing happened; `hold_s` how long a motion sensor goes
    on saying "occupied" after the last movement. `quantities` are the names of the vocabulary it reports.
    """

    model: str
    vendor: str
    description: str
    model_id: str
    manufacturer: str
    address_prefix: str
    mains: bool
    check_in_s: float
    quantities: tuple[str, ...]
    exposes: tuple[Expose, ...]
    hold_s: int = 0


def _numeric(name: str, label: str, description: str, unit: str, access: int = READ, **more: Any) -> Expose:
    return {
        "name": name, "label": label, "access": access, "type": "numeric", "property": name,
        "description": description, "unit": unit, **more,
    }  # fmt: skip


def _binary(name: str, label: str, description: str, *, on: object = True, off: object = False, **more: Any) -> Expose:
    return {
        "name": name, "label": label, "access": READ, "type": "binary", "property": name, "description": description,
        "value_on": on, "value_off": off, **more,
    }  # fmt: skip


def _enum(name: str, label: str, description: str, values: list[str], access: int = READ, **more: Any) -> Expose:
    return {
        "name": name, "label": label, "access": access, "type": "enum", "property": name, "description": description,
        "values": values, **more,
    }  # fmt: skip


_BATTERY = _numeric(
    "battery", "Battery", "Remaining battery in %, can take up to 24 hours before reported", "%",
    category="diagnostic", value_max=100, value_min=0,
)  # fmt: skip
_VOLTAGE = _numeric("voltage", "Voltage", "Voltage of the battery in millivolts", "mV", category="diagnostic")
_DEVICE_TEMPERATURE = _numeric(
    "device_temperature", "Device temperature", "Temperature of the device", "°C", category="diagnostic"
)
_OCCUPANCY = _binary("occupancy", "Occupancy", "Indicates whether the device detected occupancy")
_BATTERY_LOW = _binary(
    "battery_low", "Battery low", "Indicates whether the battery of the device is almost empty", category="diagnostic"
)
_ILLUMINANCE = _numeric("illuminance", "Illuminance", "Measured illuminance", "lx")
_POWER_OUTAGES: Expose = {
    "name": "power_outage_count", "label": "Power outage count", "access": READ, "type": "numeric",
    "property": "power_outage_count", "description": "Number of power outages", "category": "diagnostic",
}  # fmt: skip
_TRIGGERS: Expose = {
    "name": "trigger_count", "label": "Trigger count", "access": READ, "type": "numeric",
    "property": "trigger_count", "category": "diagnostic",
    "description": "Indicates how many times the sensor was triggered (since last scheduled report)",
}  # fmt: skip
LINK_QUALITY = _numeric(
    "linkquality", "Linkquality", "Link quality (signal strength)", "lqi",
    category="diagnostic", value_max=255, value_min=0,
)  # fmt: skip

MOTION = Model(
    "SNZB-03", "SONOFF", "Motion sensor", "SNZB-03", "eWeLink", "00124b00", mains=False, check_in_s=3600,
    hold_s=60, quantities=("occupancy", "battery", "voltage", "battery_low", "link_quality"),
    exposes=(
        {**_BATTERY, "access": READ_GET, "description": "Remaining battery in %"},
        {**_VOLTAGE, "access": READ_GET, "description": "Reported battery voltage in millivolts"},
        _OCCUPANCY, _BATTERY_LOW,
    ),
)  # fmt: skip
MOTION_AND_LIGHT = Model(
    "RTCGQ11LM", "Aqara", "Motion sensor", "lumi.sensor_motion.aq2", "LUMI", "00158d00", mains=False, check_in_s=3150,
    hold_s=90, quantities=("occupancy", "illuminance", "battery", "voltage", "link_quality"),
    exposes=(_BATTERY, _OCCUPANCY, _DEVICE_TEMPERATURE, _VOLTAGE, _ILLUMINANCE, _POWER_OUTAGES),
)  # fmt: skip
CONTACT = Model(
    "MCCGQ11LM", "Aqara", "Door and window sensor", "lumi.sensor_magnet.aq2", "LUMI", "00158d00", mains=False,
    check_in_s=3150, quantities=("contact", "battery", "voltage", "link_quality"),
    exposes=(
        _BATTERY,
        _binary(
            "contact", "Contact", "Indicates if the contact is closed (= true) or open (= false)",
            on=False, off=True,
        ),
        _DEVICE_TEMPERATURE, _VOLTAGE, _POWER_OUTAGES, _TRIGGERS,
    ),
)  # fmt: skip
CLIMATE = Model(
    "SNZB-02", "SONOFF", "Temperature and humidity sensor", "TH01", "eWeLink", "00124b00", mains=False,
    check_in_s=3600, quantities=("temperature", "humidity", "battery", "voltage", "link_quality"),
    exposes=(
        _BATTERY,
        _numeric("temperature", "Temperature", "Measured temperature value", "°C"),
        _numeric("humidity", "Humidity", "Measured relative humidity", "%"),
        _VOLTAGE,
    ),
)  # fmt: skip
SOS_BUTTON = Model(
    "TS0215A_sos", "Tuya", "SOS button", "TS0215A", "_TZ3000_4fsgukof", "a4c138", mains=False,
    check_in_s=14_400, quantities=("sos_button", "battery", "voltage", "link_quality"),
    exposes=(
        _BATTERY, _VOLTAGE,
        _enum("action", "Action", "Triggered action (e.g. a button click)", ["emergency"], category="diagnostic"),
    ),
)  # fmt: skip
PLUG = Model(
    "TS011F_plug_1", "Tuya", "Smart plug (with power monitoring)", "TS011F", "_TZ3008_tary5dvv", "a4c138", mains=True,
    check_in_s=3600, quantities=("power", "voltage", "energy", "link_quality"),
    exposes=(
        {
            "type": "switch",
            "features": [
                {
                    "name": "state", "label": "State", "access": READ_SET_GET, "type": "binary", "property": "state",
                    "description": "On/off state of the switch", "value_on": "ON", "value_off": "OFF",
                    "value_toggle": "TOGGLE",
                }
            ],
        },
        _numeric(
            "countdown", "Countdown", "Toggle the device after a set duration (one time action)", "s", READ_SET,
            value_max=43_200, value_min=0, value_step=1,
        ),
        _enum(
            "power_outage_memory", "Power outage memory", "Recover state after power outage",
            ["on", "off", "restore"], READ_SET_GET, category="config",
        ),
        _numeric("power", "Power", "Instantaneous measured power", "W"),
        _numeric("current", "Current", "Instantaneous measured electrical current", "A"),
        _numeric("voltage", "Voltage", "Measured electrical potential value", "V"),
        _numeric("energy", "Energy", "Sum of consumed energy", "kWh"),
        _enum("identify", "Identify", "Initiate device identification", ["identify"], WRITE, category="config"),
    ),
)  # fmt: skip
BED_STRAP = Model(
    "TS0601_bed_presence_sensor", "Tuya", "Pressure Sensing Strap/Bed Occupancy Sensor", "TS0601", "_TZE200_seq9cm6u",
    "a4c138", mains=False, check_in_s=3600, quantities=("bed_occupancy", "battery", "link_quality"),
    exposes=(
        _OCCUPANCY, _BATTERY,
        _enum("sensitivity", "Sensitivity", "Sensitivity", ["low", "middle", "high"], READ_SET_GET),
        _enum(
            "work_state", "Work state", "Summary of the state of the device",
            ["presence", "none", "presence_5min", "presence_30min", "none_5min", "none_30min"],
        ),
    ),
)  # fmt: skip
SMOKE_ALARM = Model(
    "HS1SA-E", "Heiman", "Smart smoke alarm", "SmokeSensor-EF-3.0", "HEIMAN", "50325ffe", mains=False, check_in_s=7200,
    quantities=("smoke", "battery_low", "battery", "link_quality"),
    exposes=(
        _binary("smoke", "Smoke", "Indicates whether the device detected smoke"),
        {**_BATTERY_LOW, "description": "Indicates if the battery of this device is almost empty"},
        _BATTERY,
        _binary("test", "Test", "Indicates whether the device is being tested"),
    ),
)  # fmt: skip
LEAK_SENSOR = Model(
    "SJCGQ11LM", "Aqara", "Water leak sensor", "lumi.sensor_wleak.aq1", "LUMI", "00158d00", mains=False,
    check_in_s=3150, quantities=("water_leak", "battery", "voltage", "battery_low", "link_quality"),
    exposes=(
        _BATTERY, _VOLTAGE, _DEVICE_TEMPERATURE, _POWER_OUTAGES, _TRIGGERS,
        _binary("water_leak", "Water leak", "Indicates whether the device detected a water leak"), _BATTERY_LOW,
    ),
)  # fmt: skip

MODELS: tuple[Model, ...] = (
    MOTION, MOTION_AND_LIGHT, CONTACT, CLIMATE, SOS_BUTTON, PLUG, BED_STRAP, SMOKE_ALARM, LEAK_SENSOR,
)  # fmt: skip

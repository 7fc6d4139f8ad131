"""What the components of a Shelly device measure.

Inputs are wires: whether a pull cord, a mat or a lamp's switch is at the end of one, the device does not know, but for
what its installer has named them. Covers and lights are actuators. What the device says of its own network and upkeep
is left out; the rest is handed back.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from devices.decoders.decoded import Measurement
from devices.decoders.payload import flag, number, part, text
from devices.decoders.shelly.message import Components
from devices.decoders.wires import wired

Convert = Callable[[Any], float | None]


class Field(NamedTuple):
    """A quantity in a component's status, at `path` within it; `channel` where the component has several."""

    path: tuple[str, ...]
    quantity: str
    convert: Convert
    channel: str = ""


def _kilowatt_hours(value: Any) -> float | None:
    found = number(value)
    return None if found is None else round(found / 1000, 6)


def _somebody(value: Any) -> float | None:
    found = number(value)
    return None if found is None else float(found > 0)


_METER = (
    Field(("apower",), "power", number),
    Field(("voltage",), "voltage", number),
    Field(("aenergy", "total"), "energy", _kilowatt_hours),
    Field(("temperature", "tC"), "device_temperature", number),
)
_PHASES = tuple(
    Field((f"{phase}_{name}",), quantity, number, f"phase_{phase}")
    for phase in "abc"
    for name, quantity in (("act_power", "power"), ("voltage", "voltage"))
)
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "switch": (Field(("output",), "appliance_on", flag), *_METER),
    "light": _METER, "cover": _METER, "rgb": _METER, "rgbw": _METER, "cct": _METER,
    "pm1": _METER,
    "em1": (Field(("act_power",), "power", number), Field(("voltage",), "voltage", number)),
    "em1data": (Field(("total_act_energy",), "energy", _kilowatt_hours),),
    "em": (Field(("total_act_power",), "power", number), *_PHASES),
    "emdata": (Field(("total_act",), "energy", _kilowatt_hours),),
    "temperature": (Field(("tC",), "temperature", number),),
    "humidity": (Field(("rh",), "humidity", number),),
    "illuminance": (Field(("lux",), "illuminance", number),),
    "smoke": (Field(("alarm",), "smoke", flag),),
    "flood": (Field(("alarm",), "water_leak", flag),),
    "motion": (Field(("motion",), "occupancy", flag),),
    "presence": (Field(("num_objects",), "presence", _somebody),),
    "presencezone": (Field(("state",), "presence", flag),),
    "wifi": (Field(("rssi",), "signal_strength", number),),
}  # fmt: skip
# Not of what happens in the home: the device's own network, upkeep and programs.
UPKEEP = frozenset(
    {
        "sys", "ble", "cloud", "mqtt", "ws", "wifi", "eth", "bthome", "blugw", "script", "matter", "knx", "zigbee",
        "modbus", "ht_ui", "plugs_ui", "plugpm_ui", "plugus_ui", "ui", "service", "web_ui", "serial", "schedule",
        "webhook", "kvs", "camera", "wd_ui", "pm_ui",
    }
)  # fmt: skip
# Of Bluetooth devices that the device hears: see `blu`.
FOREIGN = frozenset({"bthomedevice", "bthomesensor", "blutrv"})
_KNOWN_BY_ITS_NAME = frozenset({"id", "tF", "source", "errors"})
_MOST_OTHERS = 60
# Below this there is no battery in a device that runs on a cable, and 0 % of it is nothing to worry about.
_NO_BATTERY_V = 1.0
# Probes on an add-on are numbered from here, beside those that are built in.
_ADD_ON = 100


def input_names(config: Components) -> dict[str, str]:
    """Return how the inputs in a configuration are named."""
    return {name: text(said.get("name")) for name, said in config.items() if name.startswith("input:")}


def measure(
    status: Components, inputs: Mapping[str, str] | None = None
) -> tuple[tuple[Measurement, ...], dict[str, Any]]:
    """Return what the components measure, and what of them is not mapped. `inputs` are names of inputs."""
    measurements: list[Measurement] = []
    others: dict[str, Any] = {}
    for name, said in status.items():
        kind, _, number_of = name.partition(":")
        if kind in FOREIGN:
            continue
        found = list(_power_supply(said) if kind == "devicepower" else _measured(kind, number_of, said))
        found += _wired(said, (inputs or {}).get(name, ""))
        measurements += [measurement for _, measurement in found]
        read = {path for path, _ in found}
        if kind not in UPKEEP and len(others) < _MOST_OTHERS:
            others |= _rest(name, said, read)
    return _each_once(measurements), dict(list(others.items())[:_MOST_OTHERS])


def _measured(kind: str, number_of: str, said: Mapping[str, Any]) -> Iterator[tuple[str, Measurement]]:
    for field in FIELDS.get(kind, ()):
        holder = part(said, *field.path[:-1]) if len(field.path) > 1 else said
        value = field.convert(holder.get(field.path[-1]))
        if value is not None:
            channel = "_".join(each for each in (field.channel, "" if number_of in ("", "0") else number_of) if each)
            yield field.path[0], Measurement(field.quantity, value, channel)


def pressed(name: str, event: str) -> tuple[Measurement, ...]:
    """Return the call for help in a press at an input of this name, if it is one."""
    called = wired(name) == "sos_button" and event.endswith("_push")
    return (Measurement("sos_button", 1.0),) if called else ()


def _wired(said: Mapping[str, Any], name: str) -> Iterator[tuple[str, Measurement]]:
    quantity, on = wired(name), flag(said.get("state"))
    if quantity and on is not None:
        yield "state", Measurement(quantity, on)


def _power_supply(said: Mapping[str, Any]) -> Iterator[tuple[str, Measurement]]:
    battery, external = part(said, "battery"), part(said, "external").get("present")
    volts, percent = number(battery.get("V")), number(battery.get("percent"))
    if isinstance(external, bool):
        yield "external", Measurement("mains_power", float(external))
    if external is True and (volts or 0.0) < _NO_BATTERY_V:
        yield "battery", Measurement("mains_power", 1.0)
        return
    if percent is not None:
        yield "battery", Measurement("battery", percent)
    if volts is not None:
        yield "battery", Measurement("voltage", volts, "battery")


def _rest(name: str, said: Mapping[str, Any], read: set[str]) -> dict[str, Any]:
    unread = {path: value for path, value in said.items() if path not in read and path not in _KNOWN_BY_ITS_NAME}
    return {f"{name}.{path}": value for path, value in unread.items() if not isinstance(value, dict | list)}


def _each_once(measurements: list[Measurement]) -> tuple[Measurement, ...]:
    found: dict[tuple[str, str], Measurement] = {}
    for measurement in measurements:
        found.setdefault((measurement.quantity, measurement.channel), measurement)
    return tuple(found.values())

"""Zigbee devices by a Tasmota bridge: `ZbReceived`, an object for each device with the attributes it has sent.

Messages call a device by its short address, which changes when it joins again; `ZbInfo` says which IEEE address it has.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from devices.decoders.decoded import Decoded, Measurement
from devices.decoders.payload import flag, number, part, text

_SHORT = re.compile(r"0x[0-9A-Fa-f]{4}")
_IEEE = re.compile(r"0x[0-9A-Fa-f]{16}")
_MOST_DEVICES = 50
# Of the frame and not of what was measured.
_ABOUT = frozenset(
    {"Device", "Name", "Endpoint", "Group", "ModelId", "Manufacturer", "IEEEAddr", "ZoneStatusChangeZone"}
)
_FLAGS: Mapping[str, str] = {
    "Occupancy": "occupancy", "Water": "water_leak", "Fire": "smoke", "CO": "carbon_monoxide", "Gas": "gas",
    "PersonalAlarm": "sos_button", "Panic": "sos_button",
}  # fmt: skip
_NUMBERS: Mapping[str, str] = {
    "Temperature": "temperature", "Humidity": "humidity", "Pressure": "pressure", "Illuminance": "light_level",
    "BatteryPercentage": "battery", "BatteryVoltage": "voltage", "LinkQuality": "link_quality",
    "ActivePower": "power", "RMSVoltage": "voltage",
}  # fmt: skip


class Heard(NamedTuple):
    """A device by its short address, "" if only its name is said, with what it says."""

    short: str
    name: str
    ieee: str
    model: str
    vendor: str
    decoded: Decoded


def decode(found: Mapping[str, Any]) -> Iterator[Heard]:
    """Yield the Zigbee devices that a message of the bridge speaks of."""
    for holder in ("ZbReceived", "ZbInfo"):
        for label, said in list(part(found, holder).items())[:_MOST_DEVICES]:
            if isinstance(said, dict):
                yield _heard(label, said, measured=holder == "ZbReceived")


def _heard(label: str, said: Mapping[str, Any], *, measured: bool) -> Heard:
    short = next((each.lower() for each in (text(said.get("Device")), label) if _SHORT.fullmatch(each)), "")
    ieee = text(said.get("IEEEAddr"))
    measurements, others = _attributes(said) if measured else ((), {})
    return Heard(
        short,
        text(said.get("Name")) or label,
        ieee.lower() if _IEEE.fullmatch(ieee) else "",
        text(said.get("ModelId")),
        text(said.get("Manufacturer")),
        Decoded(measurements, others, None),
    )


def _attributes(said: Mapping[str, Any]) -> tuple[tuple[Measurement, ...], dict[str, Any]]:
    measurements: list[Measurement] = []
    others: dict[str, Any] = {}
    for name, value in said.items():
        quantity, found = _FLAGS.get(name) or _NUMBERS.get(name, ""), None
        if name == "Contact":
            # The alarm bit of its zone: 1 is open.
            opened = flag(value)
            quantity, found = "contact", None if opened is None else 1.0 - opened
        elif quantity:
            found = flag(value) if name in _FLAGS else number(value)
        if found is not None:
            measurements.append(Measurement(quantity, found))
        elif name not in _ABOUT and not re.match(r"[0-9A-F]{4}[<!/]", name):
            others[name] = value
    return tuple(measurements), others

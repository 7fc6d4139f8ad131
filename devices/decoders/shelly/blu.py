"""Bluetooth devices that a Shelly device hears for others: they are devices of their own, called by their address.

Messages speak of them by numbers; what each number is stands in the configuration (`Shelly.GetComponents`).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from devices.decoders.ble.bthome_objects import OBJECTS
from devices.decoders.ble.buttons import calls_for_help
from devices.decoders.decoded import Decoded, Measurement
from devices.decoders.payload import hardware_address, number, text, unix_time
from devices.decoders.shelly.message import Components, Event

_BUTTON, _PACKET, _BATTERY = 0x3A, 0x00, 0x01
_PRESSES = {
    "single_push": "press", "double_push": "double_press", "triple_push": "triple_press", "long_push": "long_press",
    "hold_push": "hold_press",
}  # fmt: skip
_RADIO = (("battery", "battery"), ("rssi", "signal_strength"))
_VALVE = (("current_C", "temperature"),)


class Part(NamedTuple):
    """What a number stands for: a device by its address, or one of its objects (`object` is its BTHome id)."""

    address: str
    name: str = ""
    object: int | None = None
    position: int = 0


def parts(config: Components) -> dict[str, Part]:
    """Return what a configuration says of the numbers."""
    found = {}
    for name, said in config.items():
        kind = name.partition(":")[0]
        address = hardware_address(said.get("addr"))
        if not address:
            continue
        if kind in ("bthomedevice", "blutrv"):
            found[name] = Part(address, text(said.get("name")))
        elif kind == "bthomesensor" and isinstance(said.get("obj_id"), int):
            index = said.get("idx")
            found[name] = Part(address, "", said["obj_id"], index if isinstance(index, int) else 0)
    return found


def measure(name: str, said: Mapping[str, Any], known: Mapping[str, Part]) -> Decoded | None:
    """Return what a component of a Bluetooth device says; None if nothing explains its number."""
    what = known.get(name)
    if what is None:
        return None
    at = unix_time(said.get("last_updated_ts"))
    if what.object is None:
        fields = (*_RADIO, *(_VALVE if name.startswith("blutrv") else ()))
        values = ((quantity, number(said.get(field))) for field, quantity in fields)
        return Decoded(tuple(Measurement(quantity, value) for quantity, value in values if value is not None), {}, at)
    return _object(what, said.get("value"), at)


def pressed(event: Event, known: Mapping[str, Part]) -> tuple[Measurement, ...]:
    """Return the call for help in an event of a Bluetooth device, if it is one."""
    what = known.get(event.component)
    siblings = [each.object for each in known.values() if what and each.address == what.address and each.object]
    alone = not event.button and siblings.count(_BUTTON) <= 1 and set(siblings) <= {_BUTTON, _PACKET, _BATTERY}
    press = _PRESSES.get(event.event, event.event)
    called = calls_for_help(press, what.name.partition(" [")[0] if what else "", alone=alone)
    return (Measurement("sos_button", 1.0),) if called else ()


def _object(what: Part, value: Any, at: Any) -> Decoded:
    meant = OBJECTS.get(what.object) if what.object is not None else None
    found = float(value) if isinstance(value, bool) else number(value)
    converted = None
    if meant is not None and meant.quantity and found is not None:
        converted = meant.convert(found) if meant.convert else found
    if meant is None or converted is None:
        label = meant.name if meant else f"object_{what.object}"
        return Decoded((), {} if what.object in (_BUTTON, _PACKET) else {label: value}, at)
    channel = str(what.position + 1) if what.position else ""
    return Decoded((Measurement(meant.quantity, converted, channel),), {}, at)

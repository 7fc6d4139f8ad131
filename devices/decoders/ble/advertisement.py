"""One message of a BLE gateway (Theengs Gateway, OpenMQTTGateway, Shelly, ESPHome): one advertisement, heard once.

The gateway has decoded it, or hands on its service data, which are read here if they are BTHome.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from core.vocabulary import BY_NAME, Retention
from devices.decoders.ble import bthome
from devices.decoders.ble.buttons import pressed
from devices.decoders.ble.properties import (
    ABOUT,
    BODY_TYPES,
    BUTTONS,
    FAHRENHEIT,
    PERSONAL_TYPES,
    PRESSES,
    PROPERTIES,
    WEIGHT_UNITS,
    Property,
)
from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.meaning import as_meant
from devices.decoders.payload import hardware_address, number, read_object, text
from devices.decoders.units import person_kg

_RANDOM_ADDRESS = 1
_MOST_OTHERS = 50
# Somebody steps on a scale or puts on a cuff; a wristband measures all day.
_MEASURED_ONCE = frozenset({"body_weight", "systolic_pressure", "body_temperature"})


class Advertisement(NamedTuple):
    """What was heard of one device. `identity` is the same when the same report is heard again, "" if unknown."""

    address: str
    name: str
    vendor: str
    model: str
    measurements: tuple[Measurement, ...]
    others: Mapping[str, Any]
    identity: str


def decode(payload: bytes, keys: Mapping[str, bytes], address: str = "") -> Advertisement | Refusal:
    """Return what a message says, or why it cannot be used. `address` counts where the message names none."""
    found = read_object(payload)
    if isinstance(found, Refusal):
        return found
    said = (hardware_address(found.get(name)) for name in ("mac", "id", "address", "addr"))
    address = next((each for each in said if each), hardware_address(address))
    if not address:
        return Refusal("shape", "The message does not say which device it has heard.")
    return _not_ours(found) or _read(found, address, keys)


def _not_ours(found: Mapping[str, Any]) -> Refusal | None:
    kind = text(found.get("type"))
    if kind in PERSONAL_TYPES:
        return Refusal(PERSONAL_TYPES[kind].replace(" ", "_"), f"Devices of the type {kind} are not listened to.")
    if found.get("mac_type") == _RANDOM_ADDRESS and not found.get("model_id") and not _service_data(found):
        return Refusal("personal", "The device changes its address and says nothing that can be read.")
    return None


def _read(found: Mapping[str, Any], address: str, keys: Mapping[str, bytes]) -> Advertisement | Refusal:
    model = text(found.get("model_id"))
    heard = Advertisement(
        address, text(found.get("name")) or text(found.get("model")), text(found.get("brand")), model, (), {}, ""
    )
    data = _service_data(found)
    if data is not None:
        return _with_service_data(heard, data, found, keys)
    if text(found.get("cipher")):
        return Refusal("encrypted", "The message is encrypted: give the device's key to the gateway that heard it.")
    measurements = as_meant(_measurements(found), model)
    called, actions = pressed(_presses(found), model, measurements)
    # What was called for help comes once: with the press, not with what else the message says.
    measurements = (*called, *measurements)
    others = {**_others(found), **actions}
    if not model and {each.quantity for each in measurements} <= {"signal_strength"}:
        # Somebody's headphones, perhaps: shown as found, but no series of a home.
        return heard._replace(others={**others, "rssi": found.get("rssi")})
    return heard._replace(measurements=measurements, others=others, identity=_identity(found, measurements))


def _service_data(found: Mapping[str, Any]) -> bytes | None:
    """Return the BTHome service data of a message, None if it has none."""
    by_uuid = found.get("service_data")
    pairs = list(by_uuid.items()) if isinstance(by_uuid, Mapping) else []
    pairs.append((found.get("servicedatauuid"), found.get("servicedata")))
    for uuid, data in pairs:
        if _short_uuid(uuid) == bthome.UUID:
            try:
                return bytes.fromhex(text(data))
            except ValueError:
                return b""
    return None


def _short_uuid(value: Any) -> str:
    said = text(value).lower().removeprefix("0x")
    return said[4:8] if len(said) > len(bthome.UUID) else said


def _with_service_data(
    heard: Advertisement, data: bytes, found: Mapping[str, Any], keys: Mapping[str, bytes]
) -> Advertisement | Refusal:
    read = bthome.decode(data, heard.address, keys.get(heard.address), heard.model or heard.name)
    if isinstance(read, Refusal):
        return read
    radio = _measurements({"rssi": found.get("rssi")})
    return heard._replace(
        vendor=heard.vendor or "BTHome",
        model=heard.model or heard.name,
        measurements=(*read.measurements, *radio),
        others=read.others,
        identity=read.identity,
    )


def _measurements(found: Mapping[str, Any]) -> tuple[Measurement, ...]:
    measured = [each for name, value in found.items() for each in _measured(name, value, found)]
    weight = _weight(found)
    return (*measured, *([] if weight is None else [Measurement("body_weight", weight)]))


def _measured(name: str, value: Any, found: Mapping[str, Any]) -> Iterator[Measurement]:
    meant = PROPERTIES.get(name)
    if meant is None and name in FAHRENHEIT and FAHRENHEIT[name][0] not in found:
        meant = FAHRENHEIT[name][1]
    converted = None if meant is None else meant.convert(value)
    if meant is not None and converted is not None:
        yield Measurement(BY_NAME[_of_the_body(meant, found)].name, converted, meant.channel)


def _of_the_body(meant: Property, found: Mapping[str, Any]) -> str:
    on_a_body = text(found.get("type")) in BODY_TYPES and meant.quantity == "temperature" and not meant.channel
    return "body_temperature" if on_a_body else meant.quantity


def _weight(found: Mapping[str, Any]) -> float | None:
    """Return a person's weight in kg. A scale that tells persons from objects says which; else its weight decides."""
    said, factor = number(found.get("weight")), WEIGHT_UNITS.get(text(found.get("unit")).lower())
    if said is None or factor is None or found.get("weighing_mode", "person") != "person":
        return None
    return person_kg(round(said * factor, 3))


def _presses(found: Mapping[str, Any]) -> list[str]:
    present = [found[name] for name in BUTTONS if name in found]
    return [
        PRESSES.get(value, f"press_{value}" if value else "") if isinstance(value, int) else "" for value in present
    ]


def _others(found: Mapping[str, Any]) -> dict[str, Any]:
    read = {name for name, value in found.items() for _ in _measured(name, value, found)}
    if _weight(found) is not None:
        read.add("weight")
    unread = [name for name in found if name not in ABOUT and name not in read and name not in BUTTONS]
    return {name: found[name] for name in unread[:_MOST_OTHERS] if name not in FAHRENHEIT}


def _identity(found: Mapping[str, Any], measurements: tuple[Measurement, ...]) -> str:
    """Name a report by its packet, or what is measured once by its values: a scale says them over and over."""
    packet = found.get("packet")
    if isinstance(packet, int):
        return f"packet {packet}"
    if not any(each.quantity in _MEASURED_ONCE for each in measurements):
        return ""
    vital = [each for each in measurements if BY_NAME[each.quantity].retention is Retention.VITAL]
    return " ".join(f"{each.quantity}={each.value:g}" for each in vital)

"""Zigbee2MQTT: one state message of a device to measurements, and what `bridge/devices` says that devices expose.

Only what is certain becomes a measurement. Everything else in a message is handed back as it was, in `others`:
properties that are not mapped, empty values, and values of a kind that the mapped quantity cannot have.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from devices.decoders.decoded import Decoded, Measurement, Refusal
from devices.decoders.payload import read_json, text
from devices.decoders.zigbee.mapping import Exposed, exposed, undeclared

MAXIMUM_STATE_BYTES = 64 * 1024
MAXIMUM_DEVICES_BYTES = 16 * 1024 * 1024
_ONLINE = {"online": True, "offline": False}
_FIRST_INSTANT, _LAST_INSTANT = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Discovered(NamedTuple):
    """A device of the bridge; `exposes` are its properties that are mapped, `others` those that are not."""

    address: str
    friendly_name: str
    vendor: str
    model: str
    description: str
    battery_powered: bool
    exposes: tuple[Exposed, ...]
    others: tuple[str, ...]


class Devices(NamedTuple):
    """The devices of a bridge, and how many entries of its list are no usable devices."""

    devices: tuple[Discovered, ...]
    unusable: int


def decode_state(payload: bytes, device: Discovered | None = None) -> Decoded | Refusal:
    """Return the measurements in the state message of one device, or why it cannot be used.

    What `device` declares decides. Of a property that it does not declare the name decides, and the magnitude where
    a unit is missing.
    """
    found = read_json(payload, MAXIMUM_STATE_BYTES)
    if isinstance(found, Refusal):
        return found
    if not isinstance(found, dict):
        return Refusal("shape", "The message is not a JSON object.")
    at = _instant(found.get("last_seen"))
    declared = {each.key: each for each in device.exposes} if device else {}
    unread = set(device.others) if device else set()
    model = device.model if device else ""
    if "illuminance_lux" in found:
        unread.add("illuminance")  # older versions: the raw value beside the one in lux
    measurements: dict[tuple[str, str], Measurement] = {}
    others: dict[str, Any] = {}
    # What is declared comes first: it has the better right to a series.
    for name, value in sorted(found.items(), key=lambda item: item[0] not in declared):
        if name == "last_seen" and at is not None:
            continue
        measurement = None if name in unread else _measurement(name, value, declared.get(name), model)
        if measurement is None or (measurement.quantity, measurement.channel) in measurements:
            others[name] = value
        else:
            measurements[measurement.quantity, measurement.channel] = measurement
    return Decoded(tuple(measurements.values()), others, at)


def decode_devices(payload: bytes) -> Devices | Refusal:
    """Return the devices of a `bridge/devices` message without the coordinator, or why it cannot be used."""
    found = read_json(payload, MAXIMUM_DEVICES_BYTES)
    if isinstance(found, Refusal):
        return found
    if not isinstance(found, list):
        return Refusal("shape", "The message is not a JSON array.")
    entries = [entry for entry in found if not (isinstance(entry, dict) and entry.get("type") == "Coordinator")]
    devices = [device for entry in entries if (device := _discovered(entry)) is not None]
    return Devices(tuple(devices), len(entries) - len(devices))


def decode_groups(payload: bytes) -> tuple[str, ...] | Refusal:
    """Return the names of the groups of a `bridge/groups` message, or why it cannot be used."""
    found = read_json(payload, MAXIMUM_DEVICES_BYTES)
    if isinstance(found, Refusal):
        return found
    if not isinstance(found, list):
        return Refusal("shape", "The message is not a JSON array.")
    return tuple(text(entry.get("friendly_name")) for entry in found if isinstance(entry, dict))


def decode_online(payload: bytes) -> bool | None:
    """Return whether a device or the bridge is online, as JSON or as a plain word; None if the message says neither."""
    found: object = payload.strip().decode(errors="replace")
    if payload.strip()[:1] in (b"{", b'"'):
        found = read_json(payload, MAXIMUM_STATE_BYTES)
    if isinstance(found, dict):
        found = found.get("state")
    return _ONLINE.get(found) if isinstance(found, str) else None


def _measurement(name: str, value: Any, declared: Exposed | None, model: str) -> Measurement | None:
    meant = declared or undeclared(name, value, model)
    number = None if meant is None else meant.read(value)
    return None if meant is None or number is None else Measurement(meant.quantity, number, meant.channel)


def _instant(said: Any) -> datetime | None:
    """Return the instant that `last_seen` says: ISO 8601 with an offset, or milliseconds since 1970."""
    try:
        if isinstance(said, str):
            instant = datetime.fromisoformat(said)
        elif isinstance(said, int | float) and not isinstance(said, bool):
            instant = datetime.fromtimestamp(said / 1000, UTC)
        else:
            return None
        if instant.tzinfo is None:
            return None
        instant = instant.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return instant if _FIRST_INSTANT <= instant < _LAST_INSTANT else None


def _discovered(entry: object) -> Discovered | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("ieee_address"), str):
        return None
    definition = entry.get("definition")
    definition = definition if isinstance(definition, dict) else {}
    model = text(definition.get("model")) or text(entry.get("model_id"))
    mapped, others = exposed(definition.get("exposes"), model)
    return Discovered(
        address=entry["ieee_address"],
        friendly_name=text(entry.get("friendly_name")) or entry["ieee_address"],
        vendor=text(definition.get("vendor")) or text(entry.get("manufacturer")),
        model=model,
        description=text(definition.get("description")),
        battery_powered=entry.get("power_source") == "Battery",
        exposes=mapped,
        others=tuple(feature.key for feature in others),
    )

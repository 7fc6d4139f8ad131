"""ChirpStack v4: the events of its MQTT integration, in JSON.

The JSON is made from Protocol Buffers: what is zero, false or empty is left out. Fields follow ChirpStack's
`api/proto/integration/integration.proto`.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.lorawan.report import (
    MAXIMUM_BYTES,
    Device,
    Frame,
    Report,
    device_key,
    instant,
    number,
    radio,
    whole,
)
from devices.decoders.payload import part, read_object, text

EVENTS = ("up", "join", "status", "ack", "txack", "log", "location", "integration")
# Tags by which an operator of the server may say what a device is; values of others are not looked at.
_MODEL_TAGS = ("model", "model_id", "codec")
# Of events that measure nothing, what helps to find out why a device is silent. No coordinates: they are a person's.
_NOTED = {
    "join": ("devAddr",),
    "ack": ("acknowledged", "fCntDown"),
    "txack": ("fCntDown", "gatewayId"),
    "log": ("level", "code", "description"),
    "location": (),
    "integration": ("integrationName", "eventType"),
}


def decode_event(kind: str, payload: bytes) -> Report | Refusal:
    """Return what an event of `kind` (the last level of its topic) says, or why it cannot be used."""
    if kind not in EVENTS:
        return Refusal("event", f"ChirpStack has no event of the kind {kind[:20]!r}.")
    found = read_object(payload, MAXIMUM_BYTES)
    if isinstance(found, Refusal):
        return found
    device = _device(part(found, "deviceInfo"))
    if device is None:
        return Refusal("shape", "The event does not say which device it is about.")
    report = Report(device, instant(found.get("time")), text(found.get("deduplicationId")))
    if kind == "up":
        return _up(report, found)
    if kind == "status":
        return report._replace(measurements=_battery(found), others=_status(found))
    noted = {name: found[name] for name in _NOTED[kind] if name in found}
    return report._replace(others={f"{kind}.{name}": value for name, value in noted.items()} or {kind: True})


def _device(info: Mapping[str, Any]) -> Device | None:
    key = device_key(info.get("devEui"))
    if not key:
        return None
    tags = part(info, "tags")
    named = (*(text(tags.get(tag)) for tag in _MODEL_TAGS), text(info.get("deviceProfileName")))
    return Device(key, text(info.get("deviceName")) or key, tuple(model for model in named if model))


def _up(report: Report, found: Mapping[str, Any]) -> Report | Refusal:
    try:
        payload = base64.b64decode(text(found.get("data")), validate=True)
    except (binascii.Error, ValueError):
        return Refusal("shape", "The uplink's data are not base64.")
    decoded = found.get("object")
    frame = Frame(
        # The address is given anew whenever the device joins.
        session=text(found.get("devAddr")),
        counter=whole(found.get("fCnt")),
        port=whole(found.get("fPort")),
        payload=payload,
        decoded=decoded if isinstance(decoded, dict) and decoded else None,
    )
    spreading_factor = whole(part(found, "txInfo", "modulation", "lora").get("spreadingFactor"))
    return report._replace(measurements=radio(found.get("rxInfo"), spreading_factor), frame=frame)


def _battery(found: Mapping[str, Any]) -> tuple[Measurement, ...]:
    """Return the battery. A level that is missing is 0, unless the device has none or cannot tell."""
    if found.get("externalPowerSource") or found.get("batteryLevelUnavailable"):
        return ()
    level = number(found.get("batteryLevel", 0.0))
    return () if level is None else (Measurement("battery", level),)


def _status(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the rest of a status: how far the device hears above the noise (dB), and whether mains feed it."""
    return {
        "status.margin": found.get("margin", 0),
        "status.externalPowerSource": found.get("externalPowerSource", False),
        "status.batteryLevelUnavailable": found.get("batteryLevelUnavailable", False),
    }

"""The Things Stack v3: what its MQTT server publishes of an application, in JSON.

What is zero, false or empty is left out of the message, but not of `decoded_payload`: there a value that is missing
was not sent. Fields follow The Things Stack's data formats for application messages.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.lorawan.report import (
    MAXIMUM_BYTES,
    Device,
    Earlier,
    Frame,
    Report,
    device_key,
    instant,
    number,
    radio,
    whole,
)
from devices.decoders.payload import part, read_object, text

# Messages that tell why a device is silent, with what of them is worth keeping.
_NOTED = {"join_accept": "join", "downlink_failed": "downlink_failed", "downlink_ack": "downlink_ack"}


def decode_message(payload: bytes) -> Report | Refusal:
    """Return what a message of the application says, or why it cannot be used."""
    found = read_object(payload, MAXIMUM_BYTES)
    if isinstance(found, Refusal):
        return found
    uplink = part(found, "uplink_message")
    device = _device(part(found, "end_device_ids"), part(uplink, "version_ids"))
    if device is None:
        return Refusal("shape", "The message does not say which device it is about.")
    heard = instant(uplink.get("received_at")) or instant(found.get("received_at"))
    report = Report(device, heard, "")
    if "uplink_message" in found:
        return Refusal("simulated", "The uplink is a simulated one.") if found.get("simulated") else _up(report, uplink)
    noted = {note: True for name, note in _NOTED.items() if name in found}
    return report._replace(others=noted) if noted else Refusal("event", "The message is of a kind that says nothing.")


def _device(ids: Mapping[str, Any], versions: Mapping[str, Any]) -> Device | None:
    name = text(ids.get("device_id"))
    # Devices activated by personalisation in LoRaWAN 1.0 may have no EUI; then the name is all there is.
    key = device_key(ids.get("dev_eui")) or device_key(name)
    if not key:
        return None
    vendor, model = text(versions.get("brand_id")), text(versions.get("model_id"))
    return Device(key, name or key, (model,) if model else (), vendor)


def _up(report: Report, uplink: Mapping[str, Any]) -> Report | Refusal:
    try:
        payload = base64.b64decode(text(uplink.get("frm_payload")), validate=True)
    except (binascii.Error, ValueError):
        return Refusal("shape", "The uplink's payload is not base64.")
    decoded, normalized = uplink.get("decoded_payload"), uplink.get("normalized_payload")
    frame = Frame(
        session=text(uplink.get("session_key_id")),
        counter=whole(uplink.get("f_cnt")),
        port=whole(uplink.get("f_port")),
        payload=payload,
        decoded=decoded if isinstance(decoded, dict) and decoded else None,
        normalized=_objects(normalized),
    )
    spreading_factor = whole(part(uplink, "settings", "data_rate", "lora").get("spreading_factor"))
    return report._replace(
        identity=f"{report.device.key} {frame.session} {frame.counter}" if frame.session else "",
        measurements=radio(uplink.get("rx_metadata"), spreading_factor),
        frame=frame,
        earlier=_battery(part(uplink, "last_battery_percentage")),
    )


def _objects(found: Any) -> tuple[Mapping[str, Any], ...]:
    each = found if isinstance(found, list) else [found]
    return tuple(one for one in each if isinstance(one, dict))


def _battery(last: Mapping[str, Any]) -> tuple[Earlier, ...]:
    """Return the battery that the device told its server, repeated with each uplink since, at the time of its own.

    Without `value` the device could not tell: an empty battery is told as a value.
    """
    level, at = number(last.get("value")), instant(last.get("received_at"))
    return () if level is None or at is None else (Earlier(at, (Measurement("battery", level),)),)

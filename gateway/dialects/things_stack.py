"""The Things Stack v3: `v3/{application}@{tenant}/devices/{device}/{kind}`, in open source `v3/{application}/...`."""

from collections.abc import Callable

import msgspec

from devices.decoders.decoded import Refusal
from devices.decoders.lorawan.report import Report
from devices.decoders.lorawan.things_stack import decode_message
from gateway.dialects.lorawan import Lorawan, PayloadDecoder

NAME = "things_stack"
_KINDS = ("up", "join")


def things_stack(application: str, decode: PayloadDecoder, mine: Callable[[str], bool] = lambda _: True) -> Lorawan:
    """Return the dialect of one application, as the server calls it for MQTT ("app@tenant"); "+" stands for all."""
    subscriptions = tuple(f"v3/{application}/devices/+/{kind}" for kind in _KINDS)
    return Lorawan(NAME, subscriptions, _understand, decode, mine=mine)


class _Ids(msgspec.Struct):
    device_id: str = ""
    dev_eui: str = ""


class _Envelope(msgspec.Struct):
    end_device_ids: _Ids = msgspec.field(default_factory=_Ids)


def device_of(topic: str, payload: bytes) -> str | None:  # noqa: ARG001 - the topic has the device's name, not its EUI
    """Return the key of the device that a message is about, None if it is about none."""
    try:
        ids = msgspec.json.decode(payload, type=_Envelope).end_device_ids
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return ids.dev_eui.lower() or ids.device_id.lower() or None


def _understand(topic: str, payload: bytes) -> Report | Refusal | None:
    return decode_message(payload) if topic.startswith("v3/") else None

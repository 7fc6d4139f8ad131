"""How a Tasmota device presents itself, retained, on `tasmota/discovery/{MAC}/config`.

Keys are those of the firmware (since 9.2): `t` its topic, `ft` how topics are built, `tp` the prefixes of commands,
status and telemetry, `onln` and `ofln` its words for being there, `md` its model, `dn` and `fn` its names, `swn` names
of its switches, `dslp` how long it sleeps.
"""

from typing import NamedTuple

from devices.decoders.decoded import Refusal
from devices.decoders.payload import hardware_address, number, read_object, text

_STATUS, _TELEMETRY = 1, 2


class Device(NamedTuple):
    """A device. `telemetry` and `status` are where its messages begin, with a slash at the end."""

    key: str
    name: str
    model: str
    telemetry: str
    status: str
    online: str
    offline: str
    sleeps: bool


def decode(payload: bytes) -> Device | Refusal:
    """Return what a device says of itself, or why it cannot be used."""
    found = read_object(payload)
    if isinstance(found, Refusal):
        return found
    key, topic, full = hardware_address(found.get("mac")), text(found.get("t")), text(found.get("ft"))
    prefixes = found.get("tp")
    if not key or not topic or "%topic%" not in full or "%prefix%" not in full:
        return Refusal("shape", "The message does not say which device it is and where it speaks.")
    if not isinstance(prefixes, list) or len(prefixes) <= _TELEMETRY:
        return Refusal("shape", "The message names no prefixes of topics.")
    return Device(
        key,
        text(found.get("dn")) or topic,
        text(found.get("md")),
        _built(full, text(prefixes[_TELEMETRY]), topic),
        _built(full, text(prefixes[_STATUS]), topic),
        text(found.get("onln")) or "Online",
        text(found.get("ofln")) or "Offline",
        bool(number(found.get("dslp"))),
    )


def _built(full: str, prefix: str, topic: str) -> str:
    return full.replace("%prefix%", prefix).replace("%topic%", topic).rstrip("/") + "/"

"""Which decoder reads the payloads of which model, and how a model is found in what a network server calls it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from devices.decoders.decoded import Refusal
from devices.decoders.lorawan.payloads import browan, cayenne, dragino, elsys, milesight, yobiiq
from devices.decoders.lorawan.payloads.reading import Decode, PayloadError
from devices.models import find

# LoRaWAN gives devices ports up to here; 0 is the network's own.
LAST_PORT = 223

_ELSYS = (
    "ers",
    "ers-lite",
    "ers-co2",
    "ers-eye",
    "ers-sound",
    "ers2",
    "ers-desk",
    "ems",
    "ems-lite",
    "ems-door",
    "els",
)
_CAYENNE = ("cayenne", "cayenne-lpp", "rak-standard", "lpp")

DECODERS: Mapping[str, Decode] = {
    **milesight.DECODERS,
    **dict.fromkeys((*_ELSYS, "elsys"), elsys.decode),
    **dict.fromkeys(_CAYENNE, cayenne.decode),
    **dict.fromkeys(("lht65", "lht65n", "lht65s"), dragino.lht65),
    "lht52": dragino.lht52,
    **dict.fromkeys(("lds02", "lwl02", "lds02-lwl02"), dragino.door_or_leak),
    "tbms100": browan.tbms100,
    "tbdw100": browan.tbdw100,
    "tbwl100": browan.tbwl100,
    "tbhh100": browan.tbhh100,
    "tbpb100": browan.tbpb100,
    "sd-1001": yobiiq.sd1001,
}

_PARTS = re.compile(r"[a-z0-9]+")
_MOST_PARTS = 4
_LONGEST = 200


def _candidates(said: str) -> list[str]:
    """Return what model a text may name, the most exact first: "Milesight EM300-TH EU" gives also "em300th"."""
    parts = _PARTS.findall(said.lower()[:_LONGEST])
    return [
        "".join(parts[start : start + length])
        for length in range(min(_MOST_PARTS, len(parts)), 0, -1)
        for start in range(len(parts) - length + 1)
    ]


def known(models: Iterable[str], among: Iterable[str]) -> str | None:
    """Return the first of `models`, texts that may name one, that is `among` the known; None if none is."""
    names = {"".join(_PARTS.findall(name.lower())): name for name in among}
    return next((names[each] for said in models for each in _candidates(said) if each in names), None)


def catalogued(models: Iterable[str]) -> str:
    """Return the first model that the catalogue describes of those that texts may name; "" if none is."""
    named = (each for said in models for each in _candidates(said))
    return next((each for each in named if (found := find(each)) and found.protocol == "lorawan"), "")


def decode_payload(models: Iterable[str], port: int, payload: bytes) -> Mapping[str, Any] | Refusal:
    """Return the named values in the bytes of a device whose model one of the texts names, or why there are none."""
    model = known(models, DECODERS)
    if model is None:
        return Refusal("codec", "Nothing here knows what the bytes of this model mean.")
    try:
        return DECODERS[model](port, payload)
    except PayloadError as error:
        return Refusal("payload", str(error))

"""Bluetooth devices by receivers that publish what they hear: Theengs Gateway, OpenMQTTGateway and their like.

Topics are `{base}/{receiver}/BTtoMQTT/{address}`; a receiver says of itself at `{base}/{receiver}/LWT` whether it is
there. Several receivers hear the same device: it is one device, called by its address, and how well it is heard is
how well the receiver hears it that does so best.
"""

import re
from collections.abc import Mapping, Sequence

from core.messages import FoundDevice
from devices.decoders.ble import advertisement
from devices.decoders.ble.advertisement import Advertisement
from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.payload import hardware_address, plain_text
from gateway.dialects.dialect import Said
from gateway.dialects.roster import Roster

_ONLINE = {"online": 1.0, "offline": 0.0}
_MOST_HEARD = 1_000
_MOST_RECEIVERS = 16
_STRENGTH = "signal_strength"
_NOT_IN_A_KEY = re.compile(r"[^a-z0-9._-]+")


class Ble:
    """All receivers whose topics begin with `base`. `keys` are those of devices that encrypt, by address."""

    name = "ble"

    def __init__(self, base: str, keys: Mapping[str, bytes] | None = None) -> None:
        self._prefix = f"{base}/"
        self._keys = keys or {}
        self._roster = Roster()
        self._strengths: dict[str, dict[str, float]] = {}

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """What receivers hear, and whether they are there."""
        return (f"{self._prefix}+/BTtoMQTT/#", f"{self._prefix}+/LWT")

    def is_note(self, topic: str) -> bool:  # noqa: ARG002 - no message is needed to understand another
        """Tell that each advertisement explains itself."""
        return False

    def read(self, topic: str, payload: bytes) -> Sequence[Said | Refusal]:
        """Return what a receiver has heard, or whether it is there."""
        if not topic.startswith(self._prefix) or not payload:
            return ()
        receiver, _, rest = topic.removeprefix(self._prefix).partition("/")
        if rest == "LWT":
            return self._receiver(receiver, payload)
        heard = advertisement.decode(payload, self._keys, rest.rpartition("/")[2])
        if isinstance(heard, Refusal):
            return (heard,)
        self._roster.note(FoundDevice(key=heard.address, name=heard.name, vendor=heard.vendor, model=heard.model))
        return (
            Said(heard.address, self._with_best_strength(receiver, heard), None, heard.others, heard.identity),
        )  # fmt: skip

    def devices(self) -> Sequence[FoundDevice]:
        """Return the devices that were heard, and the receivers."""
        return self._roster.found()

    def _receiver(self, receiver: str, payload: bytes) -> Sequence[Said | Refusal]:
        online = _ONLINE.get(plain_text(payload))
        if online is None:
            return (Refusal("shape", "The receiver is neither online nor offline."),)
        if not online:
            for heard in self._strengths.values():
                heard.pop(receiver, None)
        key = receiver_key(receiver)
        self._roster.note(FoundDevice(key=key, name=receiver, description="BLE receiver"))
        return (Said(key, (Measurement("reachable", online),)),)

    def _with_best_strength(self, receiver: str, heard: Advertisement) -> tuple[Measurement, ...]:
        """Return the measurements, with the best of the latest strengths that each receiver told of the device."""
        said = next((each.value for each in heard.measurements if each.quantity == _STRENGTH), None)
        if said is None:
            return heard.measurements
        strengths = self._strengths.pop(heard.address, {})
        strengths.pop(receiver, None)
        strengths[receiver] = said
        if len(strengths) > _MOST_RECEIVERS:
            del strengths[next(iter(strengths))]
        self._strengths[heard.address] = strengths
        if len(self._strengths) > _MOST_HEARD:
            del self._strengths[next(iter(self._strengths))]
        best = Measurement(_STRENGTH, max(strengths.values()))
        return (*(each for each in heard.measurements if each.quantity != _STRENGTH), best)


def receiver_key(receiver: str) -> str:
    """Return a receiver's key in the names of its series."""
    return _NOT_IN_A_KEY.sub("-", receiver.lower()).strip("-") or "receiver"


def read_keys(text: str) -> dict[str, bytes]:
    """Return the keys of devices that encrypt: lines of an address and a key in hexadecimal; `#` begins a remark.

    Raises `ValueError` with the number of a line that is none.
    """
    keys: dict[str, bytes] = {}
    for position, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        address = hardware_address(words[0])
        if len(words) != 2 or not address or not re.fullmatch(r"[0-9a-fA-F]{32}", words[1]):  # noqa: PLR2004 - two words
            raise ValueError(f"line {position} is no address with a key of 32 hexadecimal digits")
        keys[address] = bytes.fromhex(words[1])
    return keys

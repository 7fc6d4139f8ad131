"""BTHome v2: the service data of an advertisement (UUID FCD2), byte by byte.

Encrypted ones (AES-CCM, 4 bytes of tag, 16 bytes of key) are read if the device's key is known and the package
`cryptography` is there. The counter of an encrypted advertisement only grows; one heard before is a repetition, or
was recorded by somebody: both are left to whoever remembers what was heard, by `identity`.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

from devices.decoders.ble.bthome_objects import BUTTON, OBJECTS, PACKET, PRESSES, SAID_LENGTH, Object
from devices.decoders.ble.buttons import pressed
from devices.decoders.decoded import Measurement, Refusal

UUID = "fcd2"
_ENCRYPTED, _VERSION_SHIFT, _VERSION = 0x01, 5, 2
_COUNTER_BYTES, _TAG_BYTES, KEY_BYTES = 4, 4, 16
_MOST_BYTES = 255


class Advertised(NamedTuple):
    """What an advertisement says. `identity` is the same when it is heard again, "" if it does not tell."""

    measurements: tuple[Measurement, ...]
    others: dict[str, Any]
    identity: str


class _Found(NamedTuple):
    id: int
    object: Object
    raw: bytes

    @property
    def value(self) -> float:
        return round(int.from_bytes(self.raw, "little", signed=self.object.signed) * self.object.factor, 6)


def decode(data: bytes, address: str = "", key: bytes | None = None, model: str = "") -> Advertised | Refusal:
    """Return what service data say, or why they cannot be used. `address` is the device's, 12 hexadecimal digits."""
    if not data or len(data) > _MOST_BYTES:
        return Refusal("length", f"{len(data)} bytes are no BTHome service data.")
    info, body = data[0], data[1:]
    if info >> _VERSION_SHIFT != _VERSION:
        return Refusal("version", f"The service data are of BTHome version {info >> _VERSION_SHIFT}; 2 is known.")
    counter = ""
    if info & _ENCRYPTED:
        opened = _decrypt(data, address, key)
        if isinstance(opened, Refusal):
            return opened
        counter, body = data[-_COUNTER_BYTES - _TAG_BYTES : -_TAG_BYTES].hex(), opened
    return _read(body, counter, model)


def _read(body: bytes, counter: str, model: str) -> Advertised | Refusal:
    measurements: list[Measurement] = []
    others: dict[str, Any] = {}
    presses: list[str] = []
    identity = f"counter {counter}" if counter else ""
    for found in _objects(body):
        if isinstance(found, Refusal):
            if not measurements and not presses:
                return found
            # Objects that a newer version has added stand behind all that we know.
            others["undecoded"] = found.detail
            break
        if found.object.name == PACKET:
            identity = identity or f"packet {found.raw[0]}"
        elif found.object.name == BUTTON:
            presses.append(PRESSES.get(found.raw[0], "" if not found.raw[0] else f"press_{found.raw[0]}"))
        else:
            _sort(found, measurements, others)
    called, actions = pressed(presses, model, measurements)
    return Advertised((*called, *measurements), {**others, **actions}, identity)


def _sort(found: _Found, measurements: list[Measurement], others: dict[str, Any]) -> None:
    meant = found.object
    if meant.length == SAID_LENGTH:
        others[meant.name] = found.raw.decode(errors="replace") if meant.name == "text" else found.raw.hex()
        return
    converted = (meant.convert(found.value) if meant.convert else found.value) if meant.quantity else None
    if converted is None:
        others[_free(meant.name, others)] = found.value
        return
    same = sum(each.quantity == meant.quantity for each in measurements)
    measurements.append(Measurement(meant.quantity, converted, str(same + 1) if same else ""))


def _free(name: str, others: dict[str, Any]) -> str:
    return name if name not in others else f"{name}_{len(others)}"


def _objects(body: bytes) -> Iterator[_Found | Refusal]:
    at = 0
    while at < len(body):
        meant = OBJECTS.get(body[at])
        if meant is None:
            yield Refusal("object", f"Object 0x{body[at]:02x} is not known: {body[at:].hex()}")
            return
        start, length = at + 1, meant.length
        if length == SAID_LENGTH:
            length = body[start] if start < len(body) else 1
            start += 1
        if start + length > len(body):
            yield Refusal("length", f"Object 0x{body[at]:02x} is cut off: {body[at:].hex()}")
            return
        yield _Found(body[at], meant, body[start : start + length])
        at = start + length


def _decrypt(data: bytes, address: str, key: bytes | None) -> bytes | Refusal:
    if key is None or len(address) != 12:  # noqa: PLR2004 - six bytes in hexadecimal
        return Refusal("encrypted", "The service data are encrypted, and the device's key is not known.")
    if len(data) <= 1 + _COUNTER_BYTES + _TAG_BYTES:
        return Refusal("length", "The encrypted service data are cut off.")
    try:
        ciphers, errors = (
            import_module(f"cryptography.{name}") for name in ("hazmat.primitives.ciphers.aead", "exceptions")
        )
    except ImportError:
        return Refusal("encrypted", "The service data are encrypted, and the package cryptography is not installed.")
    tag, counter = data[-_TAG_BYTES:], data[-_COUNTER_BYTES - _TAG_BYTES : -_TAG_BYTES]
    nonce = bytes.fromhex(address) + bytes.fromhex(UUID)[::-1] + data[:1] + counter
    try:
        opened = ciphers.AESCCM(key, tag_length=_TAG_BYTES).decrypt(
            nonce, data[1 : -_COUNTER_BYTES - _TAG_BYTES] + tag, None
        )
    except (errors.InvalidTag, ValueError):
        return Refusal("key", "The service data cannot be decrypted with the key of this device.")
    return bytes(opened)

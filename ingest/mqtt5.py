"""The part of MQTT 5 that ingest and its measurements need, as bytes: pure functions, no network.

Reading messages is the one place where ingest's speed is decided by MQTT itself: a general client spends 0.2 ms on a
message with five user properties, which is more than validating and storing it takes together. What is here follows
OASIS MQTT 5.0, section 2 (packet format) and section 3 (the packets named below).
"""

import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

CONNACK, PUBLISH, PUBACK, SUBACK, PINGRESP, DISCONNECT = 0x20, 0x30, 0x40, 0x90, 0xD0, 0xE0
PING = b"\xc0\x00"
GOODBYE = b"\xe0\x00"
FAILURE = 0x80  # reason codes from here on say that the broker refuses

_SHORT = struct.Struct(">H")
_PUBACK = struct.Struct(">BBH")
_USER_PROPERTY = 0x26
_RECEIVE_MAXIMUM = 0x21
_FIXED = {0x01: 1, 0x02: 4, 0x23: 2}  # properties of fixed length that a PUBLISH may carry
_PREFIXED = {0x03, 0x08, 0x09}  # those that say their length in two bytes
_VARIABLE = 0x0B  # the subscription identifier, a variable byte integer
_LENGTH_BYTES = 4
_RETAIN = 0x01
_PAIR_BYTES = 160  # what a pair of texts takes beside their letters, which may be none


class ProtocolError(Exception):
    """The broker sent bytes that are no MQTT 5."""


class Delivery(NamedTuple):
    """A message as it came: what is needed to judge it and to acknowledge it.

    `session` counts the connections of the subscriber, so that nothing is acknowledged on another one than it came by.
    `retained` says that the broker had kept it and restates it to a new subscriber: it may be old. `around_bytes` is
    about what it takes in memory beside the payload: topic and properties.
    """

    topic: str
    payload: bytes
    user_properties: list[tuple[str, str]]
    packet_id: int
    session: int
    retained: bool = False
    around_bytes: int = 0


class Packet(NamedTuple):
    """One control packet: its first byte and what follows the length."""

    header: int
    body: bytes

    @property
    def kind(self) -> int:
        """The type of the packet, without its flags."""
        return self.header & 0xF0


def connect(client_id: str, user: str | None, password: str | None, keepalive_s: int, receive_maximum: int) -> bytes:
    """Return a CONNECT with clean start and a session that ends with the connection."""
    flags = 0x02 | (0x80 if user is not None else 0) | (0x40 if password is not None else 0)
    properties = struct.pack(">BH", _RECEIVE_MAXIMUM, receive_maximum)
    body = _text("MQTT") + struct.pack(">BBH", 5, flags, keepalive_s) + _length(len(properties)) + properties
    body += b"".join(_text(part) for part in (client_id, user, password) if part is not None)
    return _packet(0x10, body)


def subscribe(packet_id: int, filters: Iterable[str]) -> bytes:
    """Return a SUBSCRIBE to `filters` with quality of service 1."""
    return _packet(0x82, _SHORT.pack(packet_id) + b"\x00" + b"".join(_text(each) + b"\x01" for each in filters))


def publish(
    topic: str, payload: bytes, properties: Iterable[tuple[str, str]] = (), *, content_type: str = "", qos: int = 1
) -> bytes:
    """Return a PUBLISH with quality of service `qos`; with 1 its id is 0, which the sender replaces (`id_position`)."""
    carried = (b"\x03" + _text(content_type)) if content_type else b""
    carried += b"".join([b"\x26" + _text(name) + _text(value) for name, value in properties])
    identity = bytes(2) if qos else b""
    return _packet(PUBLISH | qos << 1, _text(topic) + identity + _length(len(carried)) + carried + payload)


def id_position(packet: bytes) -> int:
    """Return where in a PUBLISH its id stands. Raises `ProtocolError` if the packet is none."""
    _, start = _read_length(packet, 1, len(packet))
    if packet[0] & 0xF0 != PUBLISH or not start:
        raise ProtocolError("The packet is no PUBLISH.")
    return start + 2 + int(_SHORT.unpack_from(packet, start)[0])


def acknowledgement(packet_ids: Iterable[int]) -> bytes:
    """Return the PUBACKs of these messages, in their order, one behind the other."""
    return b"".join([_PUBACK.pack(0x40, 2, packet_id) for packet_id in packet_ids])


def split(buffer: bytearray) -> list[Packet]:
    """Return the whole packets at the start of `buffer` and take them out of it.

    Raises `ProtocolError` if a length is longer than four bytes.
    """
    found: list[Packet] = []
    position, end = 0, len(buffer)
    while end - position > 1:
        length, start = _read_length(buffer, position + 1, end)
        if start == 0 or start + length > end:
            break
        found.append(Packet(buffer[position], bytes(buffer[start : start + length])))
        position = start + length
    del buffer[:position]
    return found


def refusal(packet: Packet) -> int:
    """Return the reason code by which a CONNACK, SUBACK or DISCONNECT refuses, or 0 if it does not."""
    body = packet.body
    try:
        if packet.kind == CONNACK:
            return body[1] if body[1] >= FAILURE else 0
        if packet.kind == SUBACK:
            length, start = _read_length(body, 2, len(body))
            return next((code for code in body[start + length :] if code >= FAILURE), 0)
        return body[0] if body else FAILURE
    except IndexError as error:
        raise ProtocolError("A packet ends too early.") from error


def delivery(packet: Packet, session: int) -> Delivery:
    """Return the message in a PUBLISH; its id is 0 where none is to be acknowledged.

    Text that is no UTF-8 is read with replacement characters, so that it can be rejected with a reason. Raises
    `ProtocolError` if the packet is cut short or carries a property that MQTT 5 does not know.
    """
    body = packet.body
    try:
        position = 2 + _SHORT.unpack_from(body)[0]
        topic = _decoded(body[2:position])
        packet_id = 0
        if packet.header & 0x06:
            packet_id = _SHORT.unpack_from(body, position)[0]
            position += 2
        length, position = _read_length(body, position, len(body))
        end = position + length
        if position == 0 or end > len(body):
            raise ProtocolError("A message's properties end too early.")
        properties = _user_properties(body, position, end)
        around_bytes = end + _PAIR_BYTES * len(properties)
        return Delivery(topic, body[end:], properties, packet_id, session, bool(packet.header & _RETAIN), around_bytes)
    except (struct.error, IndexError) as error:
        raise ProtocolError("A message ends too early.") from error


def _user_properties(body: bytes, position: int, end: int) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    while position < end:
        identifier = body[position]
        position += 1
        if identifier == _USER_PROPERTY:
            name_end = position + 2 + _SHORT.unpack_from(body, position)[0]
            value_end = name_end + 2 + _SHORT.unpack_from(body, name_end)[0]
            found.append((_decoded(body[position + 2 : name_end]), _decoded(body[name_end + 2 : value_end])))
            position = value_end
        elif identifier in _PREFIXED:
            position += 2 + _SHORT.unpack_from(body, position)[0]
        elif identifier in _FIXED:
            position += _FIXED[identifier]
        elif identifier == _VARIABLE:
            _, position = _read_length(body, position, end)
        else:
            raise ProtocolError(f"A message carries the unknown property {identifier:#x}.")
    if position != end:
        raise ProtocolError("A message's properties end too early.")
    return found


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _read_length(buffer: Sequence[int], position: int, end: int) -> tuple[int, int]:
    """Return a variable byte integer and the position behind it, which is 0 while bytes are missing."""
    value, shift = 0, 0
    for index in range(position, min(position + _LENGTH_BYTES, end)):
        byte = buffer[index]
        value |= (byte & 0x7F) << shift
        if byte < FAILURE:
            return value, index + 1
        shift += 7
    if end - position >= _LENGTH_BYTES:
        raise ProtocolError("A length is longer than four bytes.")
    return 0, 0


def _length(number: int) -> bytes:
    out = bytearray()
    while True:
        number, digit = number >> 7, number & 0x7F
        out.append(digit | (FAILURE if number else 0))
        if not number:
            return bytes(out)


def _text(text: str) -> bytes:
    raw = text.encode()
    return _SHORT.pack(len(raw)) + raw


def _packet(header: int, body: bytes) -> bytes:
    return bytes([header]) + _length(len(body)) + body

"""Text messages as a modem takes them: SMS-SUBMIT of 3GPP TS 23.040, section 9.2.2.2, in UCS2, long ones in parts."""

from typing import NamedTuple

# Octets of user data (section 9.2.3.16), and what the header of a part of a long message takes (section 9.2.3.24.1).
_MOST_OCTETS = 140
_HEADER_OCTETS = 6
_MOST_PARTS = 10
_SUBMIT_WITH_RELATIVE_VALIDITY = 0x11
_HAS_HEADER = 0x40
_INTERNATIONAL = 0x91
_UCS2 = 0x08
_ONE_DAY = 0xA7  # section 9.2.3.12.1


class Pdu(NamedTuple):
    """One part: hexadecimal as the modem reads it, and its length in octets as `AT+CMGS` wants it."""

    hexadecimal: str
    octets: int


def pdus(number: str, words: str, reference: int) -> list[Pdu]:
    """Return the parts of a message to `number` (`+` and digits).

    `reference` (0 to 255) tells the parts of this message from those of another. What would need more than ten parts
    is cut.
    """
    data = words.encode("utf-16-be")
    if len(data) <= _MOST_OCTETS:
        return [_pdu(number, b"", data)]
    parts = _split(data)
    return [
        _pdu(number, bytes((5, 0, 3, reference, len(parts), position)), part) for position, part in enumerate(parts, 1)
    ]


def _split(data: bytes) -> list[bytes]:
    most = _MOST_OCTETS - _HEADER_OCTETS
    parts: list[bytes] = []
    while data and len(parts) < _MOST_PARTS:
        end = most
        # Not between the two halves of one character.
        if len(data) > end and 0xD8 <= data[end - 2] <= 0xDB:  # noqa: PLR2004 - the high surrogates
            end -= 2
        parts.append(data[:end])
        data = data[end:]
    return parts


def _pdu(number: str, header: bytes, data: bytes) -> Pdu:
    digits = number.removeprefix("+")
    first = _SUBMIT_WITH_RELATIVE_VALIDITY | (_HAS_HEADER if header else 0)
    message = (
        bytes((first, 0, len(digits), _INTERNATIONAL))
        + _semi_octets(digits)
        + bytes((0, _UCS2, _ONE_DAY, len(header) + len(data)))
        + header
        + data
    )
    # The octet before says: by the service centre that the SIM knows.
    return Pdu("00" + message.hex().upper(), len(message))


def _semi_octets(digits: str) -> bytes:
    padded = digits + "F" * (len(digits) % 2)
    return bytes.fromhex("".join(padded[at + 1] + padded[at] for at in range(0, len(padded), 2)))

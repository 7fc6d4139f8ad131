"""What stands in the link of a message: the message's public id and a signature, nothing about anybody.

The signature is HMAC-SHA256 (RFC 2104) over a fixed word and the id, of which the first half is kept: RFC 2104, section
5, holds half of it to be enough, and a text message has little room. Whether the link may still be used is not in it:
the database knows that.
"""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

from pydantic import SecretStr

from core.errors import VicinoError

# Nothing else that is signed with the same key can be taken for a link.
PURPOSE = b"vicino reply 1\0"
ID_BYTES, SIGNATURE_BYTES = 16, 16
CHARACTERS = 43  # of 32 bytes in base 64 without padding
SHORTEST_KEY = 32


class ReplyKeyError(VicinoError):
    """The key for the links in messages cannot be used."""


def key_of(setting: SecretStr | None) -> bytes | None:
    """Return the key that a setting holds, None where there is none; raises `ReplyKeyError` if it is too short."""
    if setting is None or not setting.get_secret_value().strip():
        return None
    key = setting.get_secret_value().strip().encode()
    if len(key) < SHORTEST_KEY:
        raise ReplyKeyError(
            "The key for the links in messages is too short to keep others from making them.",
            advice=f"set VICINO_REPLY_KEY to at least {SHORTEST_KEY} random characters, the same for alerts and pages",
        )
    return key


def sign(key: bytes, message: UUID, purpose: bytes = PURPOSE) -> str:
    """Return the token of a message by its public id, for one purpose alone."""
    return base64.urlsafe_b64encode(message.bytes + _signature(key, message.bytes, purpose)).rstrip(b"=").decode()


def read(key: bytes, token: str, purpose: bytes = PURPOSE) -> UUID | None:
    """Return the public id of the message that a token names; None where it was not made with `key` just so."""
    if len(token) != CHARACTERS or not token.isascii():
        return None
    try:
        content = base64.b64decode(token + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    name, signature = content[:ID_BYTES], content[ID_BYTES:]
    if not hmac.compare_digest(signature, _signature(key, name, purpose)):
        return None
    message = UUID(bytes=name)
    # The last character has bits to spare: only one way of writing them is ours.
    return message if hmac.compare_digest(sign(key, message, purpose), token) else None


def _signature(key: bytes, name: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, purpose + name, hashlib.sha256)[:SIGNATURE_BYTES]

"""A webhook: a signed JSON message to an address of the configuration.

The header `X-Vicino-Signature` is `sha256=` and the HMAC-SHA256, in hexadecimal, of the header `X-Vicino-Timestamp`
(Unix seconds), a dot and the body. Whoever receives it should refuse old timestamps; those of a gateway whose clock is
not synchronised may be wrong.
"""

import hashlib
import hmac
from collections.abc import Callable

import msgspec

from gateway.rules.channels.channel import ChannelError, Text
from gateway.rules.channels.post import post


class Webhook:
    """Signs with `secret`; `now_s` tells the Unix time."""

    def __init__(self, secret: str | None, now_s: Callable[[], int]) -> None:
        self._secret = secret
        self._now_s = now_s

    def send(self, text: Text) -> None:
        """Post a text to its address. Raises `ChannelError`."""
        if not self._secret:
            raise ChannelError("no secret to sign with")
        body = msgspec.json.encode(
            {
                "gateway": text.gateway,
                "quantity": text.quantity,
                "at_ms": text.at_ms,
                "withdrawn": text.withdrawn,
                "text": text.words,
            }
        )
        timestamp = str(self._now_s())
        signature = sign(self._secret, timestamp, body)
        headers = {
            "Content-Type": "application/json",
            "X-Vicino-Timestamp": timestamp,
            "X-Vicino-Signature": signature,
        }
        post(text.address, body, headers)


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a message."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()

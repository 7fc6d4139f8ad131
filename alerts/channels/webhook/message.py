"""What a webhook tells, as JSON, and its signature (Standard Webhooks 1.0).

The signature is `v1,` and the HMAC-SHA256, in base 64, of the message's name, a dot, the Unix seconds at which it was
sent, a dot and the body. Whoever receives it refuses what is older than some minutes, and takes each name once.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Any

import msgspec

from alerts.channels import words
from alerts.channels.transport import Outgoing
from alerts.channels.webhook.limits import SHORTEST_SECRET, VERSION
from alerts.replies.links import Links
from core.errors import VicinoError

PREFIX = "whsec_"


class SecretError(VicinoError):
    """The secret of webhooks cannot be used."""


def compose(outgoing: Outgoing, links: Links, callback: str) -> bytes:
    """Return the body: the same for every attempt. What the channel may not know is not in it."""
    told = {name: value for name, value in outgoing.told._asdict().items() if value}
    data: dict[str, Any] = {
        "version": VERSION,
        "notification": str(outgoing.public_id),
        "alert": str(outgoing.alert_public_id),
        "family": outgoing.family.value,
        "kind": outgoing.kind,
        "municipality": outgoing.municipality,
        "opened_at": outgoing.opened_at.isoformat(),
        "step": outgoing.step,
        "language": outgoing.language,
        "text": " ".join(words.sentences(outgoing)),
        "person": told,
        "url": words.link(outgoing, links),
        "callback": callback,
    }
    kind = "alert.notification" if not outgoing.said else "message"
    return msgspec.json.encode({"type": kind, "timestamp": outgoing.opened_at.isoformat(), "data": data})


def key_of(secret: str) -> bytes:
    """Return the key that a secret holds: `whsec_` and base 64, or the text itself. Raises `SecretError`."""
    key = secret.strip().encode()
    if secret.strip().startswith(PREFIX):
        try:
            key = base64.b64decode(secret.strip()[len(PREFIX) :], validate=True)
        except binascii.Error:
            key = b""
    if len(key) < SHORTEST_SECRET:
        raise SecretError(
            "The secret that signs webhooks is too short, or no base 64 after whsec_.",
            advice=f"set VICINO_WEBHOOK_SECRET to at least {SHORTEST_SECRET} random characters",
        )
    return key


def sign(key: bytes, name: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a message."""
    digest = hmac.digest(key, f"{name}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()

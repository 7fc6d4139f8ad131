"""Who we are, towards push services: VAPID (RFC 8292), a signed statement with every message.

The key is made once for an installation (`vicino push-key`). A browser's subscription is bound to it: with another key
every device has to be registered anew.
"""

import json
from datetime import datetime, timedelta
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from alerts.channels.webpush.encryption import CURVE, NotASubscriptionError, decode, encode, point
from core.errors import VicinoError

# A push service refuses a statement that holds for more than a day.
HOLDS = timedelta(hours=12)
NUMBER_BYTES = 32


class VapidKeyError(VicinoError):
    """The setting that holds the key cannot be used."""


class VapidKey(NamedTuple):
    """The key of an installation."""

    private: ec.EllipticCurvePrivateKey

    @classmethod
    def make(cls) -> Self:
        """Return a new key."""
        return cls(ec.generate_private_key(CURVE))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the key that `text` holds, as `text` writes it; raises `VapidKeyError` if there is none."""
        try:
            number = decode(text.strip())
            key = ec.derive_private_key(int.from_bytes(number), CURVE) if len(number) == NUMBER_BYTES else None
        except (NotASubscriptionError, ValueError):
            key = None
        if key is None:
            raise VapidKeyError("VICINO_VAPID_KEY is not a key for web push.", advice="make one with `vicino push-key`")
        return cls(key)

    @property
    def text(self) -> str:
        """The private key, as it is kept: 32 bytes in base64url."""
        return encode(self.private.private_numbers().private_value.to_bytes(NUMBER_BYTES))

    @property
    def public(self) -> str:
        """The public key as browsers want it (`applicationServerKey`): a point in base64url."""
        return encode(point(self.private.public_key()))

    def authorisation(self, endpoint: str, subject: str, now: datetime) -> str:
        """Return the header Authorization for a message to `endpoint` (RFC 8292 section 3).

        `subject` is how a push service reaches whoever runs this: an https: or mailto: address.
        """
        parts = urlsplit(endpoint)
        header = {"typ": "JWT", "alg": "ES256"}
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int((now + HOLDS).timestamp()), "sub": subject}
        signed = ".".join(encode(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
        one, other = decode_dss_signature(self.private.sign(signed.encode(), ec.ECDSA(SHA256())))
        signature = one.to_bytes(NUMBER_BYTES) + other.to_bytes(NUMBER_BYTES)
        return f"vapid t={signed}.{encode(signature)}, k={self.public}"


def subject_of(base_url: str, mail_from: str) -> str:
    """Return how push services reach whoever runs this: the pages, or by mail where they are on this machine only.

    Apple's service refuses an address at `localhost`.
    """
    return base_url.rstrip("/") if urlsplit(base_url).scheme == "https" else f"mailto:{mail_from}"

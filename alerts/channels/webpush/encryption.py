"""Encryption of a push message for one browser: RFC 8291 over the content coding `aes128gcm` of RFC 8188."""

import base64
import binascii
import os
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
POINT_BYTES, AUTH_BYTES, SALT_BYTES = 65, 16, 16
RECORD_BYTES = 4096
TAG_BYTES = 16
HEADER_BYTES = SALT_BYTES + 4 + 1 + POINT_BYTES
# A push service need not take more than 4096 bytes (RFC 8030 section 7.2); the delimiter is one of them.
MOST_BYTES = RECORD_BYTES - HEADER_BYTES - TAG_BYTES - 1
# The length of a message must not tell what it says: each is filled up to a multiple of this.
FILLED_TO = 1024
LAST_RECORD = b"\x02"


class NotASubscriptionError(ValueError):
    """The keys of a browser are not a point of P-256 and a secret of 16 bytes."""


def decode(text: str) -> bytes:
    """Return the bytes that base64url without padding stands for; raises `NotASubscriptionError` if it is none."""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotASubscriptionError("not base64url") from error


def encode(content: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def browser_key(p256dh: str) -> ec.EllipticCurvePublicKey:
    """Return the public key of a browser; raises `NotASubscriptionError` if it is none."""
    given = decode(p256dh)
    if len(given) != POINT_BYTES:
        raise NotASubscriptionError("not an uncompressed point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, given)
    except ValueError as error:
        raise NotASubscriptionError("not a point of P-256") from error


def secret(auth: str) -> bytes:
    """Return the authentication secret of a browser; raises `NotASubscriptionError` if it is none."""
    found = decode(auth)
    if len(found) != AUTH_BYTES:
        raise NotASubscriptionError("not a secret of 16 bytes")
    return found


def encrypt(plain: bytes, p256dh: str, auth: str) -> bytes:
    """Return the body of a push message: `plain`, filled up, that only the browser with these keys can read.

    Raises `NotASubscriptionError` if the keys are none, `ValueError` if `plain` is longer than `MOST_BYTES`.
    """
    filled_to = min(-(-max(len(plain), 1) // FILLED_TO) * FILLED_TO, MOST_BYTES)
    return seal(plain, p256dh, auth, ec.generate_private_key(CURVE), os.urandom(SALT_BYTES), filled_to)


def seal(
    plain: bytes, p256dh: str, auth: str, ours: ec.EllipticCurvePrivateKey, salt: bytes, filled_to: int = 0
) -> bytes:
    """Return what `encrypt` does with a given key of ours and salt, which are used once only."""
    if len(plain) > MOST_BYTES:
        raise ValueError(f"A push message has at most {MOST_BYTES} bytes.")
    theirs = browser_key(p256dh)
    their_point, our_point = point(theirs), point(ours.public_key())
    # RFC 8291 section 3.4, then RFC 8188 sections 2.2 and 2.3.
    keying = _hkdf(
        secret(auth), ours.exchange(ec.ECDH(), theirs), b"WebPush: info\0" + their_point + our_point, length=32
    )
    key = _hkdf(salt, keying, b"Content-Encoding: aes128gcm\0", length=16)
    nonce = _hkdf(salt, keying, b"Content-Encoding: nonce\0", length=12)
    filling = bytes(max(filled_to - len(plain), 0))
    # There is one record only: its number, 0, leaves the nonce as it is.
    sealed = AESGCM(key).encrypt(nonce, plain + LAST_RECORD + filling, None)
    return salt + struct.pack("!IB", RECORD_BYTES, len(our_point)) + our_point + sealed


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return a public key as an uncompressed point, 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _hkdf(salt: bytes, keying: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(keying)

"""The other side of web push: the keys of a browser, and how it reads what it is sent (RFC 8291, RFC 8188).

Written from the standards with other primitives than the code it checks.
"""

import base64
import hashlib
import hmac
import os
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _mac(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()


class BrowserKeys(NamedTuple):
    """The private key and the authentication secret of one subscription."""

    private: ec.EllipticCurvePrivateKey
    secret: bytes

    @classmethod
    def make(cls) -> "BrowserKeys":
        return cls(ec.generate_private_key(ec.SECP256R1()), os.urandom(16))

    @property
    def _point(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def p256dh(self) -> str:
        return _text(self._point)

    @property
    def auth(self) -> str:
        return _text(self.secret)

    def open(self, body: bytes) -> bytes:
        """Return what a message says. Raises `InvalidTag` where it is for somebody else."""
        salt, record_size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert length == 65
        assert len(sealed) <= record_size, "one record only"
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        keying = _mac(_mac(self.secret, shared), b"WebPush: info\x00" + self._point + sender + b"\x01")
        pseudo = _mac(salt, keying)
        key = _mac(pseudo, b"Content-Encoding: aes128gcm\x00\x01")[:16]
        nonce = _mac(pseudo, b"Content-Encoding: nonce\x00\x01")[:12]
        opener = Cipher(algorithms.AES(key), modes.GCM(nonce, sealed[-16:])).decryptor()
        filled = opener.update(sealed[:-16]) + opener.finalize()
        plain = filled.rstrip(b"\x00")
        assert plain[-1:] == b"\x02", "the last record"
        return plain[:-1]

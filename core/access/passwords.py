"""Passwords of accounts at the broker: made at random, kept only as the broker's hash."""

import base64
import hashlib
import hmac
import secrets
from typing import NamedTuple

PASSWORD_BYTES = 24  # 192 bit
# Mosquitto takes salts of 12 bytes only. They are letters, because some brokers keep a salt as text, others as bytes.
SALT_LETTERS = 12
# Mosquitto's own figure. Stretching is for passwords that people think of; nobody guesses one of 192 random bits.
ITERATIONS = 101
_KIND = "7"  # PBKDF2 with SHA-512, as Mosquitto numbers it
_FIELDS = 5


class Hashed(NamedTuple):
    """A password's hash: PBKDF2 with HMAC-SHA-512, of 64 bytes (RFC 8018)."""

    salt: bytes
    digest: bytes
    iterations: int

    def __str__(self) -> str:
        """Return the hash as a line of a Mosquitto password file has it."""
        return f"${_KIND}${self.iterations}${_text(self.salt)}${_text(self.digest)}"

    @classmethod
    def parse(cls, text: str) -> "Hashed":
        """Return the hash that `str` wrote; raises `ValueError` if it is none."""
        parts = text.split("$")
        if len(parts) != _FIELDS or parts[:2] != ["", _KIND]:
            raise ValueError("This is no password hash of a broker.")
        return cls(base64.b64decode(parts[3], validate=True), base64.b64decode(parts[4], validate=True), int(parts[2]))

    def matches(self, password: str) -> bool:
        """Tell whether it is the hash of `password`."""
        return hmac.compare_digest(self.digest, _digest(password, self.salt, self.iterations))


def new_password() -> str:
    """Return a password of 192 random bits, of letters, digits, hyphens and underscores."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def hashed(password: str) -> Hashed:
    """Return the hash of `password` with a salt of its own."""
    salt = secrets.token_urlsafe(SALT_LETTERS)[:SALT_LETTERS].encode("ascii")
    return Hashed(salt, _digest(password, salt, ITERATIONS), ITERATIONS)


def _digest(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", password.encode(), salt, iterations)


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")

"""Ed25519 signatures of updates (RFC 8032). Only the updater and whoever makes releases import this module."""

import base64
import os
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from core.errors import VicinoError

# What is signed says what it is, so that no signature for another purpose can be taken for one of an update.
_PURPOSE = b"vicino-gateway update 1\n"
_KEY_BYTES = 32


class SigningError(VicinoError):
    """A key or a signature is not what it has to be."""


def make_key(path: Path) -> str:
    """Write a new private key to `path`, readable by its owner alone; return the public key as text.

    Raises `SigningError` if the file is there already or cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise SigningError(
            f"The private key cannot be written to {path}: {error.strerror}.",
            kept="whatever is there already",
            advice="name a file that does not exist yet",
        ) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return _text(key.public_key())


def public_key(path: Path) -> str:
    """Return the public key of the private one in `path`, as gateways are told it; raises `SigningError`."""
    return _text(_private(path).public_key())


def sign(path: Path, content: bytes) -> bytes:
    """Return the signature of `content` by the private key in `path`; raises `SigningError` if that is none."""
    return _private(path).sign(_PURPOSE + content)


def is_signed(keys: Iterable[str], content: bytes, signature: bytes) -> bool:
    """Tell whether one of the public `keys` (text) has signed `content`; raises `SigningError` if one is no key."""
    return any(_has_signed(_public(key), content, signature) for key in keys)


def _has_signed(key: Ed25519PublicKey, content: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, _PURPOSE + content)
    except InvalidSignature:
        return False
    return True


def _text(key: Ed25519PublicKey) -> str:
    return base64.b64encode(key.public_bytes_raw()).decode()


def _public(text: str) -> Ed25519PublicKey:
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError:
        found = b""
    if len(found) != _KEY_BYTES:
        raise SigningError(
            f"{text!r} is no public key.", advice="put what `vicino release keygen` printed into VICINO_UPDATE_KEYS"
        )
    return Ed25519PublicKey.from_public_bytes(found)


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise SigningError(
            f"There is no private key in {path} that can be read.", advice="make one with `vicino release keygen`"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningError(f"The key in {path} is not an Ed25519 key.", advice="make one with `vicino release keygen`")
    return key

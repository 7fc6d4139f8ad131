"""Random tokens: what the browser holds, what the database keeps of it, how a form proves where it came from."""

import hashlib
import hmac
import secrets

SIZE = 32  # bytes


def new_token() -> str:
    """Return a token nobody can guess, as text for a cookie."""
    return secrets.token_hex(SIZE)


def digest(token: str) -> bytes:
    """Return what the database keeps of a session's token; the token itself is nowhere but in the browser."""
    return hashlib.sha256(token.encode()).digest()


def masked(token: str) -> str:
    """Return a token in a form that differs at each call.

    A compressed page that holds a constant secret gives it away to whoever can choose part of the page and see
    its size (the BREACH attack); a masked one is new on every page.
    """
    plain = bytes.fromhex(token)
    mask = secrets.token_bytes(len(plain))
    return (mask + _xor(plain, mask)).hex()


def proves(given: str, token: str) -> bool:
    """Tell whether `given` is `token`, masked; False for any other text."""
    try:
        both, plain = bytes.fromhex(given), bytes.fromhex(token)
    except ValueError:
        return False
    if len(both) != 2 * len(plain) or not plain:
        return False
    mask, hidden = both[: len(plain)], both[len(plain) :]
    return hmac.compare_digest(_xor(hidden, mask), plain)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))

"""Codes by which somebody shows a bot who they are."""

import hashlib
import secrets
from datetime import timedelta

LASTS = timedelta(minutes=15)
# Telegram takes 64 characters of A-Z, a-z, 0-9, _ and -.
_BYTES = 24


def new_code() -> str:
    """Return a code nobody can guess."""
    return secrets.token_urlsafe(_BYTES)


def code_digest(code: str) -> bytes:
    """Return what is kept of a code."""
    return hashlib.sha256(code.encode()).digest()

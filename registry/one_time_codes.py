"""One-time codes by the clock: RFC 6238 with SHA-1, six digits and steps of 30 seconds, as authenticator apps have it.

Twenty lines of our own: the caller has to know of which step a code is, so that none is accepted twice (RFC 6238, 5.2),
and what a library would add to that is one line of HMAC.
"""

import hmac
import secrets
from base64 import b32encode
from datetime import datetime
from urllib.parse import quote, urlencode

DIGITS = 6
STEP_S = 30
WINDOW = 1  # steps before and after: the telephone's clock, and the time that typing takes (RFC 6238, 5.2 and 6)
SECRET_BYTES = 20  # RFC 4226, 4: 160 bits are recommended


def new_secret() -> bytes:
    """Return a secret, made at random."""
    return secrets.token_bytes(SECRET_BYTES)


def step_of(now: datetime) -> int:
    """Return the number of the step that an instant lies in."""
    return int(now.timestamp()) // STEP_S


def code_of(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """Return the code of a step (RFC 4226, 5.3)."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_that_matches(secret: bytes, given: str, now: datetime) -> int | None:
    """Return of which step around `now` a code is, the latest if of several; None if of none."""
    here = step_of(now)
    steps = range(here - WINDOW, here + WINDOW + 1)
    # All are compared, in a time that does not tell how near a guess was.
    typed = given.encode(errors="replace")
    matching = [step for step in steps if hmac.compare_digest(code_of(secret, step).encode(), typed)]
    return max(matching, default=None)


def as_text(secret: bytes) -> str:
    """Return a secret as it is typed into an app, in groups of four."""
    text = b32encode(secret).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(secret: bytes, login: str, issuer: str) -> str:
    """Return a secret as the address that apps read from a picture (otpauth)."""
    given = {"secret": as_text(secret).replace(" ", ""), "issuer": issuer, "digits": DIGITS, "period": STEP_S}
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?{urlencode(given, quote_via=quote)}"

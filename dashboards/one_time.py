"""What the pages show of one-time codes: the picture for an app, and what to say of a code that was given."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import segno

from core.translation import mark
from dashboards.wording import Words
from registry import one_time_codes
from registry.second_factor import Checked, Outcome

ISSUER = "Vicino"
WRONG = mark(
    "This code is not right. Take the one that the app shows now; if it never fits, see that the telephone sets its "
    "clock by itself."
)
USED = mark("This code was used already. Wait until the app shows the next one.")
SAID: Mapping[Outcome, str] = {Outcome.WRONG: WRONG, Outcome.USED: USED}
STATUS: Mapping[Outcome, int] = {Outcome.WRONG: 401, Outcome.USED: 401, Outcome.WAIT: 429}


class Shown(NamedTuple):
    """A secret as a page shows it: the picture, and what is typed where nothing can be scanned."""

    picture: str
    text: str
    address: str


def shown(secret: bytes, login: str) -> Shown:
    """Return how the secret of an account is shown."""
    address = one_time_codes.address(secret, login, ISSUER)
    picture = segno.make(address, micro=False).svg_inline(
        border=2, light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return Shown(picture, one_time_codes.as_text(secret), address)


def said(checked: Checked, words: Words) -> str:
    """Return what to say of a code that did not let in."""
    if checked.outcome is Outcome.WAIT:
        return wait(checked.wait_s, words)
    return words.say(SAID[checked.outcome])


def wait(wait_s: float, words: Words) -> str:
    """Return that there were too many attempts, and how long to wait."""
    translations = words.translations
    if wait_s > 90:  # noqa: PLR2004 - seconds; from there on nobody counts them
        minutes = math.ceil(wait_s / 60)
        return translations.ngettext(
            "Too many attempts. Wait %(count)d minute, or use a recovery code.",
            "Too many attempts. Wait %(count)d minutes, or use a recovery code.",
            minutes,
        ) % {"count": minutes}
    seconds = max(1, math.ceil(wait_s))
    return translations.ngettext(
        "Too many attempts. Wait %(count)d second, or use a recovery code.",
        "Too many attempts. Wait %(count)d seconds, or use a recovery code.",
        seconds,
    ) % {"count": seconds}

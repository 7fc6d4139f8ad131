"""How somebody is reached, as the page shows it: devices, Telegram, what came of a test message."""

import re
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote
from uuid import UUID

import segno

from alerts.reach.actions import Outcome, Reached
from core.translation import mark
from dashboards.wording import Words

OUTCOMES = {
    Outcome.WAITS: mark("The test message is on its way."),
    Outcome.SENT: mark("The test message was sent. It should appear within a few seconds."),
    Outcome.SHOWN: mark("The test message has arrived."),
    Outcome.GONE: mark("The device says that it takes no more messages. Register it anew."),
    Outcome.REFUSED: mark(
        "The test message was refused. Remove the device and register it anew; if that does not help, ask whoever runs "
        "Vicino."
    ),
    Outcome.LATER: mark(
        "The test message could not be sent now. Try again later; if it stays so, ask whoever runs Vicino."
    ),
}
BAD = frozenset({Outcome.GONE, Outcome.REFUSED, Outcome.LATER})
PENDING = frozenset({Outcome.WAITS, Outcome.SENT})
# What names a browser and a system in what browsers say of themselves, the most telling first.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
_BOT = re.compile(r"[A-Za-z0-9_]{1,64}")


class DeviceView(NamedTuple):
    """A device as the page shows it; `digest` is by which a browser knows itself."""

    public_id: UUID
    label: str
    added: str
    shown: str
    digest: str


class TrialView(NamedTuple):
    """What came of a test message; `pending` where more is to come."""

    said: str
    bad: bool
    pending: bool


class Pairing(NamedTuple):
    """How to show the bot who somebody is: a link, the same as a picture (SVG), and what to write by hand."""

    link: str
    picture: str
    command: str


def device_name(user_agent: str) -> str:
    """Return what a browser and its system are called, as in "Chrome, Android"; "" where neither is known."""
    browser = next((name for token, name in _BROWSERS if token in user_agent), "")
    system = next((name for token, name in _SYSTEMS if token in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)


def device_views(reached: Reached, now: datetime, words: Words) -> list[DeviceView]:
    """Return the devices of somebody."""
    return [
        DeviceView(
            one.public_id,
            one.label or words.translations.gettext("A device"),
            words.ago(one.added_at, now),
            "" if one.shown_at is None else words.ago(one.shown_at, now),
            one.digest,
        )
        for one in reached.devices
    ]


def trial_view(outcome: Outcome | None, words: Words) -> TrialView | None:
    """Return what to say of a test message; None where there was none."""
    if outcome is None:
        return None
    return TrialView(words.say(OUTCOMES[outcome]), outcome in BAD, outcome in PENDING)


def pairing(bot: str, code: str) -> Pairing | None:
    """Return how to show the bot of that name a code; None where the name is none."""
    if not _BOT.fullmatch(bot):
        return None
    link = f"https://t.me/{bot}?start={quote(code)}"
    picture = segno.make(link, micro=False).svg_inline(
        border=2, light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return Pairing(link, picture, f"/start {code}")

"""What each channel may know of whom a message is about. One table, and no setting goes beyond it.

* `KIND`: what happened and in which municipality; nobody is named. Of wellbeing not even what it is that stands out.
* `NAME`: the first name besides, and what it is.
* `FULL`: name, address, telephone, and why the alert was opened.

An e-mail, a text message, a voice call and what a service of somebody else shows can be read or heard by others on
the way, at the service and over the shoulder: they stay at `KIND` whatever is set. What goes to a browser is sealed for
it, but stands on a locked screen. Only a webhook over TLS, to a system that the association runs itself, may have all.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from alerts.channels.transport import NOBODY, Told
from alerts.lifecycle import Family
from alerts.wording import title
from core.errors import VicinoError


class Level(IntEnum):
    """How much a channel may know."""

    KIND = 0
    NAME = 1
    FULL = 2


LIMITS: Mapping[str, Level] = {
    "email": Level.KIND,
    "sms": Level.KIND,
    "voice": Level.KIND,
    "telegram": Level.KIND,
    "apprise": Level.KIND,
    "canary": Level.KIND,
    "webpush": Level.NAME,
    "webhook": Level.FULL,
}
NOTHING_SET: Mapping[str, Level] = {}


class LevelError(VicinoError):
    """The setting of levels cannot be used."""


class Facts(NamedTuple):
    """What is known of whom an alert is about; empty where it is not known."""

    name: str = ""
    address: str = ""
    phone: str = ""
    explanation: str = ""


def level_of(channel: str, wanted: Mapping[str, Level] = NOTHING_SET) -> Level:
    """Return how much `channel` may know: what is wanted, but never above its own limit; little if nothing is said."""
    return min(LIMITS.get(channel, Level.KIND), wanted.get(channel, Level.KIND))


def parse(setting: str) -> dict[str, Level]:
    """Return what `channel=level,channel=level` wants. Raises `LevelError` where that names what there is not."""
    found = {}
    for part in filter(None, (each.strip() for each in setting.split(","))):
        channel, _, level = (each.strip() for each in part.partition("="))
        if channel not in LIMITS or level.upper() not in Level.__members__:
            raise LevelError(
                f"{part!r} is no level of a channel.",
                advice=f"write channel=level, with a channel of {', '.join(LIMITS)} and kind, name or full",
            )
        found[channel] = Level[level.upper()]
    return found


def kind_at(level: Level, family: Family, kind: str) -> str:
    """Return the kind of an alert as it may be said at `level`: of wellbeing, only from `NAME` on."""
    return "" if level is Level.KIND and family is Family.WELLBEING else kind


def title_at(level: Level, family: Family, kind: str, language: str) -> str:
    """Return what an alert is called at `level`."""
    return title(kind_at(level, family, kind), family, language)


def told_at(level: Level, facts: Facts) -> Told:
    """Return what may be said of somebody at `level`."""
    if level is Level.KIND:
        return NOBODY
    first = facts.name.split(" ", 1)[0]
    if level is Level.NAME:
        return Told(first_name=first)
    return Told(first, facts.name, facts.address, facts.phone, facts.explanation)

"""Who has been told of an alert and who will be, in the reader's language."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

import alerts.reads
from alerts.channels.names import name_of
from alerts.channels.transport import Doubt
from alerts.policies.wording import whom
from alerts.policy import next_step
from core.translation import mark
from dashboards.wording import Words

MOST_TOLD, MOST_COMING = 12, 3
STATES = {
    "due": mark("on its way"),
    "sent": mark("told"),
    "failed": mark("could not be reached"),
}
PURPOSES = {
    "reminder": mark("reminder"),
    "morning_round": mark("morning round"),
    "overflow": mark("summary of the day"),
    "hand_over": mark("hand-over of the shift"),
    "taken": mark("that somebody has taken charge"),
}
# What can be said of a failure to whoever knows nothing of servers.
FAILURES = {
    "accepted, but not delivered": mark("accepted, but not delivered"),
    "accepted, but no device has shown it": mark("accepted, but no device has shown it"),
    Doubt.UNREAD.value: mark("accepted, but the answer cannot be read: it may not arrive"),
}


class Line(NamedTuple):
    """Somebody who was told, or who will be, and when."""

    at: datetime
    who: str
    how: str


def told(found: Sequence[alerts.reads.Told], words: Words, zone: ZoneInfo) -> list[Line]:
    """Return who was told last, the latest first, each with the way of the message; `zone` is the home's."""
    return [Line(each.at, each.name, ", ".join(_way(each, words, zone))) for each in found[:MOST_TOLD]]


def _way(each: alerts.reads.Told, words: Words, zone: ZoneInfo) -> Iterator[str]:
    gettext = words.translations.gettext
    yield name_of(each.channel, words.language)
    yield words.say(STATES[each.state])
    if each.purpose in PURPOSES:
        yield words.say(PURPOSES[each.purpose])
    if each.state in {"failed", "sent"} and each.last_error in FAILURES:
        yield words.say(FAILURES[each.last_error])
    if each.delivered_at is not None:
        yield gettext("delivered %(when)s") % {"when": _when(each.delivered_at, each.at, words, zone)}
    if each.read_at is not None:
        yield gettext("read %(when)s") % {"when": _when(each.read_at, each.at, words, zone)}


def _when(instant: datetime, told_at: datetime, words: Words, zone: ZoneInfo) -> str:
    """Return the time of day, with the day where that is another one than that of the message."""
    at, day = words.clock(instant, zone), instant.astimezone(zone).date()
    return at if day == told_at.astimezone(zone).date() else f"{words.short_day(day)}, {at}"


def coming(escalating: alerts.reads.Escalating | None, words: Words) -> list[Line]:
    """Return what comes next while nobody takes charge: whom each telling means, and "nobody took charge"."""
    if escalating is None or escalating.escalates_at is None:
        return []
    return list(islice(_coming(escalating, escalating.escalates_at, words), MOST_COMING))


def _coming(escalating: alerts.reads.Escalating, first_at: datetime, words: Words) -> Iterator[Line]:
    at: datetime | None = first_at
    number = escalating.step
    gettext = words.translations.gettext
    while at is not None:
        found = next_step(escalating.policy, number, at)
        who = whom(found.tell, words.language)
        how = gettext("the alert says that nobody took charge") if found.unanswered else ""
        if who or how:
            yield Line(at, who, how)
        at, number = found.next_at, number + 1

"""Who has been told of an alert and who will be, in the reader's language."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

import alerts.reads
from alerts.channels.names import name_of
from alerts.policies.wording import whom
from alerts.policy import next_step
from core.translation import mark
from dashboards.wording import Words

MOST_TOLD, MOST_COMING = 8, 3
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
}


class Line(NamedTuple):
    """Somebody who was told, or who will be, and when."""

    at: datetime
    who: str
    how: str


def told(found: Sequence[alerts.reads.Told], words: Words) -> list[Line]:
    """Return who was told last, the latest first."""
    lines = []
    for each in found[:MOST_TOLD]:
        parts = [words.say(STATES[each.state]), name_of(each.channel, words.language)]
        parts += [words.say(PURPOSES[each.purpose])] if each.purpose in PURPOSES else []
        lines.append(Line(each.at, each.name, ", ".join(parts)))
    return lines


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

"""What keeps gateways from storing what comes, as they say it themselves: one technical finding for each trouble."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from gettext import NullTranslations
from typing import NamedTuple
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import DictRow

from analytics import repository
from analytics.explanation import Sentence, in_both, moment
from analytics.findings import Finding
from analytics.frames import MINUTE, Span, instant, micros
from analytics.repository import Home
from analytics.silence.evidence import Gateway
from core.localtime import Interval
from core.translation import mark

GATEWAY_TROUBLE = "gateway_trouble"
WORTH_TELLING = MINUTE  # of a trouble that is over
OTHER = "other"
SEVERITY = {"disk broken": 0.6, "disk full": 0.5, "outbox full": 0.5}

# What is said of each trouble while it lasts, and when it is over.
SENTENCES: dict[str, tuple[str, str]] = {
    "disk full": (
        mark(
            "The disk of the gateway has been full since %(since)s. Calls for help go out all the same, but of what "
            "else the sensors tell it can keep hardly anything. Tell the technical support: its disk needs room, or a "
            "larger card."
        ),
        mark("The disk of the gateway was full from %(since)s to %(until)s. It has room again."),
    ),
    "disk broken": (
        mark(
            "The gateway has not been able to write to its disk since %(since)s. Calls for help go out all the same, "
            "but what else the sensors tell may be lost. Replace its memory card, or the gateway."
        ),
        mark(
            "The gateway could not write to its disk from %(since)s to %(until)s. It can again; if this happens once "
            "more, replace its memory card."
        ),
    ),
    "outbox full": (
        mark(
            "Since %(since)s the gateway has kept so much that it could not send that it has no room for more. Calls "
            "for help go out all the same, but some measurements are given up. Check its connection."
        ),
        mark(
            "From %(since)s to %(until)s the gateway had no room for more of what it could not send, and gave up some "
            "measurements. It has room again."
        ),
    ),
    OTHER: (
        mark(
            "The gateway has said since %(since)s that it cannot keep all that its sensors tell. Tell the technical "
            "support."
        ),
        mark("The gateway could not keep all that its sensors told from %(since)s to %(until)s. It can again."),
    ),
}


class Trouble(NamedTuple):
    """A trouble of a gateway, from when to when (microseconds), and whether it is over."""

    gateway_id: int
    name: str
    span: Span
    over: bool


def troubles(gateway: Gateway, now: int) -> Iterator[Trouble]:
    """Yield the troubles that a gateway told of, in order of time. One that went away in trouble is in it still."""
    name, since = "", 0
    for change in gateway.transitions:
        if change.trouble == name:
            continue
        if name:
            yield Trouble(gateway.gateway_id, name, Span(since, micros(change.at)), over=True)
        name, since = change.trouble, micros(change.at)
    if name:
        yield Trouble(gateway.gateway_id, name, Span(since, max(since, now)), over=False)


def tell(connection: Connection[DictRow], home: Home, gateways: Sequence[Gateway], now: datetime) -> int:
    """Store what is known of the troubles of a home's gateways; return how many findings changed."""
    found = [
        _finding(each, home.zone, now)
        for gateway in gateways
        for each in troubles(gateway, micros(now))
        if not each.over or each.span.length >= WORTH_TELLING
    ]
    return repository.put_findings(connection, home, found, now)


def _finding(trouble: Trouble, zone: ZoneInfo, now: datetime) -> Finding:
    since, until = instant(trouble.span.start), instant(trouble.span.end) if trouble.over else None
    text = _said(trouble.name, since, until, zone)
    # What goes on reaches to the hour: a finding is not a different one every minute.
    hour = now.replace(minute=0, second=0, microsecond=0)
    return Finding(
        family="technical",
        kind=GATEWAY_TROUBLE,
        severity=SEVERITY.get(trouble.name, 0.4),
        interval=Interval(since, max(since, hour) if until is None else until),
        coverage=1.0,
        detector=GATEWAY_TROUBLE,
        detector_version="1",
        explanation_it=text.it,
        explanation_en=text.en,
        evidence={
            "trouble": trouble.name,
            "since": since.isoformat(),
            "until": None if until is None else until.isoformat(),
        },
        subject=f"gateway {trouble.gateway_id}",
    )


def _said(name: str, since: datetime, until: datetime | None, zone: ZoneInfo) -> Sentence:
    lasting, over = SENTENCES.get(name, SENTENCES[OTHER])

    def word(language: str, t: NullTranslations) -> str:
        return t.gettext(lasting if until is None else over) % {
            "since": moment(since.astimezone(zone), language, t),
            "until": "" if until is None else moment(until.astimezone(zone), language, t),
        }

    return in_both(word)

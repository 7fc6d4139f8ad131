"""Devices of which much is lost on the air: one technical finding for each, while it lasts."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from gettext import NullTranslations

from babel.numbers import format_percent

from analytics import repository
from analytics.explanation import Sentence, in_both, moment
from analytics.findings import Finding
from analytics.frames import Span, instant
from analytics.repository import Home
from analytics.silence import gateways, systems
from analytics.silence.advice import Device, device_of, named
from analytics.silence.evidence import NOTHING, Evidence, Gateway, Traits
from analytics.silence.link import LOST, WeakLink, days_heard, weak_link
from analytics.silence.spans import merged
from analytics.together import Together
from analytics.watch import repository as store
from core.languages import LOCALES
from core.localtime import Interval
from core.translation import mark
from core.vocabulary import CALLS
from devices.reads import Sensor

WEAK_LINK = "weak_link"
SEVERITY, SEVERITY_OF_CALLS = 0.2, 0.4

LASTING = mark(
    "Since %(since)s much of what this device sends has been lost on the air, in the last week %(share)s: %(device)s. "
    "Put it higher, away from metal and closer to a window, or ask the technical support for a LoRaWAN gateway nearby."
)
LASTING_OF_CALLS = mark("A call for help of this device may be lost as well: look at this soon.")
OVER = mark(
    "From %(since)s to %(until)s much of what this device sent was lost on the air: %(device)s. It is heard again."
)


def tell(together: Together, home: Home, evidence: Evidence, sensors: Sequence[Sensor], now: datetime) -> int:
    """Store what is known of the weak links of a home's devices; return how many findings changed."""
    told = together.of(home.home_id, store.told_links, WEAK_LINK)
    found = [
        _finding(home, device_id, link, sensors, now) for device_id, link in _links(evidence, told) if link is not None
    ]
    return repository.put_findings(together.connection, home, found, now)


def _links(evidence: Evidence, told: dict[int, WeakLink]) -> Iterator[tuple[int, WeakLink | None]]:
    counting = {
        device_id: (gateway, lost)
        for gateway in evidence.gateways
        for device_id in gateway.devices
        for lost in evidence.series.get(device_id, ())
        if lost.quantity == LOST and len(lost.times)
    }
    for device_id, (gateway, lost) in counting.items():
        reports = evidence.reports.get(device_id, NOTHING)
        interval = evidence.home.traits.get(device_id, Traits()).interval
        away = _not_heard(gateway, device_id, evidence.now)
        days = days_heard(lost, reports, away, interval, evidence.home.zone, evidence.now)
        yield device_id, weak_link(days, told.get(device_id))
    for device_id in sorted(told.keys() - counting.keys()):
        # Taken away, or nothing was lost of it for as long as is looked back.
        if told[device_id].until is None:
            yield device_id, told[device_id]._replace(until=evidence.now)


def _not_heard(gateway: Gateway, device_id: int, now: int) -> list[Span]:
    return merged([*gateways.not_heard(gateway, now), *systems.cut_off(gateway, now).get(device_id, ())])


def _finding(home: Home, device_id: int, link: WeakLink, sensors: Sequence[Sensor], now: datetime) -> Finding:
    since, until = instant(link.since), None if link.until is None else instant(link.until)
    mine = [each for each in sensors if each.device_id == device_id]
    calls = any(each.quantity in CALLS for each in mine)
    text = _said(link, since, until, device_of(mine), home, calls=calls)
    # What goes on reaches to the hour: a finding is not a different one every minute.
    hour = now.replace(minute=0, second=0, microsecond=0)
    return Finding(
        family="technical",
        kind=WEAK_LINK,
        severity=SEVERITY_OF_CALLS if calls else SEVERITY,
        interval=Interval(since, max(since, hour) if until is None else until),
        coverage=1.0,
        detector=WEAK_LINK,
        detector_version="1",
        explanation_it=text.it,
        explanation_en=text.en,
        evidence={
            "since": since.isoformat(),
            "until": None if until is None else until.isoformat(),
            "share": link.share,
            "devices": [device_id],
            "rooms": sorted({each.room_kind or "" for each in mine}),
        },
        subject=f"device {device_id}",
    )


def _said(
    link: WeakLink, since: datetime, until: datetime | None, device: Device, home: Home, *, calls: bool
) -> Sentence:
    def word(language: str, t: NullTranslations) -> str:
        text = t.gettext(LASTING if until is None else OVER) % {
            "since": moment(since.astimezone(home.zone), language, t),
            "until": "" if until is None else moment(until.astimezone(home.zone), language, t),
            "share": format_percent(link.share, locale=LOCALES[language]),
            "device": named(device, t),
        }
        return f"{text} {t.gettext(LASTING_OF_CALLS)}" if calls and until is None else text

    return in_both(word)

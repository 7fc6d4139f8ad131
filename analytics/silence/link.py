"""Devices of which much is lost on the air, by their own count (`missed_reports`), over several days.

A LoRaWAN network is laid out for at most a tenth of lost frames; near that nothing is told. What is lost because nobody
listened, as while the gateway was away, is not the link's fault and does not count.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from analytics.frames import HOUR, Instants, Span, instant, micros
from analytics.silence.evidence import Series
from core.localtime import day_of, local_day

LOST = "missed_reports"
SHARE = 0.3  # of a day's frames: three times what a network is laid out for
GOOD_SHARE = 0.15
LEAST = 6  # frames lost on a day: fewer are chance
WINDOW = 7 * 24 * HOUR
WEAK_DAYS = 4  # within it: what stands before an antenna for a day or two is no weak link
GOOD_DAYS = 3  # in a row, after which it is over
ONE = timedelta(days=1)


class Day(NamedTuple):
    """A local day on which a device was heard (microseconds), and how many of its frames were lost, and sent."""

    span: Span
    lost: int
    sent: int

    @property
    def share(self) -> float:
        """The share of its frames that were lost (0 to 1)."""
        return self.lost / self.sent

    @property
    def is_weak(self) -> bool:
        """Whether so much was lost that it is no chance."""
        return self.lost >= LEAST and self.share >= SHARE


class WeakLink(NamedTuple):
    """From when to when (microseconds; `until` None: still) much was lost, and how much of it in the last week."""

    since: int
    until: int | None
    share: float


def days_heard(
    lost: Series, reports: Instants, not_heard: Sequence[Span], interval: int | None, zone: ZoneInfo, now: int
) -> list[Day]:
    """Return the whole local days before `now` on which a device was heard, in order.

    `reports` are the instants at which it was, `not_heard` merged spans in which it could not be. It sent at least once
    in each check-in `interval` (microseconds): a frame that says nothing new is not stored.
    """
    if not len(reports):
        return []
    at, frames = _by_the_link(lost, reports, not_heard)
    found, day, today = [], day_of(instant(int(reports[0])), zone), day_of(instant(now), zone)
    while day < today:
        of_day = local_day(day, zone)
        span = Span(micros(of_day.start), micros(of_day.end))
        heard = int(np.diff(np.searchsorted(reports, span))[0])
        missed = int(frames[slice(*np.searchsorted(at, span))].sum())
        if heard:
            found.append(Day(span, missed, max(heard + missed, span.length // interval if interval else 0)))
        day += ONE
    return found


def weak_link(days: Sequence[Day], told: WeakLink | None) -> WeakLink | None:
    """Return the weak link of a device as its days tell of it; `told` is what was told of it last, if anything was."""
    if told is not None and told.until is None:
        return _going_on(days, told)
    begin = days[-1].span.end - WINDOW if days else 0
    week = [day for day in days if day.span.start >= max(begin, 0 if told is None else told.until or 0)]
    weak = [day for day in week if day.is_weak]
    return WeakLink(weak[0].span.start, None, _share(week)) if len(weak) >= WEAK_DAYS else None


def _going_on(days: Sequence[Day], told: WeakLink) -> WeakLink:
    latest = days[-GOOD_DAYS:]
    if len(latest) < GOOD_DAYS or any(day.share >= GOOD_SHARE for day in latest):
        week = [day for day in days if day.span.start >= days[-1].span.end - WINDOW]
        return told._replace(share=_share(week)) if week else told
    weak = [day.span.end for day in days if day.is_weak and day.span.start >= told.since]
    return told._replace(until=max([told.since, *weak]))


def _by_the_link(lost: Series, reports: Instants, not_heard: Sequence[Span]) -> tuple[Instants, Instants]:
    """Return when frames turned out to be lost, and how many: those lost in between while somebody listened."""
    before = reports[np.maximum(0, np.searchsorted(reports, lost.times) - 1)]
    by_link = np.ones(len(before), dtype=bool)
    for span in not_heard:
        by_link &= (before >= span.end) | (lost.times <= span.start)
    return lost.times[by_link], lost.values[by_link].astype(np.int64)


def _share(days: Sequence[Day]) -> float:
    sent = sum(day.sent for day in days)
    return round(sum(day.lost for day in days) / sent, 2) if sent else 0.0

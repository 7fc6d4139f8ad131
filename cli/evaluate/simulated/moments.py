"""At which moments of a day the answer of the analysis can change, so that it is asked then and at no other.

The services look every five minutes. Between two readings nothing becomes known but that time passes, so what is found
at the end of a silence and not before began within it, and the look at which it did is found by bisection:

* the moments at which production computes the day before: 0:30, 8:00 and 12:00
* when the window of an indicator that raises findings has settled
* the last look before a time without a sign of anybody ends that may be worth a finding, and every two hours of it
* when the gateway says something new, and at 18:00: then only silences are looked for
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from analytics.frames import MINUTE, Instants, instant, micros
from analytics.indicators import INDICATORS, protocol
from analytics.moments import MOMENTS
from analytics.stillness.seen import LOOKED_AT
from core.localtime import local_instant
from simulator.home import ONE_DAY

CADENCE = timedelta(minutes=5)
CADENCE_US = 5 * MINUTE
WITHIN_SILENCE = timedelta(hours=2)
LAST_LOOK = time(18)


# Tells whether a time without a sign, from one instant to another (microseconds), may be worth a finding.
Worth = Callable[[int, int], bool]


class Moment(NamedTuple):
    """When is looked, at which days, and whether silences are looked for as well."""

    at: datetime
    days: tuple[date, ...]
    silences: bool


def of_day(day: date, zone: ZoneInfo, signs: Instants, words: list[datetime], worth: Worth) -> list[Moment]:
    """Return the moments of a local day, in order; `signs` are those of somebody in the home, over all days."""
    start, end = (local_instant(one, time.min, zone) for one in (day, day + ONE_DAY))
    before = day - ONE_DAY
    found: dict[datetime, tuple[set[date], bool]] = {}

    def note(at: datetime, days: tuple[date, ...], *, silences: bool) -> None:
        known, looked = found.get(at, (set(), False))
        found[at] = (known | set(days), looked or silences)

    for clock in MOMENTS:
        note(local_instant(day, clock, zone), (before,), silences=True)
    note(local_instant(day, LAST_LOOK, zone), (), silences=True)
    for word in words:
        if start <= word < end:
            note(word + timedelta(seconds=1), (), silences=True)
    for one in (before, day):
        for at in settled(one, zone):
            if start <= at < end:
                note(at, (one,), silences=False)
    for at in still(day, zone, signs, worth):
        note(at, (day,), silences=False)
    return [Moment(at, tuple(sorted(days)), silences) for at, (days, silences) in sorted(found.items())]


def settled(day: date, zone: ZoneInfo) -> set[datetime]:
    """Return the looks at which the window of an indicator that raises findings has settled."""
    judged = (each for each in INDICATORS.values() if each.judged)
    return {tick(each.interval(day, zone).end + protocol.SETTLED) for each in judged}


def still(day: date, zone: ZoneInfo, signs: Instants, worth: Worth) -> list[datetime]:
    """Return the looks on a day at which a time without a sign of anybody can have become worth a finding."""
    begin, end = (local_instant(one, time.min, zone) for one in (day, day + ONE_DAY))
    return sorted({at for at in _silences(begin, end, signs, worth) if begin <= at < end})


def _silences(begin: datetime, end: datetime, signs: Instants, worth: Worth) -> Iterator[datetime]:
    first = max(0, int(np.searchsorted(signs, micros(begin))) - 1)
    last = int(np.searchsorted(signs, micros(end), side="right")) + 1
    around = signs[first:last]
    for index in np.flatnonzero(np.diff(around) >= LOOKED_AT):
        if not worth(int(around[index]), int(around[index + 1])):
            continue
        still, moved = instant(int(around[index])), instant(int(around[index + 1]))
        yield _tick_before(moved)
        at = max(tick(still) + WITHIN_SILENCE, tick(begin))
        while at < min(moved, end):
            yield at
            at += WITHIN_SILENCE


def ticks(after: datetime, until: datetime) -> list[datetime]:
    """Return the looks after an instant, up to and with another one."""
    number = max(1, -(-(until - after) // CADENCE))
    return [until - (number - 1 - index) * CADENCE for index in range(number)]


def tick(at: datetime) -> datetime:
    """Return the first look at or after an instant."""
    return instant(-(-micros(at) // CADENCE_US) * CADENCE_US)


def _tick_before(at: datetime) -> datetime:
    """Return the last look before an instant."""
    return instant((micros(at) - 1) // CADENCE_US * CADENCE_US)

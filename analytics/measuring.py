"""From what was observed of a home to the values of its indicators, each with its coverage."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from analytics import coverage
from analytics.frames import Span
from analytics.indicators import OF_DAYS, OfDay
from analytics.observed import Observed
from analytics.profiles.profile import DayProfile
from analytics.silence.blind import Blind

ONE_DAY = timedelta(days=1)


class Value(NamedTuple):
    """An indicator on a day: None without verdict. `readings` is on how many signs of somebody it rests."""

    kind: str
    day: date
    value: float | None
    unit: str
    coverage: float
    readings: int


class Sight:
    """What is known of a home: shares of windows, each worked out once.

    `unknown` are times of which nothing is known of the home, `unknown_of` those of single devices; `away` those in
    which nobody was at home.
    """

    def __init__(
        self, unknown: Sequence[Span], unknown_of: Mapping[int, Sequence[Span]], blind: Blind, away: Sequence[Span]
    ) -> None:
        self._unknown = unknown
        self._unknown_of = unknown_of
        self._blind = blind
        self._away = away
        self._shares: dict[tuple[Span, Sequence[int], bool], float] = {}

    def share(self, window: Span, devices: Sequence[int], *, at_home: bool = False) -> float:
        """Return which share of `window` is known of some devices, 0 to 1; `at_home` leaves out time away."""
        key = (window, devices, at_home)
        if key not in self._shares:
            unknown = [*self._unknown, *self._blind.of(devices), *(self._away if at_home else ())]
            watched = {device: self._unknown_of.get(device, ()) for device in devices}
            self._shares[key] = coverage.share(window, unknown, watched)
        return self._shares[key]


def value_of(indicator: OfDay, window: Span, devices: Sequence[int], observed: Observed, sight: Sight) -> Value:
    """Return the value of an indicator in `window`, which rests on some devices."""
    known = sight.share(window, devices)
    usable = sight.share(window, devices, at_home=indicator.at_home)
    value = indicator.value(observed, window) if usable >= coverage.LIMIT else None
    first, last = np.searchsorted(observed.signs.at, window)
    return Value(indicator.kind, observed.day, value, indicator.unit, round(known, 4), int(last - first))


def values_of_days(day: date, profiles: Mapping[date, DayProfile]) -> list[Value]:
    """Return the values on `day` of the indicators that look at several days.

    There is none before a home has been known for so many days, and no verdict on a day that is not known itself.
    """
    found = []
    for indicator in OF_DAYS.values():
        days = [day - ago * ONE_DAY for ago in reversed(range(indicator.days))]
        if any(each not in profiles for each in days):
            continue
        there = [profiles[each] for each in days]
        known = sum(each.coverage for each in there) / indicator.days
        enough = min(known, there[-1].coverage) >= coverage.LIMIT
        found.append(
            Value(
                indicator.kind,
                day,
                indicator.value(there) if enough else None,
                indicator.unit,
                round(known, 4),
                sum(each.readings for each in there),
            )
        )
    return found

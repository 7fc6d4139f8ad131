"""What an indicator is: one number for each local day or night of a home, with its unit, formula and source.

There are two sorts. `OfDay` looks at what was observed of one day or night. `OfDays` looks at what `analytics.profiles`
keeps of several days, up to and including one. Both have a window, say on which sensors they rest and which way
matters; what is said of their figures stands in `analytics.figures`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from analytics.frames import Flags, Span, span
from analytics.observed import Observed
from analytics.profiles.profile import DayProfile
from analytics.sensors import Sensors
from core.localtime import Interval, local_instant

SETTLED = timedelta(hours=2)
ONE_DAY = timedelta(days=1)
MIDNIGHT, NOON = time.min, time(12)


class Direction(StrEnum):
    """Which change of an indicator matters."""

    MORE = "more"
    LESS = "less"
    BOTH = "both"
    EARLIER = "earlier"
    LATER = "later"
    NONE = "none"  # a context, not a change of the person


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """What is common to all indicators.

    The window is `begins` to `ends` on the clock of the local day, or of the night that begins on it, and reaches back
    over `days` of them. `formula`, `source` and `rests_on` are for the reference. `watched` tells which series it
    rests on; a home without any does not have the indicator. `at_home` says that time away is no evidence.
    `evidence` is the kind of episodes that it is about, "" where there is none.

    Only one that is `judged` raises findings: it has a detector that is calibrated. `spread_floor` and `least_excess`
    say, in its unit, how regular a person is taken to be at most and what difference is worth a word at all. There is
    no value before `SETTLED` after the window's end, so that the last readings have time to come in.
    """

    kind: str
    unit: str
    begins: time
    ends: time
    direction: Direction
    formula: str
    source: str
    rests_on: str
    watched: Callable[[Sensors], Flags]
    spread_floor: float
    least_excess: float
    at_home: bool = False
    evidence: str = ""
    judged: bool = False
    days: int = 1

    def interval(self, day: date, zone: ZoneInfo) -> Interval:
        """Return the window of `day`; one that does not end after it begins on the clock reaches into the next day."""
        first = day - (self.days - 1) * ONE_DAY
        last = day if self.begins < self.ends else day + ONE_DAY
        return Interval(local_instant(first, self.begins, zone), local_instant(last, self.ends, zone))

    def window(self, day: date, zone: ZoneInfo) -> Span:
        """Return the window of `day` in microseconds."""
        return span(self.interval(day, zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfDay(Indicator):
    """An indicator of one day or night; its value is None where there is nothing to measure."""

    value: Callable[[Observed, Span], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfDays(Indicator):
    """An indicator of `days` days, by the profile of each, in their order; None where it cannot be told."""

    value: Callable[[Sequence[DayProfile]], float | None]

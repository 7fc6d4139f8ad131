"""What an indicator is: one number for each local day or night of a home, with its unit, formula and source."""

from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from analytics.frames import Episode, Span, span
from core.localtime import Interval, local_instant

SETTLED = timedelta(hours=2)


class Indicator(NamedTuple):
    """One indicator.

    `window` is the part of the local day (or of the night that begins on it) that it looks at, `value` computes it
    from the episodes of the home, of the kind `evidence`. `watched` chooses the rows of `sensors` it rests on; a
    home without any does not have the indicator. `at_home` says that time away is no evidence. `spread_floor` and
    `least_excess` say, in its unit, how regular a person is taken to be at most and what difference is worth a word
    at all. There is no value before `SETTLED` after the window's end, so that the last readings have time to come in;
    but one that is `running` is also judged while its window is open: what it has come to can only grow.
    """

    kind: str
    unit: str
    begins: time
    ends: time
    value: Callable[[Sequence[Episode], Span], float]
    evidence: str
    watched: Callable[[pd.DataFrame], pd.DataFrame]
    at_home: bool
    spread_floor: float
    least_excess: float
    running: bool = False

    def interval(self, day: date, zone: ZoneInfo) -> Interval:
        """Return the window of `day`; one that ends before it begins on the clock reaches into the next day."""
        last = day if self.begins < self.ends else day + timedelta(days=1)
        return Interval(local_instant(day, self.begins, zone), local_instant(last, self.ends, zone))

    def window(self, day: date, zone: ZoneInfo) -> Span:
        """Return the window of `day` in microseconds."""
        return span(self.interval(day, zone))

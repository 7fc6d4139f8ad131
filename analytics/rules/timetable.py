"""Who is expected at a home, and when."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.localtime import Interval, local_instant


class ExpectedVisit(NamedTuple):
    """Somebody who is expected on some weekdays (Monday is 0) from one time of the clock to another.

    It holds from `first` until `last` (both included; None has no end). `grace` minutes after its end it is missed,
    None takes what the rule is set to.
    """

    visit_id: int
    who: str
    weekdays: frozenset[int]
    begins: time
    ends: time
    grace: int | None
    first: date
    last: date | None = None

    def on(self, day: date, zone: ZoneInfo) -> Interval | None:
        """Return from when to when the visit is expected on a local day, None if it is not."""
        if day.weekday() not in self.weekdays or day < self.first or (self.last is not None and day > self.last):
            return None
        start = local_instant(day, self.begins, zone)
        return Interval(start, self._end(day, zone, start))

    def _end(self, day: date, zone: ZoneInfo, start: datetime) -> datetime:
        end = local_instant(day, self.ends, zone)
        return end if end > start else local_instant(day + timedelta(days=1), self.ends, zone)

"""On which days what was told of a person counts."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analytics.change.domains import Domain
from core.localtime import day_of

INSTANT = timedelta(microseconds=1)


class Told(NamedTuple):
    """A finding that holds and is told, not one on trial. `domain` and `shown_on` are there where a change is told."""

    finding_id: int
    kind: str
    severity: float
    started_at: datetime
    ended_at: datetime
    domain: Domain | None = None
    shown_on: tuple[date, date] | None = None

    def counts_on(self, day: date, zone: ZoneInfo) -> bool:
        """Tell whether it was open on a local day.

        A change is open on the days that show it and those between them: it begins with days that only later turned out
        to be the beginning of something. All else is open from when it begins to when it ends.
        """
        if self.shown_on is not None:
            return self.shown_on[0] <= day <= self.shown_on[1]
        last = max(self.started_at, self.ended_at - INSTANT)
        return day_of(self.started_at, zone) <= day <= day_of(last, zone)

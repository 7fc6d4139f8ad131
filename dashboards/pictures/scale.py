"""Where an instant stands on the clock face of a local day: a straight line from 0:00 to 24:00, or from noon to noon.

Days of 24 hours stand under each other hour by hour. On the day the clock goes forward, the hour that does not
exist stays empty; on the day it goes back, the hour that happens twice is drawn twice, each time half as wide.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.localtime import Interval, local_instant

DAY_S = 86_400.0
NOON = time(12)  # where the day of a night begins


class DayScale:
    """Maps instants of one local day to fractions of the day's width, without ever running backwards.

    A day `begins` at midnight, and one that shows a night at noon; the clock is not changed between 12:00 and 13:00.
    """

    def __init__(self, day: date, zone: ZoneInfo, begins: time = time.min) -> None:
        self.day = day
        self.begins = begins
        following = local_instant(day + timedelta(days=1), begins, zone)
        self.interval = Interval(local_instant(day, begins, zone), following)
        self._zone = zone
        self._change = _clock_change(self.interval, zone)

    def fraction(self, instant: datetime) -> float:
        """Return where `instant` stands, from 0 (the beginning) to 1 (that of the next day); clipped to the day."""
        if instant <= self.interval.start:
            return 0.0
        if instant >= self.interval.end:
            return 1.0
        return self._wall(instant) / DAY_S

    def hour(self, hour: float) -> float:
        """Return where an hour of the clock on the wall stands; the hour at which a day begins, at its beginning."""
        return (hour - self.begins.hour) % 24 / 24

    def between(self, first: float, last: float) -> list[tuple[float, float]]:
        """Return the parts of the day from one hour of the clock to another, which may be over midnight."""
        left, right = self.hour(first), self.hour(last)
        return [(left, right)] if left < right else [(0.0, right), (left, 1.0)]

    def missing(self) -> tuple[float, float] | None:
        """Return the part of the day that the clock skips, as fractions; None on all but one day of the year."""
        if self._change is None:
            return None
        at, step = self._change
        if step <= timedelta(0):
            return None
        after = self._shown(at)
        return (after - step.total_seconds()) / DAY_S, after / DAY_S

    def clip(self, interval: Interval) -> Interval | None:
        """Return the part of `interval` that lies in this day; None if there is none."""
        start, end = max(interval.start, self.interval.start), min(interval.end, self.interval.end)
        return Interval(start, end) if start < end else None

    def _shown(self, instant: datetime) -> float:
        local = instant.astimezone(self._zone)
        return (local.replace(tzinfo=None) - datetime.combine(self.day, self.begins)).total_seconds()

    def _wall(self, instant: datetime) -> float:
        if self._change is None or self._change[1] > timedelta(0):
            return self._shown(instant)
        at, step = self._change
        back = -step
        if not at - back <= instant < at + back:
            return self._shown(instant)
        # The hour that happens twice begins on the wall where the clock lands when it goes back.
        return self._shown(at) + (instant - (at - back)).total_seconds() / 2


def _clock_change(interval: Interval, zone: ZoneInfo) -> tuple[datetime, timedelta] | None:
    """Return the instant at which the clock is changed within `interval`, and by how much."""

    def offset(instant: datetime) -> timedelta:
        return instant.astimezone(zone).utcoffset() or timedelta(0)

    low, high = interval.start, interval.end
    step = offset(high) - offset(low)
    if not step:
        return None
    before = offset(low)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if offset(middle) == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0), step

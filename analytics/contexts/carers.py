"""A regular carer: somebody comes by the door at the same time of the same weekdays, and leaves after a while.

It is proposed and never acts by itself: a carer's visits are part of the days that are usual. What is known of them
explains stays that would be taken for visitors.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analytics.contexts.doors import Stay
from analytics.contexts.kinds import ContextKind
from analytics.contexts.proposal import Proposal
from analytics.contexts.traces import Traces
from analytics.contexts.wording import clock
from core.localtime import local_day

NAME = "carer"
MINUTE = 60
SHORTEST, LONGEST = 12 * MINUTE, 120 * MINUTE
AROUND = 30  # minutes
LATELY = timedelta(days=28)
LEAST_DAYS = 8
REGULAR = 0.7  # of the days of a weekday
CONFIDENCE = 0.6
MINUTES_OF_A_DAY = 24 * 60
STEP = 10


class Habit(NamedTuple):
    """Somebody comes at about a minute of the day on some weekdays (0 is Monday): on how many of how many days.

    `sometimes` are the weekdays on which that happened at all.
    """

    minute: float
    weekdays: tuple[int, ...]
    seen: int
    days: int
    first: date
    sometimes: frozenset[int]

    def explains(self, at: int, zone: ZoneInfo) -> bool:
        """Tell whether an arrival (seconds since 1970) is this habit."""
        local = datetime.fromtimestamp(at, tz=UTC).astimezone(zone)
        return local.weekday() in self.sometimes and abs(local.hour * 60 + local.minute - self.minute) <= 1.5 * AROUND


def habits(days: Mapping[date, Traces], stays: Sequence[Stay], zone: ZoneInfo) -> list[Habit]:
    """Return who comes regularly, by the time of day."""
    if not days:
        return []
    last = max(days)
    lately = [day for day in days if last - LATELY <= day < last and days[day].moves]
    arrivals = [
        (local.date(), local.hour * 60 + local.minute)
        for stay in stays
        if stay.end - stay.start <= LONGEST
        for local in [datetime.fromtimestamp(stay.start, tz=UTC).astimezone(zone)]
        if last - LATELY <= local.date() < last
    ]
    found: list[Habit] = []
    while (best := _best(arrivals, lately)) is not None:
        found.append(best)
        arrivals = [(day, minute) for day, minute in arrivals if abs(minute - best.minute) > 2 * AROUND]
    return sorted(found)


def _best(arrivals: Sequence[tuple[date, int]], days: Sequence[date]) -> Habit | None:
    best: Habit | None = None
    for middle in range(0, MINUTES_OF_A_DAY, STEP):
        there = {day: minute for day, minute in arrivals if abs(minute - middle) <= AROUND}
        if len(there) < LEAST_DAYS or (best is not None and len(there) <= best.seen):
            continue
        weekdays = tuple(
            weekday
            for weekday in range(7)
            if (of := [day for day in days if day.weekday() == weekday])
            and sum(day in there for day in of) >= REGULAR * len(of)
        )
        seen = [day for day in there if day.weekday() in weekdays]
        count = sum(day.weekday() in weekdays for day in days)
        if len(seen) >= LEAST_DAYS:
            sometimes = frozenset(day.weekday() for day in there)
            minutes = sorted(there[day] for day in seen)
            best = Habit(minutes[len(minutes) // 2], weekdays, len(seen), count, min(seen), sometimes)
    return best


def carers(found: Sequence[Habit], zone: ZoneInfo) -> list[Proposal]:
    """Return a proposal for whoever comes most regularly."""
    return [
        Proposal(
            NAME,
            ContextKind.CARER,
            local_day(one.first, zone).start + timedelta(minutes=one.minute),
            None,
            CONFIDENCE,
            {
                "time": clock(one.minute),
                "weekdays": list(one.weekdays),
                "seen": one.seen,
                "days": one.days,
                "habits": len(found),
            },
        )
        for one in found[:1]
    ]

"""Visits: between two uses of the door, none of them of an outing, there are many more rare moves than usual.

A visit at the time of a regular carer is that carer. What is shorter than
`SHORTEST` cannot be told from the visit of a carer, and how many visitors there are cannot be told at all.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from math import sqrt
from zoneinfo import ZoneInfo

from analytics.contexts.carers import Habit
from analytics.contexts.crowd import Crowd
from analytics.contexts.doors import Stay
from analytics.contexts.kinds import ContextKind
from analytics.contexts.proposal import Proposal

NAME = "visit"
MINUTE = 60
SHORTEST, LONGEST = 80 * MINUTE, 10 * 60 * MINUTE
DAY_LASTS = 17 * 60 * MINUTE  # from 6:00 to 23:00
EARLIEST, LATEST = 7, 22  # hours of the local clock at which visitors come; who walks about at night is none
LEAST = 4  # rare moves
Z, TIMES = 3.0, 3.0
SURE_Z = 4.5
ASKING, ACTING = 0.6, 0.8


def visits(
    crowds: Sequence[Crowd], stays: Sequence[Stay], habits: Sequence[Habit], lasting: set[date], zone: ZoneInfo
) -> list[Proposal]:
    """Return the visits on the days of `crowds`, in order; none on days on which more than one live there."""
    of_day = {one.day: one for one in crowds}
    found: list[Proposal] = []
    for stay in stays:
        start = datetime.fromtimestamp(stay.start, tz=UTC)
        local = start.astimezone(zone)
        day, crowd = local.date(), of_day.get(local.date())
        if crowd is None or crowd.usual is None or not crowd.looked or day in lasting:
            continue
        if not EARLIEST <= local.hour < LATEST:
            continue
        if any(habit.explains(stay.start, zone) for habit in habits):
            continue
        expected = crowd.usual.rare * (stay.end - stay.start) / DAY_LASTS
        count = sum(stay.start <= move.at <= stay.end for move in crowd.rare)
        z = (count - expected) / sqrt(max(expected, 1.0))
        if count >= max(LEAST, TIMES * expected) and z >= Z and (not found or start >= (found[-1].end or start)):
            found.append(
                Proposal(
                    NAME,
                    ContextKind.VISIT,
                    start,
                    datetime.fromtimestamp(stay.end, tz=UTC),
                    ACTING if z >= SURE_Z else ASKING,
                    {"moves": count, "usual": round(expected, 1)},
                )
            )
    return found

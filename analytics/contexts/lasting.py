"""Somebody else, or an animal, has come to live there: more than one in the home on day after day.

An animal is told from a person by what it does not do: it hardly goes to the bathroom, is about at night as by day, and
is seen now here, now there after long pauses. What two of these three say is proposed.

It is over when some days have gone by without it. Until then it ends, for the time being, before those days: they are
judged as days of one who lives alone, and so is not taken for less than usual what is as it was before.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from itertools import groupby, takewhile
from zoneinfo import ZoneInfo

from analytics.contexts.crowd import WINDOW, Crowd
from analytics.contexts.kinds import ContextKind
from analytics.contexts.proposal import DOUBTED, Proposal
from analytics.contexts.traces import Move
from core.localtime import local_day

NAME = "lasting"
PAUSE = 600  # seconds after which a move is one out of a pause
PAUSES = 0.15  # of the rare moves of an animal at least; of a person about 0.06
NIGHTS = 0.1
BATHROOM = 0.2
MOST = 2  # of these three
ASKING, ACTING = 0.75, 0.9
SURE_AFTER = 7  # days
ONE_DAY = timedelta(days=1)


def lasting(crowds: Sequence[Crowd], bathrooms: Collection[int], zone: ZoneInfo) -> list[Proposal]:
    """Return since when more than one have been in the home, and of which sort, in order."""
    found = []
    for crowded, days in groupby(crowds, key=lambda one: one.crowded):
        run = list(days)
        if crowded and len(run) >= WINDOW - 1:
            found.append(_proposal(run, bathrooms, zone, goes_on=run[-1] is crowds[-1]))
    return found


def _proposal(run: Sequence[Crowd], bathrooms: Collection[int], zone: ZoneInfo, *, goes_on: bool) -> Proposal:
    looked = [one for one in run if one.looked]
    pet = is_animal([move for one in looked for move in one.rare], sum(one.by_night for one in looked), bathrooms)
    doubted = len(list(takewhile(lambda one: one.doubted, reversed(run)))) if goes_on else 0
    start, last = local_day(run[0].day, zone).start, local_day(run[-1 - doubted].day, zone).end
    return Proposal(
        NAME,
        ContextKind.PET if pet else ContextKind.SECOND_RESIDENT,
        start,
        None if goes_on and not doubted else last,
        ACTING if len(looked) >= SURE_AFTER else ASKING,
        {"days": len(run), "seen": len(looked)} | ({DOUBTED: doubted} if doubted else {}),
    )


def is_animal(rare: Sequence[Move], by_night: int, bathrooms: Collection[int]) -> bool:
    """Tell whether rare moves, so many of them by night, are those of an animal rather than of a person."""
    count = max(1, len(rare))
    pauses = sum(one.seconds > PAUSE for one in rare) / count
    bathroom = sum(one.left in bathrooms or one.came in bathrooms for one in rare) / count
    said = [pauses >= PAUSES, by_night / count >= NIGHTS, bathroom < BATHROOM]
    return sum(map(bool, said)) >= MOST


def days_of(proposals: Sequence[Proposal], last: date, zone: ZoneInfo) -> set[date]:
    """Return the local days up to `last` that lie in some proposals."""
    found = set()
    for one in proposals:
        day = one.start.astimezone(zone).date()
        end = last + ONE_DAY if one.end is None else one.end.astimezone(zone).date()
        while day < end:
            found.add(day)
            day += ONE_DAY
    return found

"""All detectors of contexts over the traces of a home's days."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from analytics.contexts import absence, busy, carers, lasting, visits
from analytics.contexts.context import Context, Standing
from analytics.contexts.crowd import crowds
from analytics.contexts.doors import stays
from analytics.contexts.kinds import ContextKind
from analytics.contexts.proposal import Proposal
from analytics.contexts.traces import Traces
from core.localtime import day_of

LOOK_BACK = timedelta(days=75)
DETECTORS = frozenset({absence.NAME, visits.NAME, carers.NAME, lasting.NAME, busy.NAME})
INSTANT = timedelta(microseconds=1)


def propose(
    days: Mapping[date, Traces], zone: ZoneInfo, known: Sequence[Context], bathrooms: Collection[int]
) -> list[Proposal]:
    """Return what the traces of a home's days tell: absences, visits, busy days, regular carers, residents, animals.

    `known` are the contexts that people have entered or confirmed: their days teach nothing of what is usual.
    `bathrooms` are the rooms of that kind.
    """
    if not days:
        return []
    last = max(days)
    away = absence.absences(days)
    left_out = _days(known, days, zone) | lasting.days_of(away, last, zone)
    looked = crowds(days, zone, left_out)
    more = lasting.lasting(looked, bathrooms, zone)
    others = stays(days.values(), min(carers.SHORTEST, visits.SHORTEST), visits.LONGEST)
    regular = carers.habits(days, others, zone)
    visiting = [one for one in others if one.end - one.start >= visits.SHORTEST]
    crowded = lasting.days_of(more, last, zone)
    return [
        *away,
        *more,
        *carers.carers(regular, zone),
        *visits.visits(looked, visiting, regular, crowded | left_out, zone),
        *busy.busy_days(looked, crowded | left_out, zone),
    ]


def _days(known: Sequence[Context], days: Mapping[date, Traces], zone: ZoneInfo) -> set[date]:
    """Return the days that contexts entered or confirmed by people touch."""
    found: set[date] = set()
    for one in known:
        if one.standing in (Standing.ENTERED, Standing.CONFIRMED) and one.kind is not ContextKind.CARER:
            first = day_of(one.start, zone)
            last = max(days) if one.end is None else day_of(one.end - INSTANT, zone)
            found |= {day for day in days if first <= day <= last}
    return found

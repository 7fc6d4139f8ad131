"""What is kept of a home to judge its changes, and what comes of new figures. Pure: whoever stores it owns the rows."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics.change.cohort import Prior
from analytics.change.day import NO_PRIORS, DomainDay, look
from analytics.change.departure import REACH, Odd, Values
from analytics.change.domains import LONGEST, LOOKS, SHOWN_BY, Domain, Pace, Strand
from analytics.change.reference import Reference
from analytics.change.runs import GAP, runs
from analytics.change.telling import EpisodesOf, finding
from analytics.contexts.effect import Contexts
from analytics.contexts.kinds import ContextKind
from analytics.feedback.shift import NO_SHIFTS, Shifts
from analytics.findings import Finding
from analytics.indicators import INDICATORS
from core.localtime import local_day

ONE_DAY = timedelta(days=1)
BACK = timedelta(days=REACH + LONGEST)
SUDDEN = 3.5  # rarity from which on a day is none of the usual ones: one in three thousand
NEWS = timedelta(days=14)
RUNS_BACK = timedelta(days=60)  # how far back the beginning of a change that goes on is looked for

Seen = dict[tuple[Strand, date], DomainDay]
# Of each indicator its value (NaN without verdict) and coverage by day.
Known = Mapping[str, Mapping[date, tuple[float, float]]]


def histories(known: Known, day: date, contexts: Contexts) -> dict[str, Values]:
    """Return for each indicator that shows changes a figure for each day up to `day`, NaN where there is none to judge.

    Days with which `day` may not be compared do not count; an indicator that a context excludes on `day` is left out.
    """
    days = [day - ago * ONE_DAY for ago in reversed(range(BACK.days + 1))]
    found = {}
    for kind in LOOKS:
        values, window = known.get(kind), INDICATORS[kind].interval
        if not values or day not in values or contexts.excludes(kind, window(day, contexts.zone)):
            continue
        figures = np.array([values[each][0] if each in values else np.nan for each in days])
        if contexts.acting:
            figures[contexts.incomparable(kind, day, days, window)] = np.nan
        found[kind] = figures
    return found


def looked_at(
    known: Known,
    day: date,
    reference: Reference,
    contexts: Contexts,
    shifts: Shifts = NO_SHIFTS,
    before: Iterable[DomainDay] = (),
    priors: Mapping[str, Prior] = NO_PRIORS,
) -> list[DomainDay]:
    """Return what `day` comes to in each strand, by the outcomes that were known when it ended.

    `before` are what days before it came to: what was sudden on them teaches nothing of what is usual. `priors` are
    what is usual in the person's cohort, for those who are not known for two weeks.
    """
    found = look(day, histories(known, day, contexts), reference, odd_days(before, day), priors)
    if not shifts.of:
        return found
    end = local_day(day, contexts.zone).end
    moved = ((one, shifts.at(one.strand, end)) for one in found)
    return [one._replace(rarity=one.rarity - shift, shift=shift) for one, shift in moved]


def odd_days(before: Iterable[DomainDay], day: date) -> dict[str, Odd]:
    """Return for each indicator which of the days up to `day`, in order, showed something sudden in its domain before.

    Of what goes on for longer only the first `NEWS` days: then it is how somebody lives now.
    """
    shown: dict[Domain, set[date]] = {}
    for one in before:
        if one.pace is Pace.SUDDEN and one.rarity >= SUDDEN and one.day < day:
            lasted = max([1, *(each.days for each in (*one.signs, one.joint) if each and each.rarity >= SUDDEN)])
            shown.setdefault(one.domain, set()).update(one.day - ago * ONE_DAY for ago in range(lasted))
    found: dict[str, Odd] = {}
    for domain, days in shown.items():
        odd = np.zeros(BACK.days + 1, dtype=bool)
        began, last = date.min, date.min
        for each in sorted(days):
            began = each if each - last > GAP[Pace.SUDDEN] else began
            last, place = each, BACK.days - (day - each).days
            if place >= 0 and each - began < NEWS:
                odd[place] = True
        found |= dict.fromkeys(SHOWN_BY[domain], odd)
    return found


def kept_back(
    known: Known,
    days: Iterable[date],
    reference: Reference,
    contexts: Contexts,
    threshold: float,
    shifts: Shifts = NO_SHIFTS,
    before: Collection[DomainDay] = (),
    priors: Mapping[str, Prior] = NO_PRIORS,
) -> Iterator[tuple[str, date, ContextKind]]:
    """Yield what contexts keep back on some days: the indicator as which a change would be told, day, and context.

    `before` and `priors` are those of `looked_at`.
    """
    for day in days:
        because = {kind: contexts.excludes(kind, INDICATORS[kind].interval(day, contexts.zone)) for kind in LOOKS}
        if not any(because.values()):
            continue
        rare = (
            one.plainest().kind
            for one in looked_at(known, day, reference, Contexts([], contexts.zone), shifts, before, priors)
            if one.rarity >= threshold
        )
        for kind in dict.fromkeys(rare):  # what is sudden and what is slow may be told in the same words
            context = because[kind]
            if context is not None:
                yield kind, day, context


def told(
    days: Iterable[DomainDay],
    known: Known,
    threshold: float,
    zone: ZoneInfo,
    episodes_of: EpisodesOf,
    since: date = date.min,
) -> list[Finding]:
    """Return the findings about the changes that show on `since` or a later day.

    `days` are what the days of a home come to, in order within each domain and of both paces: those on which such a
    change can have begun must be among them.
    """
    by_domain: dict[Domain, list[DomainDay]] = {}
    for one in days:
        by_domain.setdefault(one.domain, []).append(one)
    return [
        finding(run, threshold, _coverage(run.most, known), zone, episodes_of)
        for of_domain in by_domain.values()
        for run in runs(of_domain, threshold)
        if run.last.day >= since
    ]


def _coverage(day: DomainDay, known: Known) -> float:
    """Return the mean coverage of the days that the sign of a day speaks of; those without verdict are not in it."""
    sign = day.plainest()
    values = known.get(sign.kind, {})
    found = [values[each] for ago in range(sign.days) if (each := day.day - ago * ONE_DAY) in values]
    shares = [coverage for value, coverage in found if not np.isnan(value)]
    return round(sum(shares) / len(shares), 4) if shares else 0.0

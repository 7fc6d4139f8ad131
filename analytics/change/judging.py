"""Looks at how the days of a home change where its figures are new or different, and stores what is told."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from psycopg import Connection
from psycopg.rows import DictRow

from analytics import repository
from analytics.change import repository as stored
from analytics.change import watch
from analytics.change.budget import threshold
from analytics.change.cohort import band_of, priors_of
from analytics.change.cohort import shipped as cohorts
from analytics.change.day import DomainDay
from analytics.change.domains import DOMAIN_OF, LOOKS, SHOWN_BY
from analytics.change.reference import shipped
from analytics.change.telling import EpisodesOf
from analytics.contexts.effect import Contexts
from analytics.contexts.repository import put_silenced
from analytics.feedback.repository import shifts_of
from analytics.repository import Home
from analytics.rules.standing import Standing, budget_of, changes_are_set, held
from core.localtime import Interval, local_day

ONE_DAY = timedelta(days=1)


def judge(
    connection: Connection[DictRow],
    home: Home,
    about: tuple[Sequence[date], Collection[tuple[str, date]]],
    episodes_of: EpisodesOf,
    standings: Mapping[str, Standing],
    contexts: Contexts,
    now: datetime,
) -> int:
    """Judge days on which figures are restated, and the days that look back on them.

    `about` are the days that were computed, and what of them is different (indicator and day). Days of which nothing is
    different are judged again only where detectors are set by somebody, who may just have done so. Return how many
    findings are new, different or withdrawn.
    """
    days_computed, restated = about
    touched = {day for kind, day in restated if kind in LOOKS}
    is_set = changes_are_set(standings)
    if is_set:
        touched |= set(days_computed)
    if not touched:
        return 0
    first, last = min(touched), max(touched) + watch.BACK
    # What a day comes to in a part of life follows from its own figures alone: the others are as they were judged.
    different = {kind for kind, _ in restated}
    domains = [domain for domain, kinds in SHOWN_BY.items() if is_set or kinds & different]
    told_as = [kind for kind, domain in DOMAIN_OF.items() if domain in domains]
    known = known_of(connection, home, first, last, frozenset().union(*(SHOWN_BY[domain] for domain in domains)))
    days = sorted({day for of_kind in known.values() for day in of_kind if first <= day <= last})
    reference = shipped()
    limit = threshold(reference, budget_of(standings))
    shifts = shifts_of(connection, home, local_day(first, home.zone).end)
    # Days that are not rare neither begin a change nor go on with one, and teach what is usual.
    rare = stored.days_of(
        connection,
        home.home_id,
        first - max(watch.RUNS_BACK, watch.BACK),
        first - ONE_DAY,
        least=min(limit, watch.SUDDEN),
        domains=domains,
    )
    seen = list[DomainDay]()
    priors = priors_of(cohorts(), band_of(home.birth_year, now.year))
    for day in days:
        looked = watch.looked_at(known, day, reference, contexts, shifts, [*rare, *seen], priors)
        seen += [one for one in looked if one.domain in domains]
    stored.put_days(connection, home, seen, first, last, domains)
    before = [one for one in rare if one.day >= first - watch.RUNS_BACK and one.rarity >= limit]
    found = held(watch.told([*before, *seen], known, limit, home.zone, episodes_of), standings)
    kept_back = watch.kept_back(known, days, reference, contexts, limit, shifts, [*rare, *seen], priors)
    of_domains = [each for each in kept_back if DOMAIN_OF[each[0]] in domains]
    put_silenced(connection, home, told_as, (first, last), of_domains, now)
    interval = Interval(local_day(first, home.zone).start, local_day(last, home.zone).end)
    changed = repository.put_findings(
        connection, home, [one for one in found if one.interval.end >= interval.start], now
    )
    holding = [(one.kind, one.interval.start) for one in found]
    return changed + repository.withdraw_kinds(connection, home.home_id, told_as, interval, holding, now)


def known_of(
    connection: Connection[DictRow], home: Home, first: date, last: date, kinds: Collection[str] = LOOKS.keys()
) -> watch.Known:
    """Return the figures of some kinds that are stored of a home to judge changes from `first` to `last`."""
    histories = repository.history(connection, home.home_id, kinds, first - watch.BACK, last)
    return {
        kind: dict(zip(of["day"], zip(of["value"], of["coverage"], strict=True), strict=True))
        for kind, of in histories.items()
    }

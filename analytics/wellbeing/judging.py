"""States the days of a home anew where what they rest on is new or different."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.change import repository as changes
from analytics.change.budget import threshold
from analytics.change.day import DomainDay
from analytics.change.domains import DOMAIN_OF, Domain
from analytics.change.reference import shipped
from analytics.change.runs import EXPLAINED, unexplained
from analytics.change.watch import BACK
from analytics.contexts.judging import contexts_of
from analytics.indicators.protocol import SETTLED
from analytics.layout import layout_of
from analytics.repository import Home
from analytics.rules.protocol import Mode
from analytics.rules.repository import standings_of
from analytics.rules.standing import Standing, budget_of, standing_of
from analytics.wellbeing import repository
from analytics.wellbeing.fusing import Evidence, fuse, told_on
from analytics.wellbeing.parts import parts_of
from analytics.wellbeing.state import DayState, Sight
from analytics.wellbeing.told import Told
from core.localtime import day_of, local_day
from devices import reads as devices

ONE_DAY = timedelta(days=1)


def state_days(
    connection: Connection[DictRow], home: Home, days: Sequence[date], now: datetime, *, changed: bool
) -> set[date]:
    """State the days of a home anew from the first of `days` on, and from before if something told began before.

    To be called once figures and findings are stored; `changed` says whether any finding is different. Only days that
    are over are stated. Return the days that stand differently now.
    """
    over = [day for day in days if local_day(day, home.zone).end + SETTLED <= now]
    if not over and not changed:
        return set()
    first = min(days, default=day_of(now, home.zone))
    told, changed_since = repository.told_since(connection, home.home_id, local_day(first, home.zone).start, now)
    if changed_since is not None and day_of(changed_since, home.zone) < first:
        first = day_of(changed_since, home.zone)
        told, _ = repository.told_since(connection, home.home_id, local_day(first, home.zone).start, now)
    coverages = repository.coverages(connection, home.home_id, first)
    if not coverages:
        return set()
    return repository.put_days(connection, home, _stated(connection, home, coverages, told, now), now)


@cache
def limit_of(budget: float) -> float:
    """Return the rarity from which on changes are told for a budget of alerts: the same for all homes that have it."""
    return threshold(shipped(), budget)


def _stated(
    connection: Connection[DictRow],
    home: Home,
    coverages: Mapping[date, float],
    told: Sequence[Told],
    now: datetime,
) -> list[DayState]:
    first, last = min(coverages), max(coverages)
    standings = standings_of(connection, home)
    limit = limit_of(budget_of(standings))
    # Of the days before, only something sudden that was told explains what is slow now.
    looked = changes.days_of(connection, home.home_id, first - EXPLAINED, last, least=limit, all_from=first)
    shows = _shown(looked, limit)
    contexts = contexts_of(connection, home, first)
    kept = repository.kept_back(connection, home.home_id, first) if contexts.acting else {}
    since = local_day(first, home.zone).start
    sensors = devices.sensors_of_home(connection, home.home_id, since, max(now, since + ONE_DAY))
    shown_by = frozenset(layout_of(tuple(sensors)).devices) & DOMAIN_OF.keys() if sensors else frozenset()
    # What the cohort helps to judge is told, and shown as still learned.
    judged = {day: {one.domain for one in looked if one.day == day and not one.is_early} for day in coverages}
    parts = {day: parts_of(day, shown_by, {}, judged[day], contexts) for day in coverages}
    if any(part.sight is Sight.LEARNING for each in parts.values() for part in each):
        known = repository.known_days(connection, home.home_id, shown_by, first - BACK, last)
        parts = {day: parts_of(day, shown_by, known, judged[day], contexts) for day in coverages}
    return [
        fuse(
            day,
            Evidence(
                coverage,
                parts[day],
                [one for one in shows.get(day, ()) if _may_tell(one, standings)],
                told_on(day, told, home.zone),
                kept.get(day, {}),
            ),
            limit,
        )
        for day, coverage in coverages.items()
    ]


def _shown(days: Sequence[DomainDay], limit: float) -> dict[date, list[DomainDay]]:
    """Return what each day comes to in each part of life: the rarer of what is sudden and what is slow."""
    found: dict[date, dict[Domain, DomainDay]] = {}
    for domain in Domain:
        for one in unexplained([each for each in days if each.domain is domain], limit):
            of_day = found.setdefault(one.day, {})
            of_day[domain] = max(of_day.get(domain, one), one, key=lambda each: each.rarity)
    return {day: list(of_day.values()) for day, of_day in found.items()}


def _may_tell(shown: DomainDay, standings: Mapping[str, Standing]) -> bool:
    """Tell whether what shows a change on a day is neither off nor on trial."""
    standing = standing_of(shown.plainest().kind, standings)
    return standing is None or standing.mode is Mode.ACTIVE

"""What the learned detector says of the days of a home, as it is stored: told, restated, and withdrawn."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from psycopg import Connection
from psycopg.rows import DictRow

from analytics import repository
from analytics.contexts.effect import Contexts
from analytics.findings import Finding
from analytics.learned.features import BLOCK, HABIT_REACH, features
from analytics.learned.lately import lived_of
from analytics.learned.shipped import shipped
from analytics.learned.telling import KIND, begins_within, finding
from analytics.profiles.repository import profiles_of
from analytics.repository import Home
from analytics.rules.protocol import Mode
from analytics.rules.standing import Standing, held

ONE_DAY = timedelta(days=1)


def judge(
    connection: Connection[DictRow],
    home: Home,
    days: Collection[date],
    standings: Mapping[str, Standing],
    contexts: Contexts,
    now: datetime,
) -> int:
    """Judge days that are over; return how many findings changed. Where the detector is off, it is not asked.

    Each is looked at beside the two months before it. That a late reading also changes what was usual for the days
    after it is left aside. Nobody labels days of these homes, so nothing is known of labels.
    """
    if not days:
        return 0
    found = [] if standings[KIND].mode is Mode.OFF else _found(connection, home, days)
    shown = held((one for one in found if contexts.excludes(KIND, one.interval) is None), standings)
    changed = repository.put_findings(connection, home, shown, now)
    starts = [one.interval.start for one in shown]
    for day in days:
        changed += repository.withdraw(connection, home.home_id, KIND, begins_within(day, home.zone), starts, now)
    return changed


def _found(connection: Connection[DictRow], home: Home, days: Collection[date]) -> list[Finding]:
    profiles = profiles_of(connection, home.home_id, min(days) - HABIT_REACH * ONE_DAY, max(days))
    model, found = shipped(), []
    for day in sorted(profiles.keys() & set(days)):
        every = [day - ago * ONE_DAY for ago in reversed(range(HABIT_REACH + 1))]
        why = model.explain(features(lived_of(profiles, every), (), day + BLOCK * ONE_DAY)[-1])
        if why is not None and why.score >= 1:
            found.append(finding(why, model, day, profiles[day].coverage, home.zone))
    return found

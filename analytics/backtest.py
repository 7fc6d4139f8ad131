"""What a rule or detector would have raised over stored days, with given settings; nothing is stored or told.

The same code judges as in the service, on the readings and figures that are stored, each day with what is known of the
days before it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from analytics import findings, repository
from analytics.analysis import SLICE, computed_days
from analytics.baseline import REACH
from analytics.change import watch
from analytics.change.budget import threshold
from analytics.change.cohort import band_of, priors_of
from analytics.change.cohort import shipped as cohorts
from analytics.change.day import DomainDay
from analytics.change.domains import DOMAIN_OF
from analytics.change.judging import known_of
from analytics.change.reference import shipped
from analytics.contexts.judging import contexts_of
from analytics.feedback.repository import shifts_of
from analytics.findings import Finding
from analytics.indicators import INDICATORS
from analytics.repository import Home
from analytics.rules.catalogue import RULES
from analytics.rules.judging import finding_of
from analytics.rules.repository import past_of, standings_of
from analytics.rules.standing import CHANGES, LEARNED, QUIET_TIMES, ChangeSettings, default, with_fields
from core.errors import VicinoError
from core.localtime import local_day

ONE_DAY = timedelta(days=1)


def settings_in(connection: Connection[DictRow], home: Home, rule: str, fields: dict[str, Any]) -> Any:
    """Return the settings of a rule or detector in a home, some fields changed.

    Raises `VicinoError` for a rule that there is not, or values that do not fit.
    """
    standing = standings_of(connection, home).get(rule) or default(rule)
    return with_fields(rule, standing.settings, fields)


def backtest(
    connection: Connection[DictRow], home: Home, rule: str, settings: Any, days: Sequence[date], now: datetime
) -> list[Finding]:
    """Return what a rule or detector would have raised in a home over days that follow each other, by beginning.

    Raises `VicinoError` for a rule that there is not, or that is judged only as it happens. What lasts for days is one
    finding, as it would stand at the end.
    """
    (found,) = backtests(connection, home, rule, [settings], days, now)
    return found


def backtests(
    connection: Connection[DictRow],
    home: Home,
    rule: str,
    settings: Sequence[Any],
    days: Sequence[date],
    now: datetime,
) -> list[list[Finding]]:
    """Return what would have been raised with each of some settings; what is common to them is read once.

    Raises `VicinoError` as `backtest`.
    """
    if rule in (*QUIET_TIMES, LEARNED):
        why = "it has nothing that could be set" if rule == LEARNED else "it is judged while nothing moves"
        raise VicinoError(
            f"{rule} cannot be tried on days that are over: {why}.",
            advice="`vicino findings` lists what it has found",
        )
    if rule in RULES:
        found = _by_rule(connection, home, rule, settings, days, now)
    elif rule == CHANGES or rule in DOMAIN_OF:
        found = _by_changes(connection, home, rule, settings, days)
    else:
        found = [_by_detector(connection, home, rule, each, days) for each in settings]
    return [sorted(each, key=lambda one: (one.interval.start, one.kind, one.subject)) for each in found]


def _by_rule(
    connection: Connection[DictRow],
    home: Home,
    rule: str,
    settings: Sequence[Any],
    days: Sequence[date],
    now: datetime,
) -> list[list[Finding]]:
    past = past_of(connection, home)
    last_known: list[dict[tuple[str, str, datetime], Finding]] = [{} for _ in settings]
    for first in range(0, len(days), SLICE):
        for one in computed_days(connection, home, days[first : first + SLICE], now):
            for each, known in zip(settings, last_known, strict=True):
                for met in RULES[rule].judge(one.scene, past, each):
                    finding = finding_of(met, RULES[rule], trial=True)
                    known[finding.kind, finding.subject, finding.interval.start] = finding
    return [list(known.values()) for known in last_known]


def _by_changes(
    connection: Connection[DictRow], home: Home, rule: str, settings: Sequence[Any], days: Sequence[date]
) -> list[list[Finding]]:
    """Return the changes of all domains, or those that are told as one of an indicator."""
    of_home = settings_in(connection, home, CHANGES, {})
    budgets = [(each if isinstance(each, ChangeSettings) else of_home).budget for each in settings]
    reference = shipped()
    began = days[0] - watch.RUNS_BACK  # a change that goes on when the days begin is told of an earlier one
    known = known_of(connection, home, began, days[-1])
    contexts = contexts_of(connection, home, began)
    every = [began + ahead * ONE_DAY for ahead in range((days[-1] - began).days + 1)]
    shifts = shifts_of(connection, home, local_day(began, home.zone).end)
    seen = list[DomainDay]()
    priors = priors_of(cohorts(), band_of(home.birth_year, days[-1].year))
    for day in every:
        seen += watch.looked_at(known, day, reference, contexts, shifts, seen, priors)
    return [
        [
            one._replace(trial=True)
            for one in watch.told(seen, known, threshold(reference, budget), home.zone, lambda _, __: (), days[0])
            if rule in (CHANGES, one.kind)
        ]
        for budget in budgets
    ]


def _by_detector(
    connection: Connection[DictRow], home: Home, kind: str, settings: Any, days: Sequence[date]
) -> list[Finding]:
    assert kind in INDICATORS
    history = repository.history(connection, home.home_id, [kind], days[0] - REACH, days[-1]).get(kind)
    if history is None:
        return []
    verdicts = (
        findings.judge(kind, day, history, lambda _, __: (), home.zone, settings.limit, asked=True) for day in days
    )
    return [verdict.finding._replace(trial=True) for verdict in verdicts if verdict.finding is not None]


def days_until(last: date, count: int) -> list[date]:
    """Return so many days up to one."""
    return [last - ago * ONE_DAY for ago in reversed(range(count))]

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
from analytics.findings import Finding
from analytics.indicators import INDICATORS
from analytics.repository import Home
from analytics.rules.catalogue import RULES
from analytics.rules.judging import finding_of
from analytics.rules.repository import past_of, standings_of
from analytics.rules.standing import QUIET_TIMES, default, with_fields
from core.errors import VicinoError

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
    if rule in QUIET_TIMES:
        raise VicinoError(
            f"{rule} cannot be tried on days that are over: it is judged while nothing moves.",
            advice="`vicino findings` lists what it has found on trial",
        )
    found = (
        _by_rule(connection, home, rule, settings, days, now)
        if rule in RULES
        else _by_detector(connection, home, rule, settings, days)
    )
    return sorted(found, key=lambda one: (one.interval.start, one.kind, one.subject))


def _by_rule(
    connection: Connection[DictRow], home: Home, rule: str, settings: Any, days: Sequence[date], now: datetime
) -> list[Finding]:
    past = past_of(connection, home)
    last_known: dict[tuple[str, str, datetime], Finding] = {}
    for first in range(0, len(days), SLICE):
        for one in computed_days(connection, home, days[first : first + SLICE], now):
            for met in RULES[rule].judge(one.scene, past, settings):
                finding = finding_of(met, RULES[rule], trial=True)
                last_known[finding.kind, finding.subject, finding.interval.start] = finding
    return list(last_known.values())


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

"""`vicino backtest`: what a rule or detector would have raised over stored days, beside what was raised."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from rich.table import Table

import analytics.homes
import analytics.reads
import registry.reads
from analytics.backtest import backtest, days_until, settings_in
from analytics.change.domains import DOMAIN_OF
from analytics.findings import Finding
from analytics.repository import Home
from analytics.rules.catalogue import RULES
from analytics.rules.standing import CHANGES, settings_of
from cli.installation import Installation
from cli.replay import progress_bar
from cli.screen import results
from core.clock import Clock
from core.database import Database
from core.errors import VicinoError
from core.localtime import day_of, local_day

ONE_DAY = timedelta(days=1)


def run(
    installation: Installation,
    clock: Clock,
    rule: str,
    days: int,
    home: str | None,
    changed: Sequence[str],
    *,
    as_json: bool,
) -> None:
    """Print what a rule or detector would have raised on the last days that are over."""
    settings_of(rule)
    fields = fields_of(changed)
    with installation.database() as database:
        homes = _homes(database, home)
        found: dict[str, dict[str, Any]] = {}
        with progress_bar() as progress:
            for key, one in progress.track(homes.items(), description="Homes"):
                found[key] = _in_home(database, one, rule, fields, days, clock.now())
    report = _report(rule, days, fields, found)
    if as_json:
        print(json.dumps(report, indent=2))
    else:
        _show(report)


def fields_of(changed: Sequence[str]) -> dict[str, Any]:
    """Return what `--set FIELD=VALUE` says, values as JSON where they are JSON. Raises `VicinoError` without a '='."""
    fields = {}
    for each in changed:
        name, equals, value = each.partition("=")
        if not equals:
            raise VicinoError(f"--set {each}: there is no '='.", advice="write --set FIELD=VALUE, as --set least=20")
        try:
            fields[name] = json.loads(value)
        except json.JSONDecodeError:
            fields[name] = value
    return fields


def _homes(database: Database, wanted: str | None) -> dict[str, Home]:
    with database.transaction() as connection:
        keys = {each.home_id: each.key for each in registry.reads.homes(connection)}
        homes = analytics.homes.homes(connection)
    found = {keys[home_id]: home for home_id, home in homes.items() if wanted in (None, keys[home_id])}
    if wanted is not None and not found:
        raise VicinoError(f"There is no home {wanted!r}.", advice="see the homes with: vicino registry show")
    return found


def _in_home(
    database: Database, home: Home, rule: str, fields: Mapping[str, Any], count: int, now: datetime
) -> dict[str, Any]:
    days = days_until(day_of(now, home.zone) - ONE_DAY, count)
    start, end = local_day(days[0], home.zone).start, local_day(days[-1], home.zone).end
    kinds = _kinds(rule)
    with database.transaction() as connection:
        settings = settings_in(connection, home, rule, dict(fields))
        fired = backtest(connection, home, rule, settings, days, now)
        raised = [
            row
            for row in analytics.reads.findings_that_hold(connection, start, end)
            if row["home_id"] == home.home_id and row["kind"] in kinds
        ]
    return {
        "fired": [_line(one) for one in fired],
        "raised": [
            {"kind": row["kind"], "from": row["started_at"].isoformat(), "trial": row["trial"]} for row in raised
        ],
        "days": sorted({day_of(one.interval.start, home.zone).isoformat() for one in fired}),
    }


def _kinds(rule: str) -> Collection[str]:
    if rule == CHANGES:
        return DOMAIN_OF
    return RULES[rule].kinds if rule in RULES else (rule,)


def _line(one: Finding) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "from": one.interval.start.isoformat(),
        "to": one.interval.end.isoformat(),
        "severity": one.severity,
        "coverage": one.coverage,
        "explanation": {"it": one.explanation_it, "en": one.explanation_en},
        "evidence": one.evidence,
    }


def _report(rule: str, days: int, fields: Mapping[str, Any], homes: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "rule": rule,
        "days": days,
        "set": dict(fields),
        "homes_looked_at": len(homes),
        "fired": sum(len(each["fired"]) for each in homes.values()),
        "raised": sum(len(each["raised"]) for each in homes.values()),
        "homes_with": sum(bool(each["fired"]) for each in homes.values()),
        "homes": homes,
    }


def _show(report: Mapping[str, Any]) -> None:
    table = Table("home", "from", "kind", "severity", "explanation")
    for key, home in report["homes"].items():
        for line in home["fired"]:
            table.add_row(key, line["from"][:16], line["kind"], f"{line['severity']:.2f}", line["explanation"]["en"])
    if report["fired"]:
        results.print(table)
    results.print(
        f"{report['rule']} would have fired {_times(report['fired'])} in {report['days']} days in"
        f" {report['homes_with']} of {report['homes_looked_at']} homes. What was raised then: {report['raised']}.",
        soft_wrap=True,
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"

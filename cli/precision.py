"""`vicino findings precision`: how often each detector was right, by what operators found out."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

import registry.reads
from alerts.reasons.catalogue import LABELS, Reason
from analytics.feedback.precision import Because, Counts, shares, together
from analytics.feedback.reads import precision_of_all, reasons_of_all
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import errors_in_words, results
from core.clock import SystemClock
from core.errors import VicinoError


def show_precision(
    home: Annotated[str | None, typer.Option(help="One home by its key; all homes if not given.")] = None,
    days: Annotated[int, typer.Option(help="Of alerts closed in so many days.", min=1, max=3_660)] = 365,
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Tell of each detector how many of its alerts were a real need, false, explained or unclear, and why."""
    now = SystemClock().now()
    with errors_in_words(), Installation(data).database() as database:
        with database.transaction() as connection:
            homes = {each.key: each.home_id for each in registry.reads.homes(connection)}
            if home is not None and home not in homes:
                raise VicinoError(f"There is no home {home!r}.", advice="see the homes with: vicino registry show")
            chosen = None if home is None else [homes[home]]
            since, until = now - timedelta(days=days), _after(now)
            rows = precision_of_all(connection, since, until, chosen)
            given = reasons_of_all(connection, since, until, chosen)
        report = {
            "days": days,
            "detectors": [
                {
                    "detector": detector,
                    **_line(counts),
                    "kinds": [{"kind": row.kind, **_line(row.counts)} for row in rows if row.detector == detector],
                    "reasons": _reasons(counts, [each for each in given if each.detector == detector]),
                }
                for detector, counts in together(rows).items()
            ],
        }
        if as_json:
            print(json.dumps(report, indent=2))
            return
        _show(report)


def _after(now: datetime) -> datetime:
    """Return an instant after all that was said by now: a moment ago may be ahead of this clock."""
    return now + timedelta(days=1)


def _line(counts: Counts) -> dict[str, Any]:
    return {
        "n": counts.all,
        **counts._asdict(),
        "precision": counts.precision and round(counts.precision, 4),
        "interval": counts.interval and [round(each, 4) for each in counts.interval],
    }


def _reasons(counts: Counts, given: Iterable[Because]) -> list[dict[str, Any]]:
    return [
        {
            "reason": each.reason,
            "outcome": each.judgement.value,
            "n": each.alerts,
            "share": round(each.share, 4),
            "precision_without": each.precision_without and round(each.precision_without, 4),
        }
        for each in shares(counts, given)
    ]


def _show(report: dict[str, Any]) -> None:
    table = Table("detector", "kind", "alerts", "real need", "false", "explained", "unclear", "precision (95 %)")
    for detector in report["detectors"]:
        for line in [detector, *detector["kinds"]]:
            sure = ""
            if line["interval"]:
                low, high = line["interval"]
                sure = f"{line['precision']:.0%} ({low:.0%} to {high:.0%})"
            name = detector["detector"] if line is detector else ""
            counted = (str(line[key]) for key in ("n", "true", "false", "explained", "unclear"))
            table.add_row(name, line.get("kind", ""), *counted, sure)
    if not report["detectors"]:
        results.print("No alert about a finding has been closed yet.")
        return
    results.print(table)
    _show_reasons(report)


def _show_reasons(report: dict[str, Any]) -> None:
    table = Table("detector", "because", "outcome", "alerts", "share", "precision without")
    for detector in report["detectors"]:
        for number, each in enumerate(detector["reasons"]):
            known = each["reason"] in set(Reason)
            left = each["precision_without"]
            table.add_row(
                "" if number else detector["detector"],
                LABELS[Reason(each["reason"])] if known else each["reason"],
                each["outcome"],
                str(each["n"]),
                f"{each['share']:.0%}",
                "" if left is None else f"{left:.0%}",
            )
    if table.row_count:
        results.print(table)

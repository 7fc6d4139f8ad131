"""`vicino status`: what runs, how far behind it is, what is stored, rejected and pending."""

import json
from datetime import datetime
from typing import Any

import psycopg
from rich.table import Table

import alerts.reads
import alerts.watchdog.reads
import analytics.reads
import ingest.reads
import registry.reads
from cli import metrics
from cli.gateways import CONFIRMED_WITHIN
from cli.installation import Installation
from cli.screen import results
from core.clock import Clock
from devices.gateways.reads import gateway_figures
from embedded.runfile import read_run

# The worker looks every few seconds.
WORKED_WITHIN_S = 60.0
# From the home to a person, with what each stage is called in the table.
STAGES = {
    "gateway": "Gateways",
    "ingest": "Storing",
    "rollup": "Roll-ups",
    "analysis": "Analysis",
    "alerts": "Alerts",
    "notification": "Notifications",
}


def status(installation: Installation, clock: Clock) -> dict[str, Any]:
    """Return the status of what runs on a folder, as `vicino status --json` prints it.

    `running` is false where nothing runs; the counts are then absent, because nobody can be asked.
    """
    run = read_run(installation.root)
    if run is None:
        return {"running": False, "data": str(installation.root)}
    found: dict[str, Any] = {
        "running": True,
        "data": str(installation.root),
        "url": f"http://127.0.0.1:{run.http_port}",
        "started_at": run.started_at.isoformat(),
        "services": {
            service.name: {
                "pid": service.pid,
                "running": service.pid is not None,
                "restarts": service.restarts,
                "metrics": metrics.address(service),
            }
            for service in run.services
        },
    }
    try:
        with installation.database() as database, database.transaction() as connection:
            now = clock.now()
            totals = ingest.reads.totals(connection, now)
            behind = ingest.reads.gateways_behind(connection, now)
            unconfirmed = gateway_figures(connection, now - CONFIRMED_WITHIN).unconfirmed
            in_trouble = ingest.reads.gateways_in_trouble(connection)
            rollup_lag_s = ingest.reads.rollup_lag_s(connection, now)
            analysis = analytics.reads.lag(connection, now)
            waiting = alerts.reads.status(connection, now)
            watched = alerts.watchdog.reads.standing(connection)
            found["homes"] = len(registry.reads.homes(connection))
    except psycopg.Error as error:
        found["database"] = f"does not answer ({type(error).__name__})"
        return found
    found["database"] = "answers"
    found["readings"] = {
        "stored": totals.stored,
        "rejected": totals.rejected,
        "pending": totals.pending,
        "duplicates": totals.duplicates,
    }
    found["gateways"] = {
        "online": totals.gateways_online,
        "total": totals.gateways,
        "trouble": in_trouble,
        "unconfirmed": unconfirmed,
    }
    found["lag"] = {
        "gateway": _rounded(behind.lag_s),
        "ingest": _rounded(metrics.lag_s(metrics.told(run), "ingest")),
        "rollup": _rounded(rollup_lag_s),
        "analysis": _rounded(analysis.seconds(now)),
        "alerts": _rounded(waiting.intake_lag_s(now)),
        "notification": _rounded(waiting.notification_lag_s(now)),
        # Not the age of the oldest reading: a recording's readings are years old the moment they are sent.
        "ingest_s": _since(totals.last_intake_at, now) if totals.pending else 0.0,
        "analytics_s": _since(analysis.due_since, now),
        "alerts_s": _since(waiting.oldest_due, now),
    }
    found["analysis"] = {"days_due": analysis.days_due}
    found["alerts"] = {
        "new": waiting.new,
        "in_charge": waiting.in_charge,
        "notifications_due": waiting.due,
        "notifications_failed": waiting.failed,
    }
    found["watch"] = {
        "worked_s": _ago(watched.worked_at, now),
        "watched_s": _ago(watched.watched_at, now),
        "test_call": None if watched.called_at is None else "missed" if watched.missed else "arrived",
        "test_call_s": _ago(watched.called_at, now),
        "test_call_took_s": None
        if watched.arrived_at is None or watched.called_at is None
        else round((watched.arrived_at - watched.called_at).total_seconds(), 3),
    }
    return found


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def _since(instant: datetime | None, now: datetime) -> float:
    return 0.0 if instant is None else round(max(0.0, (now - instant).total_seconds()), 1)


def _ago(instant: datetime | None, now: datetime) -> float | None:
    return None if instant is None else _since(instant, now)


def show(found: dict[str, Any], *, as_json: bool) -> None:
    """Print a status, as JSON or as a table."""
    if as_json:
        print(json.dumps(found, indent=2))
        return
    if not found["running"]:
        results.print(f"Nothing runs on the folder {found['data']}.")
        return
    table = Table("", "", show_header=False, box=None)
    table.add_row("Pages", found["url"])
    for name, service in found["services"].items():
        state = f"runs (process {service['pid']})" if service["running"] else "[red]does not run now[/red]"
        again = f", started again {service['restarts']} times" if service["restarts"] else ""
        table.add_row(name, state + again)
    table.add_row("Database", found["database"])
    if "readings" in found:
        _add_figures(table, found)
    results.print(table)


def _add_figures(table: Table, found: dict[str, Any]) -> None:
    table.add_row("Homes", f"{found['homes']:,}")
    for name, count in found["readings"].items():
        table.add_row(f"Readings {name}", f"{count:,}")
    table.add_row("Gateways online", f"{found['gateways']['online']} of {found['gateways']['total']}")
    if found["gateways"].get("unconfirmed"):
        count = found["gateways"]["unconfirmed"]
        table.add_row("[red]Gateways that do not follow their configuration[/red]", f"{count:,}")
    for trouble, count in found["gateways"]["trouble"].items():
        kind = "other trouble" if trouble == "other" else trouble
        table.add_row(f"[red]Gateways with {kind}[/red]", f"{count:,}")
    for stage, name in STAGES.items():
        seconds = found["lag"][stage]
        table.add_row(f"{name} behind by", "not known" if seconds is None else f"{seconds:,.1f} s")
    table.add_row("Alerts", f"{found['alerts']['new']} new, {found['alerts']['in_charge']} in charge")
    for name, value in _watch_rows(found["watch"]):
        table.add_row(name, value)
    if found["alerts"]["notifications_failed"]:
        table.add_row("[red]Notifications failed[/red]", f"{found['alerts']['notifications_failed']:,}")


def _watch_rows(watch: dict[str, Any]) -> list[tuple[str, str]]:
    worked, call = watch["worked_s"], watch["test_call"]
    rows = [("Alerts worked on", "never" if worked is None else f"{worked:,.1f} s ago")]
    if worked is None or worked > WORKED_WITHIN_S:
        rows = [(f"[red]{name}[/red]", value) for name, value in rows]
    if call == "arrived":
        took = watch["test_call_took_s"]
        rows.append(("Test call", f"arrived {watch['test_call_s']:,.0f} s ago, after {took:.3f} s"))
    elif call == "missed":
        rows.append(("[red]Test call[/red]", f"did not arrive, {watch['test_call_s']:,.0f} s ago"))
    return rows

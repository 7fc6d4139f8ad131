"""Whether everything runs, and keeps up."""

from collections.abc import Iterator

import alerts.watchdog.reads
from cli.doctor import reads
from cli.doctor.finding import Finding, error, warning
from cli.doctor.surroundings import Surroundings
from cli.status import WORKED_WITHIN_S, status

# Without any of these a call for help reaches nobody, or a home is not seen.
NEEDED = ("ingest", "devices", "analytics", "alerts", "dashboards")
WATCHDOG = "watchdog"
RESTARTS = 3
WATCHED_WITHIN_S = 180.0
# From when on a stage is too far behind, in seconds, as the rules for Prometheus have it.
URGENT_LAGS = {"ingest": 10.0, "alerts": 10.0, "notification": 30.0}
CALM_LAGS = {"gateway": 3600.0, "rollup": 1800.0, "analysis": 1800.0}


def processes(found: Surroundings) -> Iterator[Finding]:
    """Tell which services do not run, or do not stay up."""
    if found.run is None:
        if not found.is_served:
            yield error(
                f"Vicino does not run on the folder {found.installation.root}.",
                f"start it with `vicino up --data {found.installation.root}`, or name another folder with --data",
            )
        return
    log = found.installation.logs
    for each in found.run.services:
        if each.pid is None:
            yield error(
                f"The service {each.name} does not run.", f"see why in {log / each.name}.log; it is tried again"
            )
        elif each.restarts >= RESTARTS:
            yield warning(
                f"The service {each.name} was started again {each.restarts} times.",
                f"see why it ends in {log / each.name}.log",
            )
    names = {each.kind or each.name for each in found.run.services} | {each.name for each in found.run.services}
    for name in (*NEEDED, WATCHDOG):
        if name not in names:
            yield error(f"There is no service {name}.", "end `vicino up` and start it again")


def connections(found: Surroundings) -> Iterator[Finding]:
    """Tell which services are not connected to the database, where they run elsewhere, and whether there is room."""
    with found.asking() as connection:
        there = reads.connected(connection)
        slots = reads.slots(connection)
    if found.is_served:
        for name in NEEDED:
            if not any(each == name or each.startswith(f"{name} ") for each in there):
                yield error(f"No service {name} is connected to the database.", f"start it, and see its log: {name}")
    if slots.used >= 0.8 * slots.allowed:
        yield warning(
            f"The database has {slots.used} connections of {slots.allowed}.",
            "raise max_connections of the server, or end programs that keep connections",
        )


def beats(found: Surroundings) -> Iterator[Finding]:
    """Tell whether alerts are worked on and watched over, and whether test calls arrive."""
    with found.asking() as connection:
        watched = alerts.watchdog.reads.standing(connection)
    now = found.now
    worked_s = None if watched.worked_at is None else (now - watched.worked_at).total_seconds()
    if worked_s is None or worked_s > WORKED_WITHIN_S:
        since = "never" if worked_s is None else f"{worked_s:,.0f} s ago"
        yield error(
            f"Alerts are not worked on (last: {since}): nobody is told of a call for help.",
            "see why in the log of the alert worker (alerts); until it works, watch the board and telephone",
        )
    watched_s = None if watched.watched_at is None else (now - watched.watched_at).total_seconds()
    if watched_s is None or watched_s > WATCHED_WITHIN_S:
        yield error("Nobody watches over the chain of alerts.", "start `python -m alerts.watchdog`, and see its log")
    if watched.called_at is None:
        yield warning(
            "No test call was ever made through the whole chain.",
            "vicino canary register, then start Vicino again (docs/operations/watching.md)",
        )
    elif watched.missed:
        yield error(
            "The last test call did not arrive: a call for help may not, either.",
            "see the logs of ingest, alerts and the broker (docs/operations/watching.md, When it rings)",
        )


def lags(found: Surroundings) -> Iterator[Finding]:
    """Tell which stages are too far behind."""
    if found.run is None:
        return
    behind = status(found.installation, found.clock).get("lag", {})
    for limits, tell in ((URGENT_LAGS, error), (CALM_LAGS, warning)):
        for stage, limit_s in limits.items():
            seconds = behind.get(stage)
            if seconds is not None and seconds > limit_s:
                yield tell(
                    f"The stage {stage} is {seconds:,.0f} s behind.",
                    f"see the log of {'ingest' if stage in {'gateway', 'rollup'} else stage}; what waits is not lost",
                )

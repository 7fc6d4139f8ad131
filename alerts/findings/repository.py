"""What becomes of a finding that was taken in: more is known of it, it is over, or it does not hold any more."""

from datetime import datetime

from psycopg.types.json import Jsonb

from alerts.lifecycle import Outcome, State
from alerts.repository import Changed, Connection, NewAlert
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


def take_in_again(
    connection: Connection, finding_id: int, as_of: datetime, over_at: datetime | None
) -> tuple[Changed, State, Outcome | None] | None:
    """Claim what more is known of a finding as it was at `as_of`; return the alert it went into, locked.

    None where that is known already, or where the finding opened no alert.
    """
    values = {"source_id": finding_id, "as_of": as_of, "over_at": over_at}
    row = connection.execute(STATEMENTS["take_in_again"], values).fetchone()
    if row is None:
        return None
    outcome = None if row["outcome"] is None else Outcome(row["outcome"])
    return Changed(row["alert_id"], row["organisation_id"]), State(row["state"]), outcome


def restate(connection: Connection, alert_id: int, finding_id: int, alert: NewAlert, now: datetime) -> None:
    """Say what is known of a finding by now, where an open alert speaks of it."""
    values = {
        "alert_id": alert_id,
        "finding_id": finding_id,
        "explanation_it": alert.explanation_it,
        "explanation_en": alert.explanation_en,
        "coverage": alert.coverage,
        "evidence": Jsonb(alert.evidence),
        "severity": alert.severity,
        "now": now,
    }
    connection.execute(STATEMENTS["restate"], values)


def is_over(connection: Connection, alert_id: int) -> bool:
    """Tell whether all findings that an alert tells of are over or were withdrawn."""
    row = connection.execute(STATEMENTS["is_over"], {"alert_id": alert_id}).fetchone()
    return bool(row and row["is_over"])


def close(connection: Connection, alert_id: int, now: datetime) -> None:
    """Close a technical alert that nobody has taken, because it is over, and call off what was to be sent."""
    connection.execute(STATEMENTS["close"], {"alert_id": alert_id, "now": now})


def withdraw(connection: Connection, finding_id: int, now: datetime) -> tuple[Changed, State] | None:
    """Note that a finding that was taken in does not hold any more; return its alert, None if there is none."""
    values = {"source_id": finding_id, "now": now}
    row = connection.execute(STATEMENTS["withdraw"], values).fetchone()
    return (Changed(row["alert_id"], row["organisation_id"]), State(row["state"])) if row else None

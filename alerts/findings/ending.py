"""What an alert says of a finding, and when a technical alert is over."""

from datetime import datetime
from typing import Any

from alerts.findings import repository
from alerts.lifecycle import Action, Family, Outcome, State
from alerts.repository import Changed, Connection, Entry, NewAlert, add_history
from core.database import Row


def over_at(row: Row) -> datetime | None:
    """Return when that was over which a technical finding tells of; None while it goes on, and in other families."""
    until = row["evidence"].get("until") if row["family"] == Family.TECHNICAL else None
    return None if until is None else datetime.fromisoformat(until)


def end_of(row: Row, at: datetime) -> dict[str, Any]:
    """Return what the history of an alert says of a finding that was over at an instant."""
    return {"source": "finding", "source_id": row["finding_id"], "happened_at": at.isoformat()}


def alert_of(row: Row) -> NewAlert:
    """Return what an alert says of a finding."""
    return NewAlert(
        organisation_id=row["organisation_id"],
        home_id=row["home_id"],
        person_id=row["person_id"],
        family=Family(row["family"]),
        kind=row["kind"],
        severity=row["severity"],
        happened_at=row["ended_at"],
        explanation_it=row["explanation_it"],
        explanation_en=row["explanation_en"],
        coverage=row["coverage"],
        evidence=row["evidence"] | {"finding_id": row["finding_id"]},
    )


def end(connection: Connection, alert: Changed, state: State, now: datetime, detail: dict[str, Any]) -> None:
    """Close a technical alert of which all is over, if nobody has taken it; who has it in charge is told."""
    if state is State.RESOLVED or not repository.is_over(connection, alert.alert_id):
        return
    entry = Entry(alert.organisation_id, alert.alert_id, now, Action.CLEARED, state, state, detail=detail)
    if state is State.NEW:
        repository.close(connection, alert.alert_id, now)
        entry = entry._replace(action=Action.OVER, to_state=State.RESOLVED, outcome=Outcome.OVER)
    add_history(connection, entry)

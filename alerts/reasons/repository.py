"""What is written when somebody closes an alert: how it ended, and why."""

from datetime import datetime
from uuid import UUID

from alerts.lifecycle import Outcome
from alerts.reasons.catalogue import Reason
from alerts.repository import Connection
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


def resolve(
    connection: Connection,
    public_id: UUID,
    outcome: Outcome,
    reason: Reason | None,
    note: str,
    seen_times: int | None,
    now: datetime,
) -> int | None:
    """End an open alert as the viewer; return how many messages were called off, None where nothing was changed."""
    values = {
        "public_id": public_id,
        "outcome": outcome,
        "reason": reason,
        "note": note,
        "seen_times": seen_times,
        "now": now,
    }
    row = connection.execute(STATEMENTS["resolve"], values).fetchone()
    return None if row is None else row["called_off"]

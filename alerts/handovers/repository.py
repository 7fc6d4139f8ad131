"""What is kept of tasks, and what the members of an association do with them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from alerts.repository import Connection
from core.database import Row, only
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


def offer(
    connection: Connection, alert_id: int, association: str, task_it: str, task_en: str, now: datetime
) -> str | None:
    """Offer an alert to an association by its key, once in a round, and return its name.

    None where it was offered before or there is no such one.
    """
    values = {"alert_id": alert_id, "association": association, "task_it": task_it, "task_en": task_en, "now": now}
    row = connection.execute(STATEMENTS["offer"], values).fetchone()
    name: str | None = row["association"] if row else None
    return name


def seen(connection: Connection, public_id: UUID | None = None, alert_public_id: UUID | None = None) -> list[Row]:
    """Return the tasks that the viewer may see, or one of them, or those of one alert; the latest first."""
    values = {"public_id": public_id, "alert_public_id": alert_public_id}
    return connection.execute(STATEMENTS["seen"], values).fetchall()


def policy_of(connection: Connection, public_id: UUID) -> dict[str, Any] | None:
    """Return the policy of the alert of a task that the viewer may act on; None where there is none."""
    row = connection.execute(STATEMENTS["policy_of"], {"public_id": public_id}).fetchone()
    found: dict[str, Any] | None = row["policy"] if row else None
    return found


def accept(connection: Connection, public_id: UUID, now: datetime) -> bool:
    """Take a task as the viewer; tell whether it was still to be had."""
    row = connection.execute(STATEMENTS["accept"], {"public_id": public_id, "now": now}).fetchone()
    return bool(row and row["accepted"])


def give_back(
    connection: Connection, public_id: UUID, outcome: str, note: str, escalates_at: datetime, now: datetime
) -> bool:
    """Return what came of a task as the viewer; tell whether it was in their hands."""
    values = {"public_id": public_id, "outcome": outcome, "note": note, "escalates_at": escalates_at, "now": now}
    row = connection.execute(STATEMENTS["give_back"], values).fetchone()
    return bool(row and row["returned"])


def is_helper(connection: Connection, alert_id: int, account_id: int) -> bool:
    """Tell whether an account is told of an alert as a member of an association alone, and not as one of its people."""
    values = {"alert_id": alert_id, "account_id": account_id}
    return bool(only(connection.execute(STATEMENTS["is_helper"], values))["helps"])

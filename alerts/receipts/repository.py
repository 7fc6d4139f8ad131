"""What receipts write."""

from datetime import datetime
from uuid import UUID

from alerts.repository import Connection
from core.statements import Statements

_SQL = Statements.beside(__file__)


def channel_of(connection: Connection, message: UUID) -> str | None:
    """Return the channel of a message by its public id; None where there is none."""
    row = connection.execute(_SQL["channel_of"], {"message": message}).fetchone()
    return row["channel"] if row else None


def note(connection: Connection, message: UUID, what: str, now: datetime) -> bool:
    """Note that a message was delivered, read, or has failed after all; tell whether that is new."""
    values = {"message": message, "what": what, "now": now}
    row = connection.execute(_SQL["note_receipt"], values).fetchone()
    return bool(row and row["noted"])

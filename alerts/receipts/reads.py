"""What became of messages, for whoever runs the service."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from alerts.repository import Connection
from core.statements import Statements

_SQL = Statements.beside(__file__)


class Message(NamedTuple):
    """One message: to whom, by login or by the keys of a person and its contact, and what became of it.

    `state` is due, sent, failed or cancelled, since or for `at`; `uncertain` says that it may have arrived twice.
    """

    public_id: UUID
    alert: UUID
    who: str
    channel: str
    purpose: str
    state: str
    at: datetime
    attempts: int
    uncertain: bool
    delivered_at: datetime | None
    read_at: datetime | None
    last_error: str


def latest_messages(connection: Connection, limit: int, alert: UUID | None = None) -> list[Message]:
    """Return the latest messages, those of one alert where it is given, the latest first; without test calls."""
    rows = connection.execute(_SQL["latest_messages"], {"limit": limit, "alert": alert})
    return [Message(**row) for row in rows]

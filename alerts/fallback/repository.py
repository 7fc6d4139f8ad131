"""What falling back writes: another way beside a message that failed or was not accepted in time."""

from datetime import datetime
from typing import NamedTuple

from psycopg.types.json import Jsonb

from alerts.lifecycle import Family
from alerts.repository import Connection
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


class Overdue(NamedTuple):
    """A message that was not accepted in its time, or has `failed` after it was accepted."""

    notification_id: int
    alert_id: int
    family: Family
    channel: str
    failed: bool


def overdue_ways(connection: Connection, now: datetime) -> list[Overdue]:
    """Return the messages whose next way is due: not accepted in time, or accepted and not delivered."""
    rows = connection.execute(STATEMENTS["overdue_ways"], {"now": now})
    return [Overdue(**row | {"family": Family(row["family"])}) for row in rows]


def next_way(
    connection: Connection, notification_id: int, now: datetime, falls_back_at: datetime | None, *, failed: bool
) -> str | None:
    """Put the next way of a message beside it, due at `now`; return its channel, None where no way is left.

    The message must have `failed` for good, or else be tried and not accepted in its time. Its other ways go with the
    new one. A way on which the person is being told already is left out.
    """
    values = {"notification_id": notification_id, "now": now, "failed": failed}
    row = connection.execute(STATEMENTS["take_other_ways"], values).fetchone()
    others = row["others"] if row else []
    for place, way in enumerate(others):
        left = others[place + 1 :]
        new = {
            "notification_id": notification_id,
            "now": now,
            "channel": way["channel"],
            "address": way["address"],
            "others": Jsonb(left),
            "falls_back_at": falls_back_at if left else None,
        }
        if connection.execute(STATEMENTS["add_next_way"], new).rowcount:
            channel: str = way["channel"]
            return channel
    return None

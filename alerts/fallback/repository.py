"""What falling back writes: another way beside a message that failed or was not accepted in time."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg.types.json import Jsonb

from alerts.lifecycle import Family
from alerts.repository import Connection
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


class Overdue(NamedTuple):
    """A message that was not accepted in its time, or has `failed` for good and has a way left."""

    notification_id: int
    alert_id: int
    family: Family
    purpose: str
    account_id: int | None
    channel: str
    failed: bool


class Left(NamedTuple):
    """A way that is left of a message; on one that `waits` an earlier message has not ended."""

    channel: str
    address: str
    waits: bool


def overdue_ways(connection: Connection, now: datetime) -> list[Overdue]:
    """Return the messages whose next way is due: not accepted in time, or failed with a way left."""
    rows = connection.execute(STATEMENTS["overdue_ways"], {"now": now})
    return [Overdue(**row | {"family": Family(row["family"])}) for row in rows]


def next_way(
    connection: Connection, notification_id: int, now: datetime, falls_back_at: datetime | None, *, failed: bool
) -> str | None:
    """Put the next way of a message beside it, due at `now`; return its channel, None where no way is free.

    The message must have `failed` for good, or else be tried and not accepted in its time. Its other ways go with the
    new one. A way on which an earlier message waits is passed over and stays for later; where no other is left, the
    message keeps it, and is looked at again when that has ended, or, if it is on its way itself, at `falls_back_at`.
    """
    of = {"notification_id": notification_id, "now": now}
    if connection.execute(STATEMENTS["hold_overdue"], of | {"failed": failed}).fetchone() is None:
        return None
    rows = connection.execute(STATEMENTS["ways_left"], of).fetchall()
    ways = [Left(row["channel"], row["address"], row["waits"]) for row in rows]
    for way in ways:
        if way.waits:
            continue
        left = [each for each in ways if each is not way]
        new = of | {"channel": way.channel, "address": way.address, "others": _ways(left)}
        new["falls_back_at"] = falls_back_at if left else None
        if connection.execute(STATEMENTS["add_next_way"], new).fetchone() is not None:
            connection.execute(STATEMENTS["keep_ways"], of | {"others": _ways([]), "falls_back_at": None})
            return way.channel
    kept = [way for way in ways if way.waits]
    again_at = falls_back_at if kept and not failed else None
    connection.execute(STATEMENTS["keep_ways"], of | {"others": _ways(kept), "falls_back_at": again_at})
    return None


def leave(connection: Connection, notification_id: int) -> None:
    """Look for no further way of a message that nobody needs any more."""
    of = {"notification_id": notification_id, "others": _ways([]), "falls_back_at": None}
    connection.execute(STATEMENTS["keep_ways"], of)


def press(connection: Connection, notification_id: int, now: datetime) -> None:
    """Let the earlier messages wait no longer that stand on the ways which are left of a message."""
    connection.execute(STATEMENTS["press"], {"notification_id": notification_id, "now": now})


def wake(connection: Connection) -> None:
    """Let the worker look, after this transaction, whether another message has waited for one to end."""
    connection.execute(STATEMENTS["wake"])


def _ways(ways: Sequence[Left]) -> Jsonb:
    return Jsonb([{"channel": way.channel, "address": way.address} for way in ways])

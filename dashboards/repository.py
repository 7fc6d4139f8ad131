"""What the pages write and read of their own: sign-ins."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import Connection

from core.database import Row
from core.statements import Statements

SQL = Statements.beside(__file__)
TOUCHED_EVERY = timedelta(minutes=1)


class Session(NamedTuple):
    """A sign-in that lasts."""

    account_id: int
    csrf_token: str


def start_session(
    connection: Connection[Row], account_id: int, digest: bytes, csrf_token: str, now: datetime, lasts: timedelta
) -> None:
    """Keep a new sign-in, and forget those that have run out."""
    connection.execute(SQL["forget_expired_sessions"], {"now": now})
    values: dict[str, Any] = {"digest": digest, "account_id": account_id, "csrf_token": csrf_token}
    connection.execute(SQL["start_session"], values | {"now": now, "expires_at": now + lasts})


def session(connection: Connection[Row], digest: bytes, now: datetime) -> Session | None:
    """Return the sign-in of a token's digest; None if there is none or it has run out."""
    row = connection.execute(SQL["session"], {"digest": digest, "now": now}).fetchone()
    if row is None:
        return None
    if now - row["seen_at"] > TOUCHED_EVERY:
        connection.execute(SQL["touch_session"], {"digest": digest, "now": now})
    return Session(row["account_id"], row["csrf_token"])


def end_session(connection: Connection[Row], digest: bytes) -> None:
    """Forget a sign-in."""
    connection.execute(SQL["end_session"], {"digest": digest})


def note_look(
    connection: Connection[Row],
    persons: Collection[int],
    homes: Collection[int],
    method: str,
    route: str,
    now: datetime,
) -> None:
    """Note in the audit that the viewer was shown, or has changed, data of some persons, and of all of some homes."""
    given = {"persons": list(persons), "homes": list(homes), "method": method, "route": route, "now": now}
    connection.execute(SQL["note_look"], given)


def answers(connection: Connection[Row]) -> bool:
    """Tell whether the database answers and has its schema; raises what the driver raises otherwise."""
    return connection.execute(SQL["answers"]).fetchone() is not None

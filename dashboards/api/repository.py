"""What the API stores and reads of its own: tokens."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from psycopg import Connection

from core.database import Row
from core.statements import Statements
from dashboards.api.scopes import Scope

SQL = Statements.beside(__file__)
TOUCHED_EVERY = timedelta(minutes=1)
_SCOPES = {str(scope): scope for scope in Scope}


class Token(NamedTuple):
    """A token that is good: whom it acts for, and what it may do."""

    token_id: int
    account_id: int
    scopes: frozenset[Scope]


class TokenLine(NamedTuple):
    """A token as the administrator sees it.

    `stands`: `good`, `ended` by somebody, `expired`, or `closed` as its account is. It is good until `over_at`, or was.
    """

    token_id: int
    login: str
    name: str
    scopes: list[str]
    made_at: datetime
    used_at: datetime | None
    over_at: datetime
    stands: str


def make_token(
    connection: Connection[Row],
    login: str,
    digest: bytes,
    name: str,
    scopes: Collection[Scope],
    now: datetime,
    lasts: timedelta,
) -> int | None:
    """Keep a new token and return its number; None if there is no such active account."""
    given = {
        "login": login,
        "digest": digest,
        "name": name,
        "scopes": sorted(map(str, scopes)),
        "now": now,
        "expires_at": now + lasts,
    }
    row = connection.execute(SQL["make_token"], given).fetchone()
    return None if row is None else int(row["token_id"])


def token(connection: Connection[Row], digest: bytes, now: datetime) -> Token | None:
    """Return the token of a digest; None if there is none, it is over, or its account is closed."""
    row = connection.execute(SQL["token"], {"digest": digest, "now": now}).fetchone()
    if row is None:
        return None
    if row["used_at"] is None or now - row["used_at"] > TOUCHED_EVERY:
        connection.execute(SQL["touch_token"], {"token_id": row["token_id"], "now": now})
    # A scope that another version knew and this one does not gives nothing.
    return Token(row["token_id"], row["account_id"], frozenset(_SCOPES[one] for one in row["scopes"] if one in _SCOPES))


def end_token(connection: Connection[Row], token_id: int, now: datetime) -> bool:
    """End a token; tell whether it was good until now."""
    return connection.execute(SQL["end_token"], {"token_id": token_id, "now": now}).fetchone() is not None


def tokens(connection: Connection[Row], now: datetime) -> list[TokenLine]:
    """Return every token, those that are over too."""
    return [TokenLine(**row) for row in connection.execute(SQL["tokens"], {"now": now})]

"""What the pages write and read of their own: sign-ins, and the audit with its seals."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

from core.database import Row, only
from core.statements import Statements
from dashboards.seals import Entry, Seal

SQL = Statements.beside(__file__)
TOUCHED_EVERY = timedelta(minutes=1)
CHALLENGE_LASTS = timedelta(minutes=5)


class Session(NamedTuple):
    """A sign-in that lasts; `sight` is the same for accounts that see the same, "" where it was not asked for."""

    account_id: int
    csrf_token: str
    sight: str


class OwnSession(NamedTuple):
    """A sign-in as its owner sees it; `device` is what the browser said of itself, "" where that is not known."""

    public_id: UUID
    device: str
    started_at: datetime
    seen_at: datetime
    is_this: bool


class Half(NamedTuple):
    """A sign-in of which a code is still to come; `provider` is the one through which it came, "" by password."""

    account_id: int
    provider: str


def start_session(
    connection: Connection[Row],
    account_id: int,
    digest: bytes,
    csrf_token: str,
    device: str,
    now: datetime,
    lasts: timedelta,
) -> None:
    """Keep a new sign-in, and forget those that have run out."""
    connection.execute(SQL["forget_expired_sessions"], {"now": now})
    values: dict[str, Any] = {"digest": digest, "account_id": account_id, "csrf_token": csrf_token, "device": device}
    connection.execute(SQL["start_session"], values | {"now": now, "expires_at": now + lasts})


def session(connection: Connection[Row], digest: bytes, now: datetime, *, sight: bool = False) -> Session | None:
    """Return the sign-in of a token's digest, with its `sight` or not; None if there is none or it has run out."""
    row = connection.execute(SQL["session"], {"digest": digest, "now": now, "sight": sight}).fetchone()
    if row is None:
        return None
    if now - row["seen_at"] > TOUCHED_EVERY:
        connection.execute(SQL["touch_session"], {"digest": digest, "now": now})
    return Session(row["account_id"], row["csrf_token"], row["sight"])


def end_session(connection: Connection[Row], digest: bytes) -> None:
    """Forget a sign-in."""
    connection.execute(SQL["end_session"], {"digest": digest})


def sessions_of(connection: Connection[Row], account_id: int, digest: bytes, now: datetime) -> list[OwnSession]:
    """Return the sign-ins of an account: first the one of `digest`, then the latest used."""
    given = {"account_id": account_id, "digest": digest, "now": now}
    return [OwnSession(**row) for row in connection.execute(SQL["sessions_of_account"], given)]


def end_session_of(connection: Connection[Row], account_id: int, public_id: UUID) -> bool:
    """End a sign-in of an account; tell whether there was one."""
    given = {"account_id": account_id, "public_id": public_id}
    return connection.execute(SQL["end_session_of"], given).fetchone() is not None


def end_other_sessions(connection: Connection[Row], account_id: int, digest: bytes) -> int:
    """End the sign-ins of an account but that of `digest`; return how many."""
    return connection.execute(SQL["end_other_sessions"], {"account_id": account_id, "digest": digest}).rowcount


def start_half_sign_in(
    connection: Connection[Row], account_id: int, provider: str, digest: bytes, now: datetime, lasts: timedelta
) -> None:
    """Keep that a password, or a provider ("" if none), was right, and forget those of which no code has come."""
    connection.execute(SQL["forget_expired_half_sign_ins"], {"now": now})
    given = {"digest": digest, "account_id": account_id, "provider": provider, "now": now, "expires_at": now + lasts}
    connection.execute(SQL["start_half_sign_in"], given)


def half_sign_in(connection: Connection[Row], digest: bytes, now: datetime) -> Half | None:
    """Return the sign-in of which a code is still to come, by a token's digest; None if there is none."""
    row = connection.execute(SQL["half_sign_in"], {"digest": digest, "now": now}).fetchone()
    return None if row is None else Half(**row)


def end_half_sign_in(connection: Connection[Row], digest: bytes) -> None:
    """Forget that a password was right."""
    connection.execute(SQL["end_half_sign_in"], {"digest": digest})


def keep_challenge(connection: Connection[Row], holder: bytes, challenge: bytes, now: datetime) -> None:
    """Keep what a passkey has to sign for one browser, and forget those of which nothing came."""
    connection.execute(SQL["forget_expired_challenges"], {"now": now})
    given = {"holder": holder, "challenge": challenge, "expires_at": now + CHALLENGE_LASTS}
    connection.execute(SQL["keep_challenge"], given)


def take_challenge(connection: Connection[Row], holder: bytes, now: datetime) -> bytes | None:
    """Return what a passkey had to sign for one browser, once; None if nothing, or it is too long ago."""
    row = connection.execute(SQL["take_challenge"], {"holder": holder, "now": now}).fetchone()
    return bytes(row["challenge"]) if row and row["holds"] else None


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


def seal(connection: Connection[Row], now: datetime, most: int) -> Seal | None:
    """Seal at most so many entries of the audit; return the seal, None where there is nothing to seal or another does.

    Raises what the driver raises where an entry is being noted for longer than a second.
    """
    row = connection.execute(SQL["seal"], {"now": now, "most": most}).fetchone()
    return None if row is None else Seal(**row)


def retire_audit(connection: Connection[Row], kept: timedelta, now: datetime) -> int:
    """Drop the entries of the next batch that is older than may be kept; return how many, 0 where there is none."""
    return int(only(connection.execute(SQL["retire_audit"], {"kept": kept, "now": now}))["entries"])


def retired(connection: Connection[Row]) -> tuple[int, int]:
    """Return up to which entry the audit was dropped, and how many entries that were, for services."""
    row = connection.execute(SQL["retired"]).fetchone()
    return (0, 0) if row is None else (row["last_id"], row["entries"])


def seals(connection: Connection[Row]) -> Iterator[Seal]:
    """Return every seal, the first first, for services."""
    return (Seal(**row) for row in connection.execute(SQL["seals"]))


def entries(connection: Connection[Row], after_id: int, last_id: int) -> list[Entry]:
    """Return the entries of the audit after one and up to another, in order, for services."""
    rows = connection.execute(SQL["entries"], {"after_id": after_id, "last_id": last_id})
    return [Entry(**row | {"persons": tuple(row["persons"])}) for row in rows]


def unsealed(connection: Connection[Row], after_id: int) -> tuple[int, datetime | None]:
    """Return how many entries after one wait for a seal, and since when the first of them does, for services."""
    row = only(connection.execute(SQL["unsealed"], {"after_id": after_id}))
    return row["entries"], row["since"]


def never_given(connection: Connection[Row]) -> int:
    """Return how many entries of the audit have a number that the database never gives, for services."""
    return int(only(connection.execute(SQL["before"]))["entries"])


def answers(connection: Connection[Row]) -> bool:
    """Tell whether the database answers and has its schema; raises what the driver raises otherwise."""
    return connection.execute(SQL["answers"]).fetchone() is not None

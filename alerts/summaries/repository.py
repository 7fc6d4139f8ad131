"""What is kept of messages about several alerts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from alerts.addresses.ways import Recipient, Way
from alerts.fallback.next_way import falls_back_at
from alerts.lifecycle import Family
from alerts.repository import Connection
from alerts.summaries.about import About, Purpose
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


class ToldToday(NamedTuple):
    """Of how many other alerts somebody was told one by one, and whether of this one."""

    others: int
    this: bool


def add(
    connection: Connection,
    alert_ids: Sequence[int],
    recipient: Recipient,
    ways: Sequence[Way],
    purpose: Purpose,
    due_at: datetime,
    now: datetime,
) -> None:
    """Put alerts into the message of a purpose to somebody that is not due yet, or into a new one due at `due_at`.

    Two persons may have one mailbox: it gets one message, about what either is to be told. Whoever can also be reached
    elsewhere has one of their own, for it falls back to their ways.
    One that hangs on a safety alert is as pressing as a call where its first way is not in time.
    """
    best, *others = ways
    values: dict[str, Any] = {
        "account_id": recipient.account_id,
        "purpose": purpose,
        "channel": best.channel,
        "address": best.address,
        "others": Jsonb([way._asdict() for way in others]),
        "now": now,
    }
    row = connection.execute(STATEMENTS["open_summary"], values).fetchone()
    if row is None:
        values |= {
            "alert_id": alert_ids[0],
            "language": recipient.language,
            "due_at": due_at,
            "falls_back_at": falls_back_at(Family.SAFETY, due_at),
        }
        row = connection.execute(STATEMENTS["begin_summary"], values).fetchone()
    if row is not None:
        values = {"notification_id": row["notification_id"], "alert_ids": list(alert_ids)}
        connection.execute(STATEMENTS["add_to_summary"], values)


def told_today(connection: Connection, account_id: int, alert_id: int, since: datetime) -> ToldToday:
    """Return of how many wellbeing alerts an account was told one by one since an instant."""
    values = {"account_id": account_id, "alert_id": alert_id, "since": since}
    row = connection.execute(STATEMENTS["told_today"], values).fetchone()
    return ToldToday(**row) if row else ToldToday(0, this=False)


def mark_overflow(connection: Connection, alert_id: int, now: datetime) -> bool:
    """Note that an alert is more than can be told one by one; tell whether that is new."""
    values = {"alert_id": alert_id, "now": now}
    return connection.execute(STATEMENTS["mark_overflow"], values).fetchone() is not None


def about(connection: Connection, notification_id: int) -> tuple[About, ...]:
    """Return what a message about several alerts is about, as far as that is open, the most pressing first."""
    rows = connection.execute(STATEMENTS["about"], {"notification_id": notification_id})
    return tuple(About(**row) for row in rows)


def open_below(connection: Connection, organisation_id: int) -> list[int]:
    """Return the open alerts of an organisation and of those below it, the most pressing first."""
    rows = connection.execute(STATEMENTS["open_below"], {"organisation_id": organisation_id})
    return [row["alert_id"] for row in rows]

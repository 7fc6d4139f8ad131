"""What reminding and giving back write."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from alerts.addresses.ways import Way
from alerts.repository import Connection
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


class Idle(NamedTuple):
    """An alert that somebody has and that nothing happens with, locked; `idle_step` 0: nobody was reminded yet."""

    alert_id: int
    organisation_id: int
    family: str
    round: int
    idle_step: int
    policy: dict[str, Any]
    taken_by: int
    taken_by_name: str
    language: str


def due_idle(connection: Connection, now: datetime) -> Idle | None:
    """Return the most pressing alert that is idle at `now`, locked; None if there is none."""
    row = connection.execute(STATEMENTS["due_idle"], {"now": now}).fetchone()
    return Idle(**row) if row else None


def set_reminded(connection: Connection, alert_id: int, back_at: datetime | None) -> None:
    """Note that whoever has an alert was reminded; at `back_at` it goes back to the queue."""
    connection.execute(STATEMENTS["set_reminded"], {"alert_id": alert_id, "back_at": back_at})


def give_back(connection: Connection, alert_id: int, escalates_at: datetime, now: datetime) -> None:
    """Give an alert back to the queue: people are called again from `escalates_at` on."""
    connection.execute(STATEMENTS["give_back"], {"alert_id": alert_id, "escalates_at": escalates_at, "now": now})


def put_off(connection: Connection, alert_id: int, until: datetime) -> None:
    """Put off what could not be done."""
    connection.execute(STATEMENTS["put_off"], {"alert_id": alert_id, "until": until})


def add_reminder(
    connection: Connection, idle: Idle, ways: Sequence[Way], now: datetime, falls_back_at: datetime | None
) -> None:
    """Note a message that reminds whoever has an alert, on the best of `ways`; the others are kept with it.

    Where it was not accepted until `falls_back_at`, the next is used beside it.
    """
    best, *others = ways
    values = {
        "organisation_id": idle.organisation_id,
        "alert_id": idle.alert_id,
        "round": idle.round,
        "channel": best.channel,
        "account_id": idle.taken_by,
        "address": best.address,
        "others": Jsonb([way._asdict() for way in others]),
        "language": idle.language,
        "falls_back_at": falls_back_at if others else None,
        "now": now,
    }
    connection.execute(STATEMENTS["add_reminder"], values)

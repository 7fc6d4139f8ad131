"""Test calls: when each was made, whether it arrived, and what it has left behind."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from alerts.repository import Connection
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


class Call(NamedTuple):
    """A test call by the time of its reading; while it is under way, neither of the others is set."""

    sent_at: datetime
    arrived_at: datetime | None
    missed_at: datetime | None

    @property
    def judged(self) -> bool:
        """Whether it is known what became of it."""
        return self.arrived_at is not None or self.missed_at is not None

    @property
    def missed(self) -> bool:
        """Whether it did not arrive in time."""
        return self.missed_at is not None


def note_sent(connection: Connection, at: datetime) -> None:
    """Note that a test call of the instant `at` is about to be made."""
    connection.execute(STATEMENTS["note_sent"], {"at": at})


def note_arrival(connection: Connection, alert: UUID, now: datetime) -> bool:
    """Note that the message of a test call's alert has arrived; tell whether it is one that was waited for."""
    return connection.execute(STATEMENTS["note_arrival"], {"alert": alert, "now": now}).rowcount == 1


def mark_missed(connection: Connection, before: datetime, now: datetime) -> list[datetime]:
    """Note as missed which test calls made before an instant have not arrived; return when they were made."""
    rows = connection.execute(STATEMENTS["mark_missed"], {"before": before, "now": now})
    return [row["sent_at"] for row in rows]


def call(connection: Connection, at: datetime) -> Call | None:
    """Return the test call of an instant, None where there is none."""
    row = connection.execute(STATEMENTS["call"], {"at": at}).fetchone()
    return Call(**row) if row else None


def latest(connection: Connection) -> Call | None:
    """Return the latest test call, None where there was none."""
    row = connection.execute(STATEMENTS["latest"]).fetchone()
    return Call(**row) if row else None


def latest_judged(connection: Connection) -> Call | None:
    """Return the latest test call of which it is known what became of it, None where there is none."""
    row = connection.execute(STATEMENTS["latest_judged"]).fetchone()
    return Call(**row) if row else None


def close(connection: Connection, now: datetime) -> int:
    """Close the alerts that test calls have opened; return how many."""
    return len(connection.execute(STATEMENTS["close"], {"now": now}).fetchall())


def remove(connection: Connection, before: datetime) -> int:
    """Remove what test calls before an instant have left behind; return how many alerts that were."""
    row = connection.execute(STATEMENTS["remove"], {"before": before}).fetchone()
    return int(row["removed"]) if row else 0

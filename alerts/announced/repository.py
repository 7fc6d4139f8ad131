"""What announced tests write: that one waits, that its call came, and that it is over."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from alerts.repository import Connection
from core.database import Row, only
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


def announce_test(
    connection: Connection, home: str, quantity_ids: Sequence[int], now: datetime, ends_at: datetime, by: str
) -> Row | None:
    """Announce tests in a home; None where there is none of that key, or a call for help of it is open."""
    values = {"home": home, "quantity_ids": list(quantity_ids), "now": now, "ends_at": ends_at, "by": by}
    return connection.execute(STATEMENTS["announce_test"], values).fetchone()


def announce_test_seen(
    connection: Connection,
    home: UUID,
    device_id: int,
    quantity_ids: Sequence[int],
    seen: int,
    now: datetime,
    ends_at: datetime,
) -> str | None:
    """Announce as the viewer of the connection that a device is about to be tried; return what came of it."""
    values = {
        "home": home,
        "device_id": device_id,
        "quantity_ids": list(quantity_ids),
        "seen": seen,
        "now": now,
        "ends_at": ends_at,
    }
    outcome: str | None = only(connection.execute(STATEMENTS["announce_test_seen"], values))["outcome"]
    return outcome


def call_off_tests_seen(connection: Connection, home: UUID, now: datetime) -> int:
    """Call off as the viewer whatever waits in a home to be tried; return how many there were."""
    ended: int = only(connection.execute(STATEMENTS["call_off_tests_seen"], {"home": home, "now": now}))["ended"]
    return ended


def seen_test_alarms(connection: Connection, home_id: int) -> list[Row]:
    """Return the latest test of each quantity of each device of a home as the viewer may see it."""
    return connection.execute(STATEMENTS["seen_test_alarms"], {"home_id": home_id}).fetchall()


def test_alarm(connection: Connection, test_alarm_id: int) -> Row:
    """Return how a test alarm stands."""
    return only(connection.execute(STATEMENTS["test_alarm"], {"test_alarm_id": test_alarm_id}))


def take_test_press(connection: Connection, row: Row, *, lasting: bool) -> bool:
    """Note an urgent reading as the announced test of its device; tell whether it was one.

    `lasting` tells that all its device says until the alarm is over is one alarm.
    """
    values = {
        "home_id": row["home_id"],
        "series_id": row["series_id"],
        "quantity_id": row["quantity_id"],
        "at": row["ts"],
        "received_at": row["received_at"],
        "urgent_id": row["urgent_id"],
        "lasting": lasting,
    }
    return connection.execute(STATEMENTS["take_test_press"], values).fetchone() is not None


def clear_test(connection: Connection, row: Row) -> None:
    """Note that the alarm is over which a device gave because it was tried, if it did."""
    values = {name: row[name] for name in ("home_id", "series_id", "quantity_id")}
    connection.execute(STATEMENTS["clear_test"], values | {"at": row["ts"]})

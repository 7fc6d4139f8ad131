"""Carrying out whatever is due of alerts, one after the other, each in a transaction of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from alerts.repository import DATABASE_AWAY, Connection
from core.database import Database
from core.log import logger

PUT_OFF = timedelta(seconds=10)


class Due(Protocol):
    """Something that is due of an alert."""

    @property
    def alert_id(self) -> int:
        """Of which alert."""


D = TypeVar("D", bound=Due)


def carry_out_due(
    database: Database,
    now: datetime,
    what: str,
    find: Callable[[Connection, datetime], D | None],
    act: Callable[[Connection, D, datetime], None],
    put_off: Callable[[Connection, int, datetime], None],
) -> int:
    """Do `act` with everything that `find` finds due at `now`; return how many there were.

    One that fails is put off by `PUT_OFF`, so that it holds up no other, and the log says `what` was. Raises what says
    that the database is away (`DATABASE_AWAY`), which the caller waits for, and whatever `find` raises.
    """
    done = 0
    while True:
        found: D | None = None
        try:
            with database.transaction() as connection:
                found = find(connection, now)
                if found is None:
                    return done
                act(connection, found, now)
        except DATABASE_AWAY:
            raise
        except Exception as error:
            if found is None:
                raise
            logger().error(f"{what} put off", alert_id=found.alert_id, reason=type(error).__name__)
            with database.transaction() as connection:
                put_off(connection, found.alert_id, now + PUT_OFF)
        else:
            done += 1

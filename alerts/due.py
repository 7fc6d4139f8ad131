"""Carrying out what is due, one after the other, each in a transaction of its own: what fails holds up no other.

`carry_out_due` looks again after each, and puts off what fails: else it would be found again at once. `for_each` looks
once; what fails stays as it was, and is found when the caller looks again.
"""

from collections.abc import Callable, Mapping, Sequence
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
T = TypeVar("T")


def carry_out_due(
    database: Database,
    now: datetime,
    what: str,
    find: Callable[[Connection, datetime], D | None],
    act: Callable[[Connection, D, datetime], None],
    put_off: Callable[[Connection, int, datetime], None],
) -> int:
    """Do `act` with everything that `find` finds due at `now`; return of how many that was done.

    One that fails is put off by `PUT_OFF`, so that it holds up no other; the log says `what` was.
    Raises what says that the database is away (`DATABASE_AWAY`), which the caller waits for, and whatever `find` or
    `put_off` raises.
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


def for_each(
    database: Database,
    now: datetime,
    what: str,
    find: Callable[[Connection], Sequence[T]],
    act: Callable[[Connection, T, datetime], int],
    of: Callable[[T], Mapping[str, int]] = lambda _: {},
) -> int:
    """Do `act` with all that `find` finds; return the sum of what it says it has done.

    Of one that fails the log says `what` was not done, and `of` which numbers. Raises what says that the database is
    away (`DATABASE_AWAY`), and whatever `find` raises.
    """
    with database.transaction() as connection:
        found = find(connection)
    done = 0
    for each in found:
        try:
            with database.transaction() as connection:
                done += act(connection, each, now)
        except DATABASE_AWAY:
            raise
        except Exception as error:  # noqa: BLE001 - the others are done all the same
            logger().error(f"{what} not done", reason=type(error).__name__, **of(each))
    return done

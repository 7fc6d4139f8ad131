"""Doing something for many people, each in a transaction of their own: what fails for one holds up no other."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from alerts.repository import DATABASE_AWAY, Connection
from core.database import Database
from core.log import logger

T = TypeVar("T")


def for_each(
    database: Database,
    now: datetime,
    find: Callable[[Connection], Sequence[T]],
    act: Callable[[Connection, T, datetime], bool],
) -> int:
    """Do `act` with all that `find` finds; return for how many it says that something was done.

    Raises what says that the database is away (`DATABASE_AWAY`), and whatever `find` raises.
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
        except Exception as error:  # noqa: BLE001 - the others are told all the same
            logger().error("news not made", reason=type(error).__name__)
    return done

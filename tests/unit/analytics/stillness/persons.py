"""Persons whose quiet times are made by rule, and what is asked about one of them."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from analytics.frames import MINUTE, ROOMS
from analytics.stillness.quiet import Quiet, QuietDay, Where
from analytics.stillness.seen import Still
from core.places import RoomKind
from tests.unit.analytics.made import at

FIRST = date(2026, 3, 2)
BEDROOM, BATHROOM, KITCHEN, LIVING, HALL = range(1, 6)
ROOMS_OF_HOME = {
    BEDROOM: ROOMS[RoomKind.BEDROOM],
    BATHROOM: ROOMS[RoomKind.BATHROOM],
    KITCHEN: ROOMS[RoomKind.KITCHEN],
    LIVING: ROOMS[RoomKind.LIVING],
    HALL: ROOMS[RoomKind.HALL],
}
Row = tuple[int, int, int, Where]
# Minute of the clock, how many minutes, where: sitting after meals, cooking, a night with a visit to the bathroom.
ORDINARY: tuple[Row, ...] = (
    (7 * 60 + 10, 15, KITCHEN, Where.ROOM),
    (8 * 60, 35, LIVING, Where.ROOM),
    (9 * 60 + 40, 70, HALL, Where.AWAY),
    (11 * 60 + 30, 20, KITCHEN, Where.ROOM),
    (13 * 60 + 10, 45, LIVING, Where.ROOM),
    (15 * 60, 30, LIVING, Where.ROOM),
    (17 * 60, 12, BATHROOM, Where.ROOM),
    (19 * 60, 25, KITCHEN, Where.ROOM),
    (20 * 60 + 20, 50, LIVING, Where.ROOM),
    (22 * 60 + 40, 200, BEDROOM, Where.ROOM),
    (2 * 60 + 10, 11, BATHROOM, Where.ROOM),
    (2 * 60 + 25, 240, BEDROOM, Where.ROOM),
)


def day(number: int, rows: Sequence[Row] = ORDINARY) -> QuietDay:
    """One day; times vary by a few minutes from day to day."""
    swing = (number * 7) % 11 - 5
    return QuietDay(
        FIRST + timedelta(days=number),
        np.array([row[0] + swing for row in rows], dtype=np.int64),
        np.array([max(10, row[1] + swing) for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.int64),
        np.array([int(row[3]) for row in rows], dtype=np.int64),
    )


def days(number: int, *more: Row) -> list[QuietDay]:
    return [day(each, (*ORDINARY, *more)) for each in range(number)]


def still(
    clock: str,
    minutes: float,
    room: int,
    where: Where = Where.ROOM,
    *,
    blind: tuple[int, ...] = (),
    ended: bool = False,
) -> Still:
    """A time that began on the sixtieth day and goes on."""
    start = at(FIRST + timedelta(days=60), clock)
    return Still(
        Quiet(start, start + round(minutes * MINUTE), room, where, ended), decided=True, blind=blind, coverage=1.0
    )

"""Traces of days as somebody would leave them: a small flat, one person, the same round every day."""

from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics.contexts.traces import Traces, traces
from analytics.frames import MINUTE, ROOMS, Signs, span
from analytics.observed import passages
from core.localtime import local_day
from tests.unit.analytics.made import at

ROME = ZoneInfo("Europe/Rome")
FIRST = date(2026, 1, 5)  # a Monday
KINDS = {1: "bedroom", 2: "bathroom", 3: "kitchen", 4: "living", 5: "hall", 9: "entrance"}
BATHROOMS = frozenset({2})
DOOR = 9
Sign = tuple[int, int]  # microseconds, room


def day(number: int) -> date:
    """Return a day by its number from the first."""
    return FIRST + timedelta(days=number)


def round_of(on: date) -> list[Sign]:
    """One person: from room to room, always through the hall, between seven and eleven."""
    found = [(at(on, "7:00"), 1)]
    for hour in range(7, 22):
        minute = 5 + (on.toordinal() + hour) % 7
        for step, room in enumerate((5, 2, 5, 3, 5, 4)):
            found.append((at(on, f"{hour}:{minute + 4 * step:02}"), room))
    return [*found, (at(on, "22:30"), 5), (at(on, "22:32"), 1)]


def by_turns(on: date, clocks: Iterable[str], rooms: tuple[int, int] = (4, 2)) -> list[Sign]:
    """Two in the home: seen by turns in two rooms between which the hall lies."""
    return [sign for clock in clocks for sign in ((at(on, clock), rooms[0]), (at(on, clock) + MINUTE, rooms[1]))]


def door(on: date, *clocks: str) -> list[Sign]:
    """The door to the outside is moved."""
    return [(at(on, clock), DOOR) for clock in clocks]


def traces_of(signs: Iterable[Sign], until: int | None = None) -> dict[date, Traces]:
    """Return the traces of the days of some signs, all that was seen up to `until`."""
    ordered = sorted(signs)
    moments = np.array([moment for moment, _ in ordered], dtype=np.int64)
    rooms = np.array([room for _, room in ordered], dtype=np.int64)
    made = Signs(
        moments,
        np.where(rooms == DOOR, 0, rooms),
        np.array([ROOMS[KINDS[room]] for _, room in ordered], dtype=np.int64),
        np.full(len(ordered), "", dtype=object),
        rooms == DOOR,
        np.zeros(len(ordered), dtype=bool),
    )
    moves = passages(made)
    end = int(moments[-1]) + MINUTE if until is None else until
    on, found = FIRST, {}
    while span(local_day(on, ROME)).start < end:
        own = span(local_day(on, ROME))
        found[on] = traces(on, own, min(end, own.end + 12 * 60 * MINUTE), made, moves)
        on += timedelta(days=1)
    return found

"""Times that are too short to be worth a finding at any hour and in any room need not be asked for."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.frames import ROOMS
from analytics.stillness.absence import FLOOR, absences
from analytics.stillness.detector import Expected
from analytics.stillness.habit import Sort, cohort, ripe, shortest, usual_times
from analytics.stillness.quiet import QuietDay, Where
from core.places import RoomKind

KINDS = {1: ROOMS[RoomKind.BEDROOM], 2: ROOMS[RoomKind.KITCHEN], 3: ROOMS[RoomKind.ENTRANCE]}
TIMES = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(10, 900), st.sampled_from([0, 1, 2, 3]), st.sampled_from(list(Where))),
    max_size=40,
)


def quiet_day(number: int, times: list[tuple[int, int, int, Where]]) -> QuietDay:
    columns = zip(*sorted(times), strict=True) if times else ((), (), (), ())
    return QuietDay(
        date(2026, 1, 1) + timedelta(days=number), *(np.array(column, dtype=np.int64) for column in columns)
    )


@given(st.lists(TIMES, max_size=20))
def test_whatever_is_usual_nothing_shorter_is_worth_a_finding(days: list[list[tuple[int, int, int, Where]]]) -> None:
    known = [quiet_day(number, times) for number, times in enumerate(days)]
    every = [*usual_times(known, KINDS).values(), *(cohort(sort) for sort in Sort)]
    assert all(ripe(usual, begin) >= shortest(begin) for usual in every for begin in range(0, 1440, 7))
    learned = Expected(KINDS).learn(known)
    assert all(learned.soonest(begin) >= min(FLOOR, shortest(begin)) for begin in range(0, 1440, 60))
    assert absences(known).limit >= FLOOR

"""Rooms in which somebody would have been seen by now."""

from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from analytics.contexts.traces import Move, Traces
from analytics.frames import MINUTE, SECOND, micros
from analytics.stillness.judging import judge
from analytics.stillness.quiet import Quiet, Where
from analytics.stillness.unvisited import unvisited
from core.localtime import local_day
from tests.unit.analytics.made import ROME, at
from tests.unit.analytics.stillness.persons import BEDROOM, HALL, KITCHEN, LIVING, ROOMS_OF_HOME, still
from tests.unit.analytics.stillness.test_judging import LEARNED

TODAY = date(2026, 4, 20)
ORDINARY = (("7:00", KITCHEN), ("7:40", LIVING), ("11:30", KITCHEN), ("12:50", LIVING), ("19:00", KITCHEN),
            ("20:10", LIVING), ("22:30", BEDROOM))  # fmt: skip
BLIND_SINCE_NINE = (("7:00", KITCHEN), ("7:40", LIVING), ("8:50", HALL), ("11:30", KITCHEN), ("12:50", HALL))


def traces(day: date, rooms: Iterable[tuple[str, int]] = ORDINARY, zone: ZoneInfo = ROME) -> Traces:
    own = local_day(day, zone)
    moves, before = [], BEDROOM
    for written, room in rooms:
        moves.append(Move(at(day, written, zone) // SECOND, before, room, 60.0))
        before = room
    start, end = micros(own.start) // SECOND, micros(own.end) // SECOND
    return Traces(day, start, end, moves[0].at, moves[-1].at, False, False, (), (), tuple(moves))


def weeks(today: Traces, days: int = 20, rooms: Iterable[tuple[str, int]] = ORDINARY) -> dict[date, Traces]:
    before = (today.day - timedelta(days=ago) for ago in range(1, days + 1))
    return {today.day: today} | {each: traces(each, rooms) for each in before}


def quiet(written: str = "12:50", room: int = HALL, day: date = TODAY) -> Quiet:
    start = at(day, written)
    return Quiet(start, start + 70 * MINUTE, room, Where.ROOM, ended=False)


def asked(days: dict[date, Traces], one: Quiet, day: date = TODAY) -> tuple[int, ...]:
    return unvisited(one, days, day, ROOMS_OF_HOME)


def test_a_room_in_which_nobody_was_for_hours_as_on_no_day_before_may_not_be_seen() -> None:
    assert asked(weeks(traces(TODAY, BLIND_SINCE_NINE)), quiet("13:10")) == (LIVING,)


def test_a_room_that_was_left_a_little_before_is_not_missed() -> None:
    on_the_way = (*ORDINARY[:4], ("13:40", KITCHEN), ("13:45", HALL))
    assert asked(weeks(traces(TODAY, on_the_way)), quiet("13:45")) == ()


def test_whoever_rests_there_now_is_there() -> None:
    assert asked(weeks(traces(TODAY, BLIND_SINCE_NINE)), quiet("13:10", LIVING)) == ()


def test_where_on_some_days_nobody_is_there_either_it_says_nothing() -> None:
    days = weeks(traces(TODAY, BLIND_SINCE_NINE))
    days |= {TODAY - timedelta(days=ago): traces(TODAY - timedelta(days=ago), BLIND_SINCE_NINE) for ago in (3, 9)}
    assert asked(days, quiet("13:10")) == ()


@pytest.mark.parametrize("days", [13, 14])
def test_two_weeks_must_be_known(days: int) -> None:
    assert bool(asked(weeks(traces(TODAY, BLIND_SINCE_NINE), days), quiet("13:10"))) == (days >= 14)


@pytest.mark.parametrize("day", [date(2026, 4, 10), date(2026, 11, 7)])
def test_the_days_before_are_compared_by_their_clocks(day: date) -> None:
    """Living room at 12:50 by the clock on all of them, on some in summer time and on others not."""
    till_noon = (("7:00", KITCHEN), ("7:40", LIVING), ("8:50", HALL), ("11:30", KITCHEN))
    later = quiet("12:40", day=day)
    ordinary = [("7:00", KITCHEN), ("7:40", LIVING), ("8:50", KITCHEN), ("12:50", LIVING), ("22:30", BEDROOM)]
    days = weeks(traces(day, till_noon), 20, ordinary)
    assert asked(days, later, day) == (), "until 12:50 nobody is there on any day"
    assert asked(days, quiet("12:55", day=day), day) == (LIVING,)


def test_what_is_doubted_makes_patient_and_is_named() -> None:
    one = still("10:00", 130, HALL)
    (found,) = judge([one], lambda _: LEARNED, ROOMS_OF_HOME, ROME, heard=True).findings
    assert "cannot be seen" not in found.explanation_en
    assert judge([one], lambda _: LEARNED, ROOMS_OF_HOME, ROME, heard=True, doubted=lambda _: (LIVING,)).findings == []
    longer = still("10:00", 500, HALL)
    (found,) = judge([longer], lambda _: LEARNED, ROOMS_OF_HOME, ROME, heard=True, doubted=lambda _: (LIVING,)).findings
    assert "One room cannot be seen at the moment: living room" in found.explanation_en

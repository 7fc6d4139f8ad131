"""By when somebody is up is learned from mornings, and tells a night that does not end from one that goes on."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.baseline import LEAST_DAYS
from analytics.stillness.detector import Expected
from analytics.stillness.habit import FLOOR_NIGHT
from analytics.stillness.quiet import QuietDay, Where
from analytics.stillness.rising import BEYOND, CUTS, LATEST, ONCE, Morning, Rising, rising
from tests.unit.analytics.made import ROME
from tests.unit.analytics.stillness.persons import BATHROOM, BEDROOM, HALL, LIVING, ROOMS_OF_HOME, still

FIRST = date(2026, 1, 5)


def night(number: int, up: int, *more: tuple[int, int, int, Where]) -> QuietDay:
    """A day on which somebody is up from the minute `up` to 23:00, and in the bathroom at three in the night."""
    times = sorted([(185, up - 185, BEDROOM, Where.ROOM), (23 * 60, 240, BEDROOM, Where.ROOM), *more])
    begin, lasted, room, where = zip(*times, strict=True)
    return QuietDay(
        FIRST + timedelta(days=number),
        *(np.array(column, dtype=np.int64) for column in (begin, lasted, room, where)),
    )


def nights(*ups: int) -> list[QuietDay]:
    return [night(number, up) for number, up in enumerate(ups)]


USUAL = nights(*(7 * 60 + number * 7 % 25 for number in range(28)))


def test_nothing_is_known_before_two_weeks() -> None:
    assert set(rising(USUAL[: LEAST_DAYS - 1]).mornings) == {None}
    assert set(rising([]).mornings) == {None}


def test_it_lies_beyond_the_latest_but_before_nine() -> None:
    for learned in rising(USUAL).mornings:
        assert learned is not None
        assert 7 * 60 + 20 <= learned.usual <= 7 * 60 + 24
        assert 7 * 60 + 24 + BEYOND <= learned.limit < 9 * 60


def test_one_late_morning_is_no_habit() -> None:
    usual, late = rising(USUAL).of(185), rising([*USUAL, night(28, 11 * 60)]).of(185)
    assert usual is not None
    assert late is not None
    assert late.limit <= usual.limit + ONCE + BEYOND


def test_who_rises_at_any_hour_has_none() -> None:
    assert set(rising(nights(*(5 * 60 + number * 29 % 420 for number in range(28)))).mornings) == {None}


def test_naps_absences_and_evenings_are_no_mornings() -> None:
    more = ((13 * 60, 200, LIVING, Where.ROOM), (6 * 60, 500, HALL, Where.AWAY), (22 * 60 + 5, 30, LIVING, Where.ROOM))
    known = [night(number, 7 * 60 + number * 7 % 25, *more) for number in range(28)]
    assert rising(known) == rising(USUAL)


def test_who_is_up_early_and_sits_still_is_up_all_the_same() -> None:
    up = [night(number, 5 * 60 + number * 7 % 25, (6 * 60 + 30, 120, LIVING, Where.ROOM)) for number in range(28)]
    learned = rising(up)
    early, later = learned.of(185), learned.of(6 * 60 + 35)
    assert early is not None
    assert later is not None
    assert early.usual < 5 * 60 + 30
    assert later.usual == 8 * 60 + 30
    # Which of both a morning is cannot be known before: nothing is said until three of four are over with resting.
    assert early.limit == 8 * 60 + 30


@given(st.lists(st.integers(300, 660), min_size=LEAST_DAYS, max_size=40))
def test_no_morning_that_was_is_worth_a_finding_but_the_latest_alone(ups: list[int]) -> None:
    learned = rising(nights(*ups))
    morning = learned.of(185)
    assert morning is None or morning.limit <= LATEST
    if morning is not None:
        assert sorted(ups)[-2] + BEYOND <= morning.limit
        assert all(learned.left(185) >= up - 185 for up in sorted(ups)[:-1])


@pytest.mark.parametrize("begin", [8 * 60, 15 * 60, 22 * 60 - 1])
def test_by_day_it_says_nothing(begin: int) -> None:
    assert Rising((Morning(430, 480),) * len(CUTS)).left(begin) == float("inf")


def test_a_night_is_left_two_hours_at_least() -> None:
    known = Rising((Morning(430, 480),) * len(CUTS))
    assert known.left(7 * 60 + 30) == FLOOR_NIGHT
    assert known.left(23 * 60) == 9 * 60


def test_who_is_not_up_is_told_and_why() -> None:
    learned = Expected(ROOMS_OF_HOME).learn(USUAL)
    assert learned.score(still("3:05", 4 * 60 + 15, BEDROOM), ROME) < 1
    reason = learned.explain(still("3:05", 5 * 60 + 30, BEDROOM), ROME)
    assert reason.score >= 1
    morning = learned.rising.of(185)
    assert morning is not None
    assert reason.up == morning.usual
    # Whoever may be in a room that cannot be seen may be up in it.
    assert learned.explain(still("3:05", 5 * 60 + 30, BEDROOM, blind=(BATHROOM,)), ROME).up is None


def test_by_day_the_reason_is_the_habit_of_the_hour() -> None:
    assert Expected(ROOMS_OF_HOME).learn(USUAL).explain(still("10:00", 130, BATHROOM), ROME).up is None

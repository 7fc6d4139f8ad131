import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stillness import habit
from analytics.stillness.habit import CAP, CAP_OF_HABIT, MARGIN, MOST, Sort, Spot, cohort, ripe, sort_of, usual_times
from analytics.stillness.quiet import QuietDay, Where
from tests.unit.analytics.stillness.persons import (
    BATHROOM,
    BEDROOM,
    FIRST,
    HALL,
    KITCHEN,
    LIVING,
    ROOMS_OF_HOME,
    days,
)

NOON, AFTERNOON, NIGHT = 12 * 60, 14 * 60, 2 * 60 + 30


def after(known: list[QuietDay], room: int, begin: int, where: Where = Where.ROOM) -> float:
    return ripe(usual_times(known, ROOMS_OF_HOME)[Spot(room, where)], begin)


def test_by_hand() -> None:
    # Ten times of 10 to 100 minutes on ten days, all in the middle of the same hour.
    known = [
        QuietDay(FIRST, *(np.array([each]) for each in (12 * 60 + 30, minutes, LIVING, 0)))
        for minutes in range(10, 101, 10)
    ]
    usual = usual_times(known, {LIVING: ROOMS_OF_HOME[LIVING]})[Spot(LIVING, Where.ROOM)]
    bulk, over = 80.0, (90 - 80) + (100 - 80)
    pooled = ((90 - 77.5) + (100 - 77.5) + (80 - 77.5) + 3 * 25.0) / 6
    mean = (over + 3 * pooled) / (2 + 3)
    a_week = 2 / 2 / 10 * 7
    assert usual.limit[12] == pytest.approx(bulk + mean * np.log(a_week / (habit.BUDGET / 24)), abs=0.1)
    assert usual.usual[12] == 90.0


def test_where_one_passes_and_where_one_rests() -> None:
    assert sort_of(Spot(HALL, Where.ROOM), ROOMS_OF_HOME) is Sort.PASSAGE
    assert sort_of(Spot(LIVING, Where.ROOM), ROOMS_OF_HOME) is Sort.REST
    assert sort_of(Spot(BEDROOM, Where.IN_BED), ROOMS_OF_HOME) is Sort.BED
    assert sort_of(Spot(0, Where.ROOM), ROOMS_OF_HOME) is Sort.PASSAGE


def test_by_day_two_hours_at_most_sooner_where_one_never_stays() -> None:
    known = days(28)
    for room in ROOMS_OF_HOME:
        for begin in range(8 * 60, 20 * 60, 15):
            assert after(known, room, begin) <= CAP
    assert after(known, BATHROOM, NOON) < 90


def test_a_long_nap_at_its_hour_in_its_room_is_usual_and_nowhere_else() -> None:
    naps = days(28, (AFTERNOON, 150, BEDROOM, Where.ROOM))
    assert 150 < after(naps, BEDROOM, AFTERNOON) <= CAP_OF_HABIT
    assert after(naps, BEDROOM, 18 * 60) <= CAP
    assert after(naps, BATHROOM, AFTERNOON) <= CAP


def test_who_is_not_seen_for_long_in_a_room_one_passes_through_is_not_seen_everywhere() -> None:
    assert after(days(28, (AFTERNOON, 110, HALL, Where.ROOM)), HALL, AFTERNOON) == CAP
    often = days(28, (AFTERNOON, 150, HALL, Where.ROOM))
    for room in (HALL, BATHROOM, LIVING):
        assert MARGIN * 150 <= after(often, room, 10 * 60) <= MARGIN * 160
    once = [*days(28), *days(1, (AFTERNOON, 230, HALL, Where.ROOM))]
    assert after(once, BATHROOM, 10 * 60) == CAP_OF_HABIT, "it may have been a fall"
    assert after(often, BATHROOM, NIGHT) == after(days(28), BATHROOM, NIGHT)


def test_by_the_door_somebody_may_have_left_unheard() -> None:
    assert after(days(28), HALL, NOON) == CAP, "its absences begin in the hall"
    assert after(days(28), BATHROOM, NOON) < CAP


def test_what_began_at_night_is_capped_from_the_morning() -> None:
    known = days(28, (7 * 60 + 30, 300, BEDROOM, Where.ROOM))
    assert after(days(28), BEDROOM, 7 * 60 + 30) <= 30 + CAP
    assert after(known, BEDROOM, 7 * 60 + 30) <= 30 + CAP_OF_HABIT


def test_the_last_room_says_by_night_whether_somebody_is_back_in_bed() -> None:
    in_bed = [(23 * 60, 300, BEDROOM, Where.IN_BED), (4 * 60, 150, BEDROOM, Where.IN_BED)]
    known = days(28, *in_bed)
    assert after(known, BEDROOM, 23 * 60, Where.IN_BED) > 300
    assert after(known, BATHROOM, NIGHT) < 150
    # Without a sensor in the bed one may have come back to it unseen.
    assert after(days(28), BATHROOM, NIGHT) >= habit.UNSEEN_IN_BED


def test_what_happened_once_is_no_habit_and_twice_is() -> None:
    evening = 18 * 60
    once, twice = ([*days(26), *days(count, (evening, 200, LIVING, Where.ROOM))] for count in (1, 2))
    assert after(once, LIVING, evening) <= CAP
    assert after(twice, LIVING, evening) > 200


def test_neighbouring_hours_count_across_midnight() -> None:
    known = days(28, (23 * 60 + 50, 280, LIVING, Where.ROOM))
    usual = usual_times(known, ROOMS_OF_HOME)[Spot(LIVING, Where.ROOM)].usual
    assert usual[0] > 250
    assert usual[23] > 250
    assert usual[3] < 60


def test_nothing_is_known_of_a_room_where_nobody_stays() -> None:
    usual = usual_times(days(28), ROOMS_OF_HOME | {9: 0})[Spot(9, Where.ROOM)]
    assert np.isfinite(usual.limit).all()
    assert usual_times([], {}) == {}
    assert ripe(cohort(Sort.PASSAGE), NOON) == 240.0
    assert ripe(cohort(Sort.REST), 23 * 60) == 720.0


@given(
    st.lists(
        st.tuples(
            st.integers(0, 1439),
            st.integers(10, 1500),
            st.sampled_from(sorted(ROOMS_OF_HOME)),
            st.sampled_from([Where.ROOM, Where.IN_BED]),
        ),
        max_size=40,
    ),
    st.integers(1, 60),
    st.integers(0, 1439),
    st.sampled_from(sorted(ROOMS_OF_HOME)),
)
def test_whatever_the_habits_there_is_a_limit_and_by_day_it_is_capped(rows, number, begin, room) -> None:
    known = [
        QuietDay(FIRST, *(np.array([row[column] for row in rows], dtype=np.int64) for column in range(4)))
        for _ in range(number)
    ]
    limit = after(known, room, begin)
    assert 60 <= limit <= MOST
    passed = [row for row in rows if sort_of(Spot(row[2], row[3]), ROOMS_OF_HOME) is Sort.PASSAGE]
    if 8 * 60 <= begin <= 18 * 60 and all(lasted <= CAP for _, lasted, __, ___ in passed):
        assert limit <= (CAP if sort_of(Spot(room, Where.ROOM), ROOMS_OF_HOME) is Sort.PASSAGE else CAP_OF_HABIT)


def test_a_longer_habit_never_makes_it_less_patient() -> None:
    shorter = usual_times(days(28, (AFTERNOON, 60, BEDROOM, Where.ROOM)), ROOMS_OF_HOME)
    longer = usual_times(days(28, (AFTERNOON, 110, BEDROOM, Where.ROOM)), ROOMS_OF_HOME)
    spot = Spot(BEDROOM, Where.ROOM)
    assert (longer[spot].limit >= shorter[spot].limit).all()
    assert KITCHEN in {each.room_id for each in longer}

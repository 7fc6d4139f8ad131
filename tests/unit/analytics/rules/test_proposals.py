"""Visits that the door shows by itself."""

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.rules.proposals import proposed

FIRST = date(2026, 2, 2)  # a Monday
DAYS = [FIRST + timedelta(days=n) for n in range(28)]


def uses(minutes, weekdays=range(7), *, but=()):
    """Uses of the door on some weekdays, a few minutes off each day."""
    return {
        day: [at + day.toordinal() % 7 for at in minutes] if day.weekday() in weekdays and day not in but else []
        for day in DAYS
    }


def both(one, other):
    return {day: [*one[day], *other[day]] for day in DAYS}


def test_a_carer_on_working_days_is_proposed_with_arrival_and_departure():
    (one,) = proposed(uses([510, 550], range(5)))
    assert (one.weekdays, one.begins, one.ends) == (frozenset(range(5)), time(8, 30), time(9, 15))
    assert (one.came, one.days) == (20, 20)


def test_every_day_twice_a_day_and_a_guest_on_sundays():
    found = proposed(both(uses([510, 550, 1140]), uses([800, 850], {6})))
    assert [(sorted(one.weekdays), one.begins) for one in found] == [
        (list(range(7)), time(8, 30)),
        ([6], time(13, 15)),
        (list(range(7)), time(19)),
    ]


def test_some_missed_days_do_not_matter_and_chance_is_no_rhythm():
    (one,) = proposed(uses([510], but=DAYS[3:8]))
    assert (one.came, one.days) == (23, 28)
    assert proposed({day: [600 + 97 * (day.toordinal() % 5)] for day in DAYS}) == []


def test_a_few_days_teach_nothing():
    assert proposed({day: [510.0] for day in DAYS[:3]}) == []
    assert proposed({}) == []


@given(st.dictionaries(st.sampled_from(DAYS), st.lists(st.floats(0, 1439), max_size=6)))
def test_whatever_the_door_does_proposals_are_seen_often_enough_and_never_twice_at_a_time(door):
    found = proposed(door)
    assert all(one.came >= 4 and one.came >= 0.7 * one.days for one in found)
    assert len({(one.weekdays, one.begins) for one in found}) == len(found)

"""Who is on duty, against a plain reading of the clock on the wall, and across the nights in which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.shifts.calendar import Change, Rota, Shift, duties, gaps, on_duty, shifts_at

ROME = ZoneInfo("Europe/Rome")
EVERY_DAY = tuple(range(7))
PEOPLE = ("anna", "bruno", "carla")
# Around both changes of 2026 and a week in which nothing happens.
DAYS = st.sampled_from(
    [date(2026, 3, 27), date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25), date(2026, 6, 3)]
)
TIMES = st.times().map(lambda at: at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0))
SOME = st.lists(st.sampled_from(PEOPLE), unique=True, max_size=2).map(tuple)
SHIFTS = st.builds(
    Shift,
    weekdays=st.lists(st.integers(0, 6), unique=True, min_size=1).map(tuple),
    begins=TIMES,
    ends=TIMES,
    people=st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1, max_size=2).map(tuple),
)
CHANGES = st.builds(
    lambda day, days, begins, ends, on, off: Change(
        first=day, last=day + timedelta(days=days), begins=begins, ends=ends, on=on, off=off
    ),
    DAYS, st.integers(0, 2), TIMES, TIMES, SOME, SOME,
)  # fmt: skip
ROTAS = st.builds(
    lambda shifts, changes: rota(*shifts, changes=changes),
    st.lists(SHIFTS, min_size=1, max_size=4),
    st.lists(CHANGES, max_size=3).map(tuple),
)


def rota(*shifts, changes=()):
    return Rota(key="r", name="R", timezone="Europe/Rome", shifts=tuple(shifts), changes=tuple(changes))


def at(day, hour, minute=0, fold=0, month=3):
    return datetime(2026, month, day, hour, minute, tzinfo=ROME, fold=fold).astimezone(UTC)


DAY_AND_NIGHT = rota(
    Shift(weekdays=EVERY_DAY, begins=time(6), ends=time(22), people=("anna",)),
    Shift(weekdays=EVERY_DAY, begins=time(22), ends=time(6), people=("bruno",)),
)


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 28, 7), (6, 3, 8), (10, 24, 9)])
def test_a_night_shift_lasts_as_long_as_the_night_does(month, day, hours):
    found = duties(DAY_AND_NIGHT, at(day, 12, month=month), at(day + 1, 12, month=month))
    assert [(sorted(duty.people), (duty.end - duty.start) / timedelta(hours=1)) for duty in found][1] == (
        ["bruno"], hours,
    )  # fmt: skip
    assert not gaps(DAY_AND_NIGHT, at(day, 12, month=month), at(day + 1, 12, month=month))


def test_a_shift_that_began_yesterday_goes_on_today():
    assert on_duty(DAY_AND_NIGHT, at(4, 3)) == {"bruno"}
    assert on_duty(DAY_AND_NIGHT, at(4, 6)) == {"anna"}
    assert on_duty(DAY_AND_NIGHT, at(4, 21, 59)) == {"anna"}
    assert on_duty(DAY_AND_NIGHT, at(4, 22)) == {"bruno"}


def test_shifts_that_meet_in_the_hour_that_is_skipped_or_comes_twice_leave_nobody_out():
    meeting = rota(
        Shift(weekdays=EVERY_DAY, begins=time(14, 30), ends=time(2, 30), people=("anna",)),
        Shift(weekdays=EVERY_DAY, begins=time(2, 30), ends=time(14, 30), people=("bruno",)),
    )
    for month, day in ((3, 29), (10, 25)):
        start = at(day - 1, 20, month=month)
        found = duties(meeting, start, start + timedelta(days=1))
        assert all(len(duty.people) == 1 for duty in found)


def test_a_swap_takes_one_off_and_puts_another_on():
    swapped = rota(
        *DAY_AND_NIGHT.shifts,
        changes=(Change(first=date(2026, 3, 7), last=date(2026, 3, 7), begins=time(22), ends=time(6),
                        off=("bruno",), on=("carla",)),),
    )  # fmt: skip
    assert on_duty(swapped, at(7, 23)) == on_duty(swapped, at(8, 5)) == {"carla"}
    assert on_duty(swapped, at(7, 5)) == on_duty(swapped, at(8, 23)) == {"bruno"}


def test_a_sick_day_leaves_a_gap_that_is_known_before():
    sick = rota(
        *DAY_AND_NIGHT.shifts, changes=(Change(first=date(2026, 3, 7), last=date(2026, 3, 7), off=("bruno", "anna")),)
    )
    # The night that began the day before ends at midnight of the day of the change.
    assert gaps(sick, at(5, 0), at(10, 0)) == [(at(7, 0), at(8, 0))]
    assert duties(sick, at(6, 23), at(7, 1))[-1] == (at(7, 0), at(7, 1), frozenset())


@given(calendar=ROTAS, day=DAYS, hours=st.integers(1, 72))
def test_every_instant_belongs_to_one_duty_and_says_who_is_on(calendar, day, hours):
    start = datetime.combine(day, time(0), UTC)
    end = start + timedelta(hours=hours)
    found = duties(calendar, start, end)
    assert (found[0].start, found[-1].end) == (start, end)
    assert all(one.end == other.start and one.people != other.people for one, other in zip(found, found[1:]))  # noqa: B905, RUF007
    for quarter in range(hours * 4):
        instant = start + timedelta(minutes=15 * quarter)
        (there,) = [duty for duty in found if duty.start <= instant < duty.end]
        assert there.people == on_duty(calendar, instant)
    assert [(duty.start, duty.end) for duty in found if not duty.people] == gaps(calendar, start, end)


@given(
    calendar=st.builds(lambda shifts: rota(*shifts), st.lists(SHIFTS, min_size=1, max_size=4)), hour=st.integers(0, 47)
)
def test_away_from_changes_of_the_clock_it_is_what_the_wall_says(calendar, hour):
    instant = at(3, 0, month=6) + timedelta(hours=hour)
    wall = instant.astimezone(ROME)
    expected = set()
    for shift in calendar.shifts:
        before = (wall.weekday() - 1) % 7
        if shift.ends > shift.begins:
            on = wall.weekday() in shift.weekdays and shift.begins <= wall.time() < shift.ends
        else:
            on = (wall.weekday() in shift.weekdays and wall.time() >= shift.begins) or (
                before in shift.weekdays and wall.time() < shift.ends
            )
        if on:
            expected |= set(shift.people)
    assert on_duty(calendar, instant) == expected


@given(calendar=ROTAS, day=DAYS, minutes=st.integers(0, 1439))
def test_without_changes_those_on_duty_are_those_of_the_shifts_at_that_moment(calendar, day, minutes):
    usual = msgspec.structs.replace(calendar, changes=())
    at = datetime.combine(day, time(0), tzinfo=UTC) + timedelta(minutes=minutes)
    found = shifts_at(usual, at)
    assert frozenset().union(*(shift.people for shift in found)) == on_duty(usual, at)
    assert bool(found) == bool(on_duty(usual, at))

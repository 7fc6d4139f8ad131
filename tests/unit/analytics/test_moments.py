from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.moments import CATCH_UP, days_of_the_calendar, days_touched, due_again, due_days, next_moment
from core.localtime import day_of, local_night, night_of
from tests.unit.analytics.made import ROME, utc

ZONES = st.sampled_from([ROME, ZoneInfo("Europe/London"), ZoneInfo("America/St_Johns"), ZoneInfo("Pacific/Apia")])
INSTANTS = st.datetimes(datetime(2012, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
DAY = date(2026, 3, 2)
SETTLE, CADENCE = timedelta(seconds=20), timedelta(minutes=5)


@given(INSTANTS, ZONES)
def test_every_instant_is_in_exactly_one_night(instant: datetime, zone: ZoneInfo) -> None:
    name = night_of(instant, zone)
    around = [name + timedelta(days=offset) for offset in (-2, -1, 0, 1, 2)]
    holding = [day for day in around if local_night(day, zone).start <= instant < local_night(day, zone).end]
    assert holding == [name]


@given(st.dates(date(2012, 2, 1), date(2030, 1, 1)))
def test_nights_follow_each_other_without_gap_across_daylight_saving(day: date) -> None:
    nights = [local_night(day + timedelta(days=offset), ROME) for offset in range(3)]
    assert all(earlier.end == later.start for earlier, later in pairwise(nights))
    assert all(timedelta(hours=23) <= night.duration <= timedelta(hours=25) for night in nights)


@given(INSTANTS, ZONES)
def test_a_touched_hour_makes_its_day_and_its_night_due(instant: datetime, zone: ZoneInfo) -> None:
    hour = instant.replace(minute=0, second=0, microsecond=0)
    days = days_touched(hour, zone)
    assert {day_of(instant, zone), night_of(instant, zone)} <= days
    assert day_of(instant, zone) + timedelta(days=1) in days
    assert len(days) <= 4


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ((DAY, "10:00"), (DAY + timedelta(days=1), "00:30")),
        ((DAY + timedelta(days=1), "00:30"), (DAY + timedelta(days=1), "08:00")),
        ((DAY + timedelta(days=1), "08:00"), (DAY + timedelta(days=1), "12:00")),
    ],
)
def test_a_day_is_computed_when_it_is_over_when_its_night_is_and_finally(
    now: tuple[date, str], wanted: tuple[date, str]
) -> None:
    assert next_moment(DAY, ROME, utc(*now)) == utc(*wanted)
    assert next_moment(DAY, ROME, utc(DAY + timedelta(days=1), "12:00")) is None


def test_what_comes_in_now_is_computed_at_a_cadence_and_what_comes_late_at_once() -> None:
    now = utc(DAY, "15:00")
    due = due_days(
        [(7, utc(DAY, "14:00")), (7, utc(DAY - timedelta(days=9), "14:00"))], {7: ROME}, now, SETTLE, CADENCE
    )
    assert {(one.day, one.due_at) for one in due} == {
        (DAY - timedelta(days=9), now + SETTLE),
        (DAY - timedelta(days=8), now + SETTLE),
        (DAY, now + CADENCE),
    }


def test_a_day_that_has_not_come_is_not_due_and_neither_is_an_unknown_home() -> None:
    now = utc(DAY, "15:00")
    assert all(one.day <= DAY for one in due_days([(7, utc(DAY, "14:00"))], {7: ROME}, now, SETTLE, CADENCE))
    assert due_days([(8, utc(DAY, "14:00"))], {7: ROME}, now, SETTLE, CADENCE) == []


def test_the_calendar_looks_at_homes_that_send_nothing() -> None:
    now = utc(DAY, "15:00")
    due = days_of_the_calendar(
        {7: DAY - timedelta(days=2), 9: DAY - timedelta(days=40)}, {7: ROME, 8: ROME, 9: ROME}, now, CADENCE
    )
    assert [(one.home_id, one.day) for one in due if one.home_id == 7] == [(7, DAY - timedelta(days=1)), (7, DAY)]
    assert [(one.home_id, one.day, one.due_at) for one in due if one.home_id == 8] == [(8, DAY, now + CADENCE)]
    assert len([one for one in due if one.home_id == 9]) == CATCH_UP
    assert days_of_the_calendar({7: DAY}, {7: ROME}, now, CADENCE) == []


@pytest.mark.parametrize(
    ("now", "cadence", "wanted"),
    [
        ((DAY, "03:00"), CADENCE, (DAY, "03:05")),
        ((DAY, "09:05"), CADENCE, (DAY, "09:10")),
        ((DAY, "09:05"), timedelta(0), (DAY, "09:06")),  # it ends, however quick the service is
        ((DAY, "21:58"), CADENCE, (DAY, "22:03")),
        ((DAY, "22:00"), CADENCE, (DAY, "22:05")),
        ((DAY, "23:57"), CADENCE, (DAY + timedelta(days=1), "00:00")),
        ((DAY + timedelta(days=1), "00:00"), CADENCE, (DAY + timedelta(days=1), "00:30")),
        ((DAY + timedelta(days=1), "09:05"), CADENCE, (DAY + timedelta(days=1), "12:00")),
    ],
)
def test_today_is_due_again_though_nothing_comes_in(
    now: tuple[date, str], cadence: timedelta, wanted: tuple[date, str]
) -> None:
    assert due_again(DAY, ROME, utc(*now), cadence) == utc(*wanted)


@given(INSTANTS, ZONES, st.sampled_from([timedelta(0), CADENCE, timedelta(hours=1)]))
def test_a_day_is_never_due_again_in_the_past_and_once_final(now: datetime, zone: ZoneInfo, cadence: timedelta) -> None:
    day = day_of(now, zone)
    looks = 0
    while (following := due_again(day, zone, now, cadence)) is not None:
        assert following > now
        now, looks = following, looks + 1
    assert 3 <= looks <= 25 * 60 + 5

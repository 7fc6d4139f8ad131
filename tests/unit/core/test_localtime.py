from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from core import localtime

ROME = ZoneInfo("Europe/Rome")
zones = st.sampled_from([ZoneInfo(name) for name in ("Europe/Rome", "Europe/London", "America/St_Johns", "UTC")])
instants = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001


@given(instants, zones)
def test_every_instant_lies_in_exactly_the_day_and_the_night_that_are_named_for_it(
    instant: datetime, zone: ZoneInfo
) -> None:
    for name, interval in ((localtime.day_of, localtime.local_day), (localtime.night_of, localtime.local_night)):
        named = name(instant, zone)
        holding = [
            day
            for day in (named + timedelta(days=offset) for offset in (-1, 0, 1))
            if interval(day, zone).start <= instant < interval(day, zone).end
        ]
        assert holding == [named]


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), zones)
def test_days_and_nights_follow_each_other_without_gap(day: date, zone: ZoneInfo) -> None:
    for interval in (localtime.local_day, localtime.local_night):
        assert interval(day, zone).end == interval(day + timedelta(days=1), zone).start


def test_days_of_daylight_saving_are_an_hour_shorter_and_longer() -> None:
    assert localtime.local_day(date(2026, 3, 29), ROME).duration == timedelta(hours=23)
    assert localtime.local_day(date(2026, 10, 25), ROME).duration == timedelta(hours=25)
    assert localtime.local_night(date(2026, 3, 28), ROME).duration == timedelta(hours=23)


def test_a_skipped_time_and_a_repeated_time_map_to_one_instant() -> None:
    assert localtime.local_instant(date(2026, 3, 29), time(2, 30), ROME) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert localtime.local_instant(date(2026, 10, 25), time(2, 30), ROME) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

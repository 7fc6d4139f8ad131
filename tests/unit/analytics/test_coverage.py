from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import coverage
from analytics.frames import HOUR, MINUTE, Episode, Span
from tests.unit.analytics.made import ROME, at

DAY = date(2026, 3, 2)
WEEK = Span(at(DAY, "0:00"), at(DAY + timedelta(days=7), "0:00"))
QUIET_NIGHTS = np.tile([4.0 * 3600 if hour < 7 or hour > 22 else 0.5 * 3600 for hour in range(24)], (28, 1))


def times(*clocks: str) -> np.ndarray:
    return np.array([at(DAY, clock) for clock in clocks], dtype=np.int64)


def test_a_silence_is_judged_by_the_home_s_own_habit_at_that_hour() -> None:
    limits = coverage.home_limits(QUIET_NIGHTS)
    window = Span(at(DAY, "0:00"), at(DAY, "24:00"))
    quiet_night = times("0:00", "8:00", "10:30", "13:00", "15:30", "18:00", "20:30", "23:00")
    assert coverage.unknown(quiet_night, window, limits, ROME) == []
    silent_day = times("0:00", "8:00", "16:00", "18:00", "20:30", "23:00")
    assert coverage.unknown(silent_day, window, limits, ROME) == [Span(at(DAY, "8:00"), at(DAY, "16:00"))]


def test_an_outing_explains_a_silence() -> None:
    limits = coverage.home_limits(QUIET_NIGHTS)
    window = Span(at(DAY, "8:00"), at(DAY, "18:00"))
    out = Episode("outing", at(DAY, "8:00"), at(DAY, "17:00"), None, 2)
    seen = times("8:00", "17:00", "17:30")
    assert coverage.unknown(seen, window, limits, ROME, [out]) == []
    assert coverage.unknown(seen, window, limits, ROME) == [Span(at(DAY, "8:00"), at(DAY, "17:00"))]


def test_before_anything_is_learned_a_night_may_be_quiet() -> None:
    limits = coverage.home_limits(QUIET_NIGHTS[:3])
    window = Span(at(DAY, "0:00"), at(DAY, "24:00"))
    assert coverage.unknown(times("0:00", "9:00", "12:00", "15:00", "18:00", "21:00"), window, limits, ROME) == []


def test_half_the_days_of_learning_may_be_an_outage() -> None:
    outage = np.full((13, 24), 58.0 * 3600)
    assert list(coverage.home_limits(np.vstack([QUIET_NIGHTS[:15], outage]))) == list(
        coverage.home_limits(QUIET_NIGHTS)
    )


def test_a_device_that_reports_by_itself_is_alive_as_long_as_it_does() -> None:
    limit = coverage.device_limit([3600.0] * 10)
    assert limit == 2.5 * HOUR
    window = Span(at(DAY, "0:00"), at(DAY, "12:00"))
    assert coverage.device_unknown(times("1:00", "2:00", "3:00", "8:00", "10:00"), window, limit) == [
        Span(at(DAY, "3:00"), at(DAY, "8:00"))
    ]


@pytest.mark.parametrize("gaps", [[3600.0] * 6, [4 * 3600.0] * 28])
def test_a_device_that_reports_rarely_or_is_new_has_no_limit(gaps: list[float]) -> None:
    assert coverage.device_limit(gaps) is None


def test_the_share_is_that_of_the_relevant_sensors() -> None:
    window = Span(0, 100)
    assert coverage.share(window, [], {1: [], 2: [Span(0, 50)]}) == 0.75
    assert coverage.share(window, [Span(90, 200)], {1: [], 2: [Span(0, 50)]}) == pytest.approx(0.65)
    assert coverage.share(window, [], {}) == 0.0


@given(st.lists(st.tuples(st.integers(-50, 150), st.integers(0, 80)), max_size=12))
def test_overlapping_unknown_times_count_once(spans: list[tuple[int, int]]) -> None:
    unknown = [Span(start, start + length) for start, length in spans]
    counted = sum(any(one.start <= moment < one.end for one in unknown) for moment in range(100))
    assert coverage.share(Span(0, 100), unknown, {1: []}) == pytest.approx(1 - counted / 100)


@given(
    st.lists(st.integers(0, 7 * 24 * 60), max_size=60), st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), DAY])
)
def test_the_longest_gap_by_hour_is_the_longest_that_touches_it(minutes: list[int], day: date) -> None:
    start = at(day, "0:00") - 24 * HOUR
    moments = np.array(sorted(start + minute * MINUTE for minute in minutes), dtype=np.int64)
    window = Span(start, start + 7 * 24 * HOUR)
    longest = coverage.longest_gap_by_hour(moments, window, day, ROME)
    begins, ends = coverage.gaps(moments, window)
    for hour in (0, 1, 5, 12, 23):
        first, last = at(day, f"{hour}:00"), at(day, f"{hour + 1}:00")
        touching = (begins < last) & (ends > first)
        assert longest[hour] * 1_000_000 == (ends - begins)[touching].max()
    assert longest.shape == (24,)
    assert (longest > 0).all() or len(moments) > 0


def test_the_usual_gap_of_a_device() -> None:
    assert coverage.usual_gap(times("1:00", "2:00", "3:00", "4:00", "5:00")) is None
    assert coverage.usual_gap(times("1:00", "2:00", "3:00", "4:00", "5:00", "6:00")) == 3600.0

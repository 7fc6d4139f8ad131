"""Which hours and days are computed again."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from core.localtime import day_of, local_day
from ingest.upkeep.spans import HOUR, Span, merged, of_everybody, since, whole_days

ROME = ZoneInfo("Europe/Rome")
START = datetime(2026, 3, 27, tzinfo=UTC)

spans = st.lists(
    st.builds(
        lambda home, first, length: Span(home, START + first * HOUR, START + (first + length) * HOUR),
        st.integers(1, 3),
        st.integers(0, 72),
        st.integers(1, 12),
    ),
    max_size=6,
)


def hours_of(found):
    return {(span.home_id, span.start + n * HOUR) for span in found for n in range((span.stop - span.start) // HOUR)}


@given(spans)
def test_merged_spans_cover_the_same_hours_and_never_meet(found):
    together = merged(found)
    assert hours_of(together) == hours_of(found)
    for one, next_one in pairwise(together):
        assert one.home_id < next_one.home_id or one.stop < next_one.start


@given(spans, st.integers(1, 12))
def test_a_gap_is_closed_only_within_a_home_and_only_if_it_is_small(found, gap):
    together = merged(found, gap * HOUR)
    assert hours_of(found) <= hours_of(together)
    for one, next_one in pairwise(together):
        assert one.home_id < next_one.home_id or next_one.start - one.stop > gap * HOUR


@given(spans, st.integers(1, 50))
def test_the_spans_of_everybody_cover_every_hour_once_in_pieces_that_are_not_too_long(found, longest):
    pieces = of_everybody(found, timedelta(0), longest * HOUR)
    assert {hour for _, hour in hours_of(pieces)} == {hour for _, hour in hours_of(found)}
    assert len(hours_of(pieces)) == sum((piece.stop - piece.start) // HOUR for piece in pieces)
    assert all(piece.stop - piece.start <= longest * HOUR for piece in pieces)


@given(spans)
def test_whole_days_are_the_local_days_of_the_hours(found):
    days = whole_days(found, ROME)
    assert {(home, day_of(at, ROME)) for home, at in hours_of(days)} == {
        (home, day_of(at, ROME)) for home, at in hours_of(found)
    }
    assert all(local_day(day_of(span.start, ROME), ROME).start == span.start for span in days)


def test_the_day_of_the_change_to_summer_time_has_23_hours():
    noon = datetime(2026, 3, 29, 12, tzinfo=UTC)
    (day,) = whole_days([Span(1, noon, noon + HOUR)], ROME)
    assert (day.start, day.stop) == local_day(date(2026, 3, 29), ROME)
    assert day.stop - day.start == 23 * HOUR


@given(spans, st.integers(0, 90 * 60))
def test_no_hour_that_begins_before_the_earliest_instant_is_left(found, minutes):
    earliest = START + timedelta(minutes=minutes)
    assert hours_of(since(found, earliest)) == {(home, hour) for home, hour in hours_of(found) if hour >= earliest}
    assert since(found, None) == found

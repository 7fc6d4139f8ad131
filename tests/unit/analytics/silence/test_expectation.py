"""For how long a device may be silent."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.frames import HOUR, MINUTE, Span
from analytics.silence.expectation import CEILING, FLOOR, MISSED, patience, silences
from analytics.silence.spans import merged, taken_before

DAY = 24 * HOUR
HOURLY = np.arange(0, 14 * DAY, HOUR, dtype=np.int64)


def test_a_device_that_checks_in_hourly_may_miss_four_of_them():
    assert patience(HOURLY, [], None) == int(MISSED * HOUR)
    assert silences(HOURLY, [], int(MISSED * HOUR), 14 * DAY + 3 * HOUR) == []
    assert silences(HOURLY, [], int(MISSED * HOUR), 14 * DAY + 4 * HOUR) == [Span(14 * DAY - HOUR, 14 * DAY + 4 * HOUR)]


def test_before_anything_is_learned_the_catalogue_decides_or_nobody():
    young = HOURLY[:48]
    assert patience(young, [], None) is None
    assert patience(young, [], 2 * HOUR) == int(MISSED * 2 * HOUR)
    assert patience(HOURLY, [], 2 * HOUR) == int(MISSED * HOUR), "its own reports tell better"


def test_no_outage_and_no_single_bad_day_teaches_patience():
    outage = Span(5 * DAY, 7 * DAY)
    with_gap = HOURLY[(outage.start > HOURLY) | (outage.end <= HOURLY)]
    assert patience(with_gap, [outage], None) == int(MISSED * HOUR)
    dropout = HOURLY[(HOURLY < 5 * DAY) | (HOURLY >= 5 * DAY + 7 * HOUR)]
    assert patience(dropout, [], None) == int(MISSED * HOUR)


def test_time_in_which_the_gateway_was_not_heard_is_no_silence_of_the_device():
    now = 14 * DAY + 10 * HOUR
    away = [Span(14 * DAY, now - HOUR)]
    assert silences(HOURLY, away, int(MISSED * HOUR), now) == []
    assert len(silences(HOURLY, [], int(MISSED * HOUR), now)) == 1


@given(st.lists(st.integers(MINUTE, 3 * DAY), min_size=20, max_size=200))
def test_patience_stays_within_its_bounds_and_grows_with_the_gaps(gaps):
    reports = np.cumsum(np.array(gaps, dtype=np.int64))
    limit = patience(reports, [], None)
    assert limit is None or FLOOR <= limit <= CEILING
    slower = patience(reports * 2, [], None)
    assert limit is None or slower is None or slower >= limit


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), max_size=20), st.integers(0, 1000))
def test_merged_spans_hold_the_same_time(pairs, at):
    spans = [Span(min(pair), max(pair)) for pair in pairs]
    joined = merged(spans)
    within = {t for span in spans for t in range(span.start, span.end)}
    assert sum(span.length for span in joined) == len(within)
    assert all(one.end < other.start for one, other in itertools.pairwise(joined))
    assert int(taken_before(np.array([at]), joined)[0]) == sum(t < at for t in within)

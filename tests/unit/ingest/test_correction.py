"""When a call must have been that was stamped by a clock nobody can trust."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.correction import shift_ms
from ingest.reading import Reading

NOW_MS = 1_800_000_000_000
HOUR_MS = 3_600_000


def call(at_ms):
    return Reading(1, at_ms, 1.0, 2, 4, 1, 20)


def test_a_gateway_that_said_how_long_it_runs_is_corrected_by_its_monotonic_clock():
    # Pressed an hour ago, ten seconds after the start, by a clock in another year; sent only now.
    started = NOW_MS - HOUR_MS - 10_000
    assert shift_ms([call(5_000_000_000)], NOW_MS, 10.0, started) == NOW_MS - HOUR_MS - 5_000_000_000


def test_without_its_word_the_call_was_made_when_it_came_and_the_order_stays():
    calls = [call(5_000_000_000), call(5_000_003_000)]
    shift = shift_ms(calls, NOW_MS, 10.0, None)
    assert [each.at_ms + shift for each in calls] == [NOW_MS - 3_000, NOW_MS]


@given(
    st.lists(st.integers(10**12, 2 * 10**12), min_size=1, max_size=5),
    st.floats(0, 10**9),
    st.none() | st.integers(0, 3 * 10**12),
)
def test_no_call_is_said_to_have_come_before_it_was_made(times, sealed_s, started_ms):
    shift = shift_ms([call(at_ms) for at_ms in times], NOW_MS, sealed_s, started_ms)
    assert all(at_ms + shift <= NOW_MS for at_ms in times)

"""The key of a reading: +1 ms on a tie, nothing more."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from gateway.stamping import LastReading, stamp

reports = st.lists(st.tuples(st.integers(0, 20), st.sampled_from([0.0, 1.0, 2.0])), max_size=60)


def stamped(given_reports: list[tuple[int, float]]) -> list[tuple[int, int, float]]:
    last: LastReading | None = None
    taken = []
    for source_ms, value in given_reports:
        now = stamp(last, source_ms, value)
        if now is not None:
            taken.append((source_ms, now.at_ms, value))
            last = now
    return taken


@given(reports)
def test_in_order_of_time_the_keys_increase_strictly(given_reports: list[tuple[int, float]]) -> None:
    times = [at_ms for _, at_ms, _ in stamped(sorted(given_reports, key=lambda report: report[0]))]
    assert all(earlier < later for earlier, later in itertools.pairwise(times))


@given(reports)
def test_a_time_is_moved_only_by_ties(given_reports: list[tuple[int, float]]) -> None:
    taken = stamped(sorted(given_reports, key=lambda report: report[0]))
    previous_ms = -1
    for source_ms, at_ms, _ in taken:
        assert at_ms == max(source_ms, previous_ms + 1)
        previous_ms = at_ms


@given(reports)
def test_the_last_value_at_an_instant_is_kept(given_reports: list[tuple[int, float]]) -> None:
    ordered = sorted(given_reports, key=lambda report: report[0])
    if ordered:
        assert stamped(ordered)[-1][2] == ordered[-1][1]


@given(st.lists(st.integers(0, 10**6), unique=True, max_size=40))
def test_late_readings_keep_their_own_time(times: list[int]) -> None:
    late = sorted(times, reverse=True)
    assert [at_ms for _, at_ms, _ in stamped([(each, 1.0) for each in late])] == late


def test_the_same_reading_once_more_is_not_taken() -> None:
    last = stamp(None, 1000, 1.0)
    assert stamp(last, 1000, 1.0) is None


def test_three_values_at_one_instant() -> None:
    assert [at_ms for _, at_ms, _ in stamped([(5, 1.0), (5, 0.0), (5, 1.0), (6, 0.0), (9, 1.0)])] == [5, 6, 7, 8, 9]

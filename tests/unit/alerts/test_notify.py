from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.lifecycle import Family
from alerts.notify import BACK_OFF, back_off_s
from alerts.worker import LONGEST_WAIT_S, SHORTEST_WAIT_S, wait_s

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


@given(family=st.sampled_from(Family), attempts=st.integers(1, 1000), chance=st.floats(0, 1))
def test_waits_grow_to_a_limit_and_are_spread(family, attempts, chance):
    first, longest = BACK_OFF[family]
    wait = back_off_s(family, attempts, chance)
    assert first * 0.75 <= wait <= longest
    assert back_off_s(family, attempts + 1, chance) >= wait


def test_a_safety_message_never_waits_longer_than_a_minute():
    assert back_off_s(Family.SAFETY, 50, 0.0) == 60.0


@given(due=st.none() | st.integers(-1000, 1000))
def test_the_worker_neither_spins_nor_oversleeps(due):
    wait = wait_s(None if due is None else NOW + timedelta(seconds=due), NOW)
    assert SHORTEST_WAIT_S <= wait <= LONGEST_WAIT_S
    if due is not None and SHORTEST_WAIT_S <= due <= LONGEST_WAIT_S:
        assert wait == due

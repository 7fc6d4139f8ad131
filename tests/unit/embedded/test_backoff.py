from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import SimulatedClock
from embedded.backoff import FIRST_S, MOST_S, STEADY_S, Backoff

START = datetime(2024, 3, 1, tzinfo=UTC)


@pytest.fixture
def clock():
    return SimulatedClock(START)


def test_a_new_service_is_due_at_once(clock):
    assert Backoff(clock).due


def test_pauses_double_up_to_the_longest(clock):
    backoff = Backoff(clock)
    pauses = []
    for _ in range(9):
        backoff.started()
        pauses.append(backoff.ended())
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_it_is_due_when_the_pause_is_over_and_not_before(clock):
    backoff = Backoff(clock)
    backoff.started()
    pause = backoff.ended()
    assert not backoff.due
    clock.advance(pause - 0.01)
    assert not backoff.due
    clock.advance(0.02)
    assert backoff.due


def test_a_service_that_proved_itself_begins_anew(clock):
    backoff = Backoff(clock)
    for _ in range(5):
        backoff.started()
        backoff.ended()
    backoff.started()
    clock.advance(STEADY_S)
    assert backoff.ended() == FIRST_S


def test_a_service_that_ran_a_little_too_short_does_not(clock):
    backoff = Backoff(clock)
    backoff.started()
    backoff.ended()
    backoff.started()
    clock.advance(STEADY_S - 1)
    assert backoff.ended() == 2 * FIRST_S


def test_a_jump_of_the_wall_clock_changes_nothing(clock):
    backoff = Backoff(clock)
    backoff.started()
    backoff.ended()
    clock.jump(datetime(2030, 1, 1, tzinfo=UTC))
    assert not backoff.due


@given(st.lists(st.floats(0, 200), max_size=50))
def test_pauses_stay_within_their_limits(lives):
    clock = SimulatedClock(START)
    backoff = Backoff(clock)
    for life in lives:
        backoff.started()
        clock.advance(life)
        pause = backoff.ended()
        assert FIRST_S <= pause <= MOST_S
        clock.advance(pause)
        assert backoff.due

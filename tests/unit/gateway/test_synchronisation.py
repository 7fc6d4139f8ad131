"""Whether the clock can be trusted, and what time it is while it cannot."""

import os
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import SimulatedClock
from gateway.synchronisation import (
    DAY_MS,
    EARLIEST_MS,
    HOLD_LONG_MS,
    HOLD_MS,
    START_MS,
    TOLERANCE_MS,
    Evidence,
    Synchronisation,
    Timekeeper,
)  # fmt: skip

TRUE_MS = round(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp() * 1000)
IN_2038_MS = round(datetime(2038, 1, 19, tzinfo=UTC).timestamp() * 1000)
LONG_AFTER_START_MS = 10 * START_MS


class Machine:
    """A machine whose clock may be off by `error_ms`; `mark_ms` is when its keeper, if it has one, set it last."""

    def __init__(self, *, kept: bool = False, up_ms: int = LONG_AFTER_START_MS) -> None:
        self.kept = kept
        self.monotonic_ms = up_ms
        self.true_ms = TRUE_MS
        self.error_ms = 0
        self.mark_ms: int | None = None
        self.known = Synchronisation()

    def advance(self, milliseconds: int) -> None:
        self.monotonic_ms += milliseconds
        self.true_ms += milliseconds

    def keeper_sets(self, error_ms: int = 0) -> None:
        self.error_ms = error_ms
        self.mark_ms = self.true_ms + error_ms

    def look(self) -> Synchronisation:
        self.known.observe(Evidence(self.true_ms + self.error_ms, self.monotonic_ms, self.kept, self.mark_ms))
        return self.known


def kept_machine() -> Machine:
    machine = Machine(kept=True)
    machine.keeper_sets()
    assert machine.look().synchronised
    machine.advance(60_000)
    return machine


def unkept_machine() -> Machine:
    machine = Machine()
    assert machine.look().synchronised
    machine.advance(60_000)
    return machine


def test_a_board_that_starts_in_1970_is_not_synchronised_and_never_tells_a_relative_time() -> None:
    machine = Machine(up_ms=5_000)
    machine.error_ms = -TRUE_MS
    assert not machine.look().synchronised
    assert machine.known.now_ms == EARLIEST_MS + 5_000
    machine.error_ms = 0
    assert machine.look().synchronised
    assert machine.known.now_ms == machine.true_ms


def test_a_keeper_must_have_spoken_first() -> None:
    machine = Machine(kept=True)
    machine.error_ms = -3 * DAY_MS
    assert not machine.look().synchronised
    assert not machine.known.in_doubt
    machine.keeper_sets()
    assert machine.look().synchronised
    assert machine.known.now_ms == machine.true_ms


@pytest.mark.parametrize("step_ms", [-2 * DAY_MS, -3_600_000, 5_000, 3_600_000, 400 * DAY_MS])
def test_the_step_of_a_keeper_is_believed_even_if_it_is_seen_before_the_mark(step_ms: int) -> None:
    machine = kept_machine()
    machine.error_ms = step_ms
    machine.true_ms, machine.error_ms = machine.true_ms + step_ms, 0
    assert not machine.look().synchronised
    machine.keeper_sets()
    machine.advance(20)
    assert machine.look().synchronised
    assert machine.known.now_ms == machine.true_ms


@pytest.mark.parametrize("make", [kept_machine, unkept_machine])
@pytest.mark.parametrize("error_ms", [IN_2038_MS - TRUE_MS, -DAY_MS, -TRUE_MS, 3 * TOLERANCE_MS])
def test_a_jump_puts_the_clock_in_doubt_and_the_own_count_goes_on_until_it_agrees_again(make, error_ms) -> None:  # type: ignore[no-untyped-def]
    machine = make()
    machine.error_ms = error_ms
    for _ in range(9):
        assert not machine.look().synchronised
        assert machine.known.in_doubt
        assert machine.known.now_ms == machine.true_ms
        machine.advance(60_000)
    machine.error_ms = 0
    assert machine.look().synchronised
    assert not machine.known.in_doubt
    assert machine.known.now_ms == machine.true_ms


def test_an_older_mark_does_not_vouch_for_a_later_jump() -> None:
    machine = kept_machine()
    machine.keeper_sets()  # seen together with the jump that follows
    for error_ms in (IN_2038_MS - TRUE_MS, -DAY_MS):
        machine.error_ms = error_ms
        assert not machine.look().synchronised


def test_where_a_keeper_is_silent_the_own_count_has_to_do() -> None:
    machine = kept_machine()
    machine.error_ms = IN_2038_MS - TRUE_MS
    assert not machine.look().synchronised
    machine.advance(HOLD_MS)
    assert machine.look().synchronised
    assert machine.known.now_ms == machine.true_ms
    machine.advance(100 * DAY_MS)
    assert machine.look().now_ms == machine.true_ms
    machine.keeper_sets()
    assert machine.look().synchronised
    assert not machine.known.in_doubt


@pytest.mark.parametrize(
    ("step_ms", "hold_ms"), [(DAY_MS, HOLD_MS), (-3_600_000, HOLD_MS), (IN_2038_MS - TRUE_MS, HOLD_LONG_MS)]
)
def test_without_a_keeper_a_clock_that_stays_with_its_time_is_believed_in_the_end(step_ms: int, hold_ms: int) -> None:
    machine = unkept_machine()
    machine.error_ms = step_ms
    assert not machine.look().synchronised
    machine.advance(hold_ms - 1)
    assert not machine.look().synchronised
    machine.advance(1)
    assert machine.look().synchronised
    assert machine.known.now_ms == machine.true_ms + step_ms


def test_right_after_the_start_a_step_is_normal_where_nobody_is_known_to_keep_the_time() -> None:
    machine = Machine(up_ms=10_000)
    machine.error_ms = -40 * DAY_MS  # the time that was saved at the last shutdown
    assert machine.look().synchronised
    machine.error_ms = 0
    machine.advance(30_000)
    assert machine.look().synchronised
    assert machine.known.now_ms == machine.true_ms


def test_slewing_leap_seconds_and_drift_are_no_steps() -> None:
    machine = unkept_machine()
    for _ in range(100):
        machine.error_ms += 1_000
        machine.advance(60_000)
        assert machine.look().synchronised
        assert machine.known.now_ms == machine.true_ms + machine.error_ms


def test_a_monotonic_clock_that_counts_suspension_makes_a_night_asleep_no_step() -> None:
    machine = kept_machine()
    machine.advance(8 * 3_600_000)
    assert machine.look().synchronised


@given(
    st.lists(st.tuples(st.integers(0, 4 * 3_600_000), st.integers(-4000 * DAY_MS, 4000 * DAY_MS), st.booleans())),
    st.booleans(),
)
def test_nothing_is_in_doubt_for_ever(steps: list[tuple[int, int, bool]], kept: bool) -> None:
    machine = Machine(kept=kept)
    machine.keeper_sets()
    machine.look()
    for milliseconds, error_ms, by_keeper in steps:
        machine.advance(milliseconds)
        if by_keeper:
            machine.keeper_sets(error_ms)
        else:
            machine.error_ms = error_ms
        machine.look()
    machine.error_ms = max(machine.error_ms, EARLIEST_MS - machine.true_ms)
    machine.look()
    for _ in range(3):
        machine.advance(HOLD_LONG_MS)
        machine.look()
    assert machine.known.synchronised


@given(st.lists(st.integers(-4000 * DAY_MS, 4000 * DAY_MS), max_size=9))
def test_in_doubt_the_time_never_jumps(errors: list[int]) -> None:
    machine = kept_machine()
    told = []
    for error_ms in errors:
        machine.error_ms = error_ms
        told.append(machine.look().now_ms)
        machine.advance(1_000)
    assert all(abs(after - before - 1_000) <= 2 * TOLERANCE_MS for before, after in pairwise(told))


def test_systemd_is_asked_where_it_keeps_the_time(tmp_path: Path) -> None:
    clock = SimulatedClock(datetime(1970, 1, 1, tzinfo=UTC))
    alone, kept = Timekeeper(clock, tmp_path / "nobody"), Timekeeper(clock, tmp_path)
    assert (alone.look().synchronised, kept.look().synchronised) == (False, False)
    start = datetime(2026, 3, 1, tzinfo=UTC)
    clock.jump(start)
    assert (alone.look().synchronised, kept.look().synchronised) == (True, False)
    mark = tmp_path / "synchronized"
    mark.touch()
    os.utime(mark, (start.timestamp(), start.timestamp()))
    found = kept.look()
    assert (found.synchronised, found.at, found.monotonic_ms) == (True, start, 0)


def test_a_process_that_is_stopped_between_two_looks_at_the_clocks_sees_no_step() -> None:
    class Stopped(SimulatedClock):
        stops = 0

        def now(self) -> datetime:
            found = super().now()
            if self.stops:
                self.stops -= 1
                self.advance(30)
            return found

    clock = Stopped(datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=1))
    clock.advance(START_MS / 1000)
    keeper = Timekeeper(clock)
    assert keeper.look().synchronised
    clock.stops = 1
    found = keeper.look()
    assert found.synchronised
    assert found.at == clock.now()

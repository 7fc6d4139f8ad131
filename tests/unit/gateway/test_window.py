"""The window: bounded, urgent first, patient, and everything again after a reconnection."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.topics import LANES, Leaf
from gateway.window import Limits, Window

LIMITS = Limits()


class WindowMachine(RuleBasedStateMachine):
    """Any order of taking up, sending, storing, waiting and reconnecting."""

    def __init__(self) -> None:
        super().__init__()
        self.window = Window(LIMITS)
        self.now = 0.0
        self.sequence = 0
        self.lanes: dict[int, Leaf] = {}
        self.sent_at: dict[int, list[float]] = {}

    @rule(lane=st.sampled_from(LANES))
    def take_up(self, lane: Leaf) -> None:
        self.sequence += 1
        if self.window.room(lane):
            self.window.take_up(lane, self.sequence, self.now)
            self.lanes[self.sequence] = lane
            self.sent_at[self.sequence] = []
        else:
            with pytest.raises(ValueError, match="no room"):
                self.window.take_up(lane, self.sequence, self.now)

    @rule(seconds=st.floats(0, 400))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def send(self) -> None:
        due = self.window.due(self.now)
        ranks = [(LANES.index(flight.lane), flight.sequence) for flight in due]
        assert ranks == sorted(ranks)
        for flight in due:
            times = self.sent_at[flight.sequence]
            if times:
                patience = min(LIMITS.first_s * 2 ** (len(times) - 1), LIMITS.longest_s)
                assert self.now - times[-1] >= patience * (1 - 1e-9)
            times.append(self.now)
            self.window.sent(flight.sequence, self.now)
        assert not self.window.due(self.now)

    @rule(choice=st.integers(0, 100))
    def store(self, choice: int) -> None:
        sequence = choice % (self.sequence + 1)
        assert self.window.stored(sequence) == (sequence in self.lanes)
        self.lanes.pop(sequence, None)
        self.sent_at.pop(sequence, None)

    @rule()
    def reconnect(self) -> None:
        self.window.reconnected(self.now)
        self.sent_at = {sequence: [] for sequence in self.lanes}
        assert {flight.sequence for flight in self.window.due(self.now)} == set(self.lanes)

    @invariant()
    def bounded(self) -> None:
        ordinary = [lane for lane in self.lanes.values() if lane is not Leaf.URGENT]
        assert len(ordinary) <= 8
        assert ordinary.count(Leaf.BACKFILL) <= 8 - LIMITS.kept_for_live
        assert len(self.window) == len(self.lanes)

    @invariant()
    def nothing_is_forgotten(self) -> None:
        """Whatever is under way falls due within five minutes."""
        if self.lanes:
            due = {flight.sequence for flight in self.window.due(self.now + LIMITS.longest_s)}
            assert due == set(self.lanes)


TestWindow = WindowMachine.TestCase


def test_urgent_has_room_however_full_the_window_is() -> None:
    window = Window()
    for sequence in range(8):
        window.take_up(Leaf.READINGS, sequence, 0.0)
    assert window.room(Leaf.READINGS) == 0
    assert window.room(Leaf.BACKFILL) == 0
    window.take_up(Leaf.URGENT, 99, 0.0)
    assert window.due(0.0)[0].sequence == 99


def test_an_old_debt_leaves_room_for_what_happens_now() -> None:
    window = Window()
    sequence = 0
    while window.room(Leaf.BACKFILL):
        sequence += 1
        window.take_up(Leaf.BACKFILL, sequence, 0.0)
    assert window.room(Leaf.READINGS) == 2


@given(st.integers(1, 60))
def test_back_off_doubles_from_five_seconds_to_five_minutes(attempts: int) -> None:
    window = Window()
    window.take_up(Leaf.READINGS, 1, 0.0)
    now = 0.0
    for attempt in range(attempts):
        window.sent(1, now)
        due = window.next_due()
        assert due is not None
        assert due - now == pytest.approx(min(5 * 2**attempt, 300))
        now = due
    assert window.stored(1)
    assert window.next_due() is None


def sent(*lanes: Leaf, now: float = 0.0) -> Window:
    window = Window(LIMITS)
    for sequence, lane in enumerate(lanes, 1):
        window.take_up(lane, sequence, now)
        window.sent(sequence, now)
    return window


def test_while_nobody_hears_every_urgent_batch_goes_on_knocking() -> None:
    window = sent(Leaf.READINGS, Leaf.READINGS, Leaf.URGENT, Leaf.URGENT)
    for number in range(1, 10):
        for sequence in (1, 2, 3, 4):
            window.unheard(sequence)
        now = number * LIMITS.first_s
        due = [flight.sequence for flight in window.due(now)]
        # The others have nothing but their back-off.
        assert due == ([3, 4, 1, 2] if number in (1, 3, 7) else [3, 4])
        for sequence in due:
            window.sent(sequence, now)


def test_without_urgent_ones_the_oldest_batch_knocks_in_the_end_more_seldom() -> None:
    window = sent(Leaf.READINGS, Leaf.BACKFILL)
    times: list[float] = []
    while len(times) < LIMITS.knocks + 10:
        window.unheard(1)
        due_at = window.next_due()
        assert due_at is not None
        now = due_at
        for flight in window.due(now):
            window.sent(flight.sequence, now)
            if flight.sequence == 1:
                times.append(now)
    patience = [after - before for before, after in pairwise(times)]
    assert patience[: LIMITS.knocks - 2] == [LIMITS.first_s] * (LIMITS.knocks - 2)
    assert max(patience) == LIMITS.knock_longest_s


def test_a_word_after_silence_brings_the_others_soon_and_one_in_the_flow_brings_nothing() -> None:
    window = sent(*[Leaf.READINGS] * 3)
    window.sent(2, 20.0)
    window.sent(3, 40.0)
    window.answered(100.0)
    window.stored(1)
    assert window.due(100.0) == window.due(100.0 + LIMITS.answered_s - 0.1)
    assert [flight.sequence for flight in window.due(100.0 + LIMITS.answered_s)] == [2, 3]
    for sequence in (2, 3):
        window.sent(sequence, 102.0)
    window.answered(103.0)
    assert window.due(103.0 + LIMITS.answered_s) == []


def test_what_was_overtaken_by_far_is_taken_for_lost() -> None:
    window = Window(Limits(first_s=5.0, overtaken_s=2.0))
    for sequence, sent_at in ((1, 0.0), (2, 0.0), (3, 1.0), (4, 2.5)):
        window.take_up(Leaf.READINGS, sequence, sent_at)
        window.sent(sequence, sent_at)
    window.take_up(Leaf.BACKFILL, 5, 0.0)
    window.sent(5, 0.0)
    window.stored(3, 2.6)
    assert window.due(2.6) == []
    window.stored(4, 2.7)
    assert [flight.sequence for flight in window.due(2.7)] == [1, 2]
    # Sent again, they wait for their own back-off, and for what is sent later than this.
    window.sent(1, 2.7)
    window.take_up(Leaf.READINGS, 6, 3.0)
    window.sent(6, 3.0)
    window.stored(6, 3.1)
    assert [flight.sequence for flight in window.due(3.1)] == [2]

"""How patient a call for help is with the word of its gateway."""

from datetime import UTC, datetime

import pytest

from core.clock import SimulatedClock
from ingest.starts import SECOND_LOOK_S, WAITED_FOR_EVERY_S, Starts


class Statuses:
    """What is known when: the start of `gw`, boot `b`, from `known_from` on."""

    def __init__(self, clock, known_from):
        self.clock, self.known_from, self.asked = clock, known_from, []

    def __call__(self, keys):
        self.asked.append(list(keys))
        return {("gw", "b"): 7} if self.clock.monotonic() >= self.known_from else {}


@pytest.fixture
def clock():
    return SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("known_from", "found", "took_s"),
    [(0.0, {("gw", "b"): 7}, 0.0), (SECOND_LOOK_S / 2, {("gw", "b"): 7}, SECOND_LOOK_S), (99.0, {}, SECOND_LOOK_S)],
)
def test_a_start_that_is_not_known_yet_is_looked_up_once_more(clock, known_from, found, took_s):
    statuses = Statuses(clock, known_from)
    assert Starts(clock).of({("gw", "b")}, statuses) == found
    assert clock.monotonic() == took_s
    assert statuses.asked == [["gw"]] * (2 if took_s else 1)


def test_a_gateway_that_says_nothing_keeps_nobody_waiting_again_and_again(clock):
    starts, statuses = Starts(clock), Statuses(clock, 10**9)
    for boot in "bcdef":
        assert starts.of({("gw", boot)}, statuses) == {}
    assert clock.monotonic() == SECOND_LOOK_S
    # Another one is waited for, and this one again after a while.
    starts.of({("gw", "b"), ("other", "b")}, statuses)
    assert clock.monotonic() == 2 * SECOND_LOOK_S
    clock.advance(WAITED_FOR_EVERY_S)
    starts.of({("gw", "b")}, statuses)
    assert clock.monotonic() == pytest.approx(WAITED_FOR_EVERY_S + 3 * SECOND_LOOK_S)

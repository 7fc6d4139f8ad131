"""How a process ends that has been told to, where what it needs is away."""

import threading
from datetime import UTC, datetime

import pytest

from core.clock import SimulatedClock
from core.service import AWAY_S, end_where_away

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


class Ending:
    """What a process is that is told to stop at once, and needs something that answers as it is said."""

    def __init__(self, asks_s):
        self.clock, self.stop = SimulatedClock(NOW), threading.Event()
        self.asks_s, self.ended, self.asked = asks_s, threading.Event(), 0
        self.code = None

    def run(self, answers):
        def answer():
            self.asked += 1
            self.clock.advance(self.asks_s)
            return next(answers, False)

        def end(code):
            self.code = code
            self.ended.set()

        end_where_away(answer, "database", self.stop, self.clock, end)
        assert not self.ended.wait(0.05)
        self.stop.set()
        assert self.ended.wait(10)
        return self.clock.monotonic()


@pytest.mark.parametrize("asks_s", [0.0, 1.0, 2.0])
def test_it_ends_within_five_seconds_where_that_is_away(asks_s, capsys):
    ending = Ending(asks_s)
    assert AWAY_S <= ending.run(iter(())) < 5
    assert (ending.code, ending.asked > 1) == (0, True)


def test_it_waits_for_what_is_under_way_as_long_as_that_is_there():
    there = 30
    ending = Ending(1.0)
    assert ending.run(iter([True] * there)) > there
    assert ending.asked > there


def test_one_question_without_an_answer_ends_nothing():
    ending = Ending(2.0)
    assert ending.run(iter([False, True] * 10)) > 40

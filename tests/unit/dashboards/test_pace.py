from datetime import UTC, datetime

from core.clock import SimulatedClock
from dashboards import pace
from dashboards.pace import Pace


def test_a_program_waits_and_gets_through_when_it_has():
    clock = SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC))
    held = Pace(clock, most=3, within_s=60)
    assert [held.wait_s("a") for _ in range(4)] == [0, 0, 0, 60]
    assert held.wait_s("b") == 0
    clock.advance(59)
    assert held.wait_s("a") == 1
    clock.advance(1)
    assert held.wait_s("a") == 0


def test_it_remembers_no_more_than_it_has_room_for(monkeypatch):
    monkeypatch.setattr(pace, "REMEMBERED", 2)
    held = Pace(SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC)), most=1, within_s=60)
    assert [held.wait_s(key) for key in ("a", "b", "c")] == [0, 0, 0]
    assert held.wait_s("c") == 60
    assert held.wait_s("a") == 0

import threading
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import SimulatedClock, SystemClock

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_waiting_lets_simulated_time_pass_at_once() -> None:
    clock = SimulatedClock(START)
    assert clock.wait(threading.Event(), 3600) is False
    assert clock.now() == START + timedelta(hours=1)
    assert clock.monotonic() == 3600


def test_an_event_that_is_set_ends_the_wait_before_it_begins() -> None:
    clock = SimulatedClock(START)
    event = threading.Event()
    event.set()
    assert clock.wait(event, 3600) is True
    assert clock.now() == START


def test_a_wall_clock_may_jump_while_monotonic_time_goes_on() -> None:
    clock = SimulatedClock(START)
    clock.advance(10)
    clock.jump(datetime(2038, 1, 19, tzinfo=UTC))
    assert clock.monotonic() == 10
    assert clock.now().year == 2038


def test_a_start_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        SimulatedClock(datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake this is about


def test_the_system_clock_speaks_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)

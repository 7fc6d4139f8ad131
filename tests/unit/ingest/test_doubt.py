"""How long messages from ahead of our clock stay with their gateways."""

from datetime import UTC, datetime

import pytest

from core.clock import SimulatedClock
from core.messages import BatchProperties
from ingest.doubt import FORGOTTEN_S, PATIENCE_S, Doubt
from ingest.mqtt5 import Delivery
from ingest.validate import Call, Reason, Rejection, Verdict

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AHEAD = Verdict(
    Delivery("", b"", [], 1, 1),
    "g",
    BatchProperties("b", 1, 1.0, "synced"),
    (),
    (Rejection(Reason.TIME, "x", 1),),
    is_ahead=True,
)


@pytest.fixture
def clock():
    return SimulatedClock(NOW)


@pytest.fixture
def doubt(clock):
    return Doubt(clock)


def test_a_gateway_that_knows_the_time_keeps_what_is_ahead_and_is_let_go_after_an_hour_for_good(clock, doubt):
    kept = []
    for _ in range(int(3 * PATIENCE_S / 300)):
        kept.append(doubt.keeps(AHEAD))
        clock.advance(300)
    assert kept == [True] * 12 + [False] * 24
    assert doubt.keeps(AHEAD._replace(gateway="other"))


def test_the_next_time_is_another_occasion_and_our_own_clock_measures_nothing(clock, doubt):
    assert doubt.keeps(AHEAD)
    clock.jump(datetime(2038, 1, 19, tzinfo=UTC))
    assert doubt.keeps(AHEAD)
    clock.advance(PATIENCE_S - 1)
    assert doubt.keeps(AHEAD)
    clock.advance(1)
    assert not doubt.keeps(AHEAD)
    clock.advance(FORGOTTEN_S)
    assert doubt.keeps(AHEAD)


@pytest.mark.parametrize(
    "other",
    [
        AHEAD._replace(is_ahead=False),
        AHEAD._replace(gateway=None),
        AHEAD._replace(batch=None),
        AHEAD._replace(batch=BatchProperties("b", 1, 1.0, "unsynced")),
        AHEAD._replace(rejections=(Rejection(Reason.TIME, "x", 1, (Call(1, 2, 3, 1.0),)),)),
    ],
)
def test_nothing_else_is_kept(doubt, other):
    assert not doubt.keeps(other)

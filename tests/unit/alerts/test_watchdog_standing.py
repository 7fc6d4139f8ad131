"""What counts as wrong with the chain."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts.watchdog.repository import Chain
from alerts.watchdog.standing import Fault, Limits, faults

NOW = datetime(2026, 3, 3, 3, 10, tzinfo=UTC)
LIMITS = Limits(timedelta(seconds=60), timedelta(seconds=120))


@pytest.mark.parametrize(
    ("chain", "missed", "wrong"),
    [
        (Chain(NOW, 0), False, []),
        (Chain(NOW - timedelta(seconds=60), 0), False, []),
        (Chain(NOW - timedelta(seconds=61), 0), False, [Fault.ALERTS]),
        (Chain(None, 0), False, [Fault.ALERTS]),
        (Chain(NOW, 2), False, [Fault.OVERDUE]),
        (Chain(NOW, 0), True, [Fault.CANARY]),
        (Chain(None, 1), True, [Fault.ALERTS, Fault.OVERDUE, Fault.CANARY]),
        # A clock that was put back says nothing about whether anything lives.
        (Chain(NOW + timedelta(hours=1), 0), False, []),
    ],
)
def test_each_fault_is_said(chain, missed, wrong):
    assert faults(chain, LIMITS, NOW, canary_missed=missed) == wrong

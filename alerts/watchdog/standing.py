"""What has to live so that a call for help reaches somebody, and what of it does not."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from alerts.watchdog.repository import Chain


class Fault(StrEnum):
    """What is wrong with the chain; the words go to whoever watches from outside, and say nothing about anybody."""

    DATABASE = "the database cannot be written"
    ALERTS = "alerts are not worked on"
    OVERDUE = "messages about calls for help are overdue"
    CANARY = "the test call did not arrive"


class Limits(NamedTuple):
    """From when on something counts as wrong: alerts not worked on for so long, a message so late."""

    worked: timedelta = timedelta(seconds=60)
    overdue: timedelta = timedelta(seconds=120)


def faults(chain: Chain, limits: Limits, now: datetime, *, canary_missed: bool = False) -> list[Fault]:
    """Return what is wrong at `now`, nothing where a call for help would reach somebody as far as can be seen."""
    found = []
    if chain.worked_at is None or now - chain.worked_at > limits.worked:
        found.append(Fault.ALERTS)
    if chain.overdue:
        found.append(Fault.OVERDUE)
    if canary_missed:
        found.append(Fault.CANARY)
    return found

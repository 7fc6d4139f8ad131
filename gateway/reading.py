"""A reading on its way through the gateway: as its source delivers it, as it waits, and in a sealed batch."""

from enum import IntEnum
from functools import cache
from typing import NamedTuple

from core.messages import BatchProperties
from core.topics import Leaf
from core.vocabulary import BY_NAME, Kind, Retention


class State(IntEnum):
    """What a waiting reading's time is worth."""

    SETTLED = 0
    HELD = 1  # noted by a clock that is not synchronised: stamped again, from monotonic time, before it goes
    UNSYNCHRONISED = 2  # went, or must go, with the time of a clock that was not synchronised


class Reading(NamedTuple):
    """One value as a source delivers it.

    `at_ms` is the time it has by its source, where that can be trusted, else None: then it counts when it arrived,
    which is now, or when the monotonic clock showed `arrived_ms`. `said_ms` is the time that the source named with
    it, if any, which tells its next report from this one.
    """

    name: str
    value: float
    unit: str
    at_ms: int | None = None
    said_ms: int | None = None
    arrived_ms: int | None = None

    @property
    def urgent(self) -> bool:
        """Whether it is about safety."""
        return nature(self.name)[0]

    @property
    def level(self) -> bool:
        """Whether it may be given up when there is no room."""
        return nature(self.name)[1]


class Batch(NamedTuple):
    """A sealed batch: what is sent, over and over in the same bytes, until it is stored."""

    lane: Leaf
    properties: BatchProperties
    readings: int
    payload: bytes


class Row(NamedTuple):
    """A reading as it waits."""

    urgent: bool
    state: int
    at_ms: int
    name: str
    value: float
    unit: str
    level: bool
    boot: str | None
    monotonic_ms: int | None


def quantity_of(name: str) -> str:
    """Return the quantity in the name of a series, empty if it has none."""
    return name.split("/", 2)[1] if "/" in name else ""


@cache
def nature(name: str) -> tuple[bool, bool]:
    """Tell of a series whether it is about safety, and whether its readings may be thinned."""
    quantity = BY_NAME.get(quantity_of(name))
    if quantity is None:
        return False, False
    level = quantity.kind is Kind.LEVEL and quantity.retention is not Retention.VITAL and not quantity.safety
    return quantity.safety, level

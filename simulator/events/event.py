"""An event: the script and the ground truth in one."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from simulator.habits import milliseconds
from simulator.zigbee2mqtt import RawMessage

Amount = int | float | str

# What becomes of a message on its way to the home's bridge: changed, or lost (None).
Passage = Callable[[RawMessage], RawMessage | None]


class Event(NamedTuple):
    """Something out of the ordinary in `home` from `start` until `end` (UTC); `changed` tells what, in figures."""

    name: str
    home: str
    start: datetime
    end: datetime
    changed: Mapping[str, Amount]


def overlaps(event: Event, start: int, end: int) -> bool:
    """Tell whether an event touches `[start, end)`, in milliseconds since 1970."""
    first = milliseconds(event.start)
    return first < end and max(milliseconds(event.end), first + 1) > start

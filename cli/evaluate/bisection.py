"""Since when something holds, without asking at every time."""

from collections.abc import Callable, Sequence
from datetime import datetime


def first(times: Sequence[datetime], holds: Callable[[datetime], bool]) -> datetime:
    """Return the first of `times` at which something holds that goes on to hold, as it does at the last (bisection)."""
    low, high = 0, len(times) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(times[middle]) else (middle + 1, high)
    return times[high]

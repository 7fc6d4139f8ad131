"""Remembers what days mean by what they hold, because a day changes once and its board asks every quarter of a minute.

A day is found again by its home, its date, and hashes that the database makes of all that it holds and of the days
before it. So what is remembered says nothing about who may see it, and nothing that has changed is found: each reader
asks the database for the hashes, under row-level security, and has here only what these stand for.
"""

import threading
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from analytics.wellbeing.attention import Known

MOST = 4096  # days that are remembered; the oldest goes first


class Held(NamedTuple):
    """Which day it is: of a home, with hashes of the days before it and of what it holds itself."""

    home_id: int
    day: date
    week: int
    own: int


class Memory:
    """The days that were read last."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: dict[Held, Known] = {}

    def __len__(self) -> int:
        """Return how many days are remembered."""
        return len(self._known)

    def of(self, wanted: Collection[Held]) -> dict[Held, Known]:
        """Return those of some days that are remembered."""
        with self._lock:
            return {held: self._known[held] for held in wanted if held in self._known}

    def keep(self, found: dict[Held, Known]) -> None:
        """Remember what days mean, and forget the oldest of those that are too many."""
        with self._lock:
            self._known |= found
            for held in list(self._known)[: max(0, len(self._known) - self._most)]:
                del self._known[held]

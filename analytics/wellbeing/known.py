"""Remembers what days mean, because they change once a day and their board asks every quarter of a minute.

The database keeps a word for each home that is another one whenever its days were stated anew. What is remembered is
found again by that word alone, so that nothing that has changed is found, and it says nothing about who may see it:
each reader asks the database for the words, under row-level security, and has here only what they stand for.
"""

import threading
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from analytics.wellbeing.attention import Known

MOST = 4096  # homes of which it is remembered; the oldest goes first


class Held(NamedTuple):
    """The days of a home from a first one on, in the version that it was stated in."""

    home_id: int
    version: str
    first: date


class Memory:
    """What was read last. None stands for homes of which no day is known."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: dict[Held, Known | None] = {}

    def __len__(self) -> int:
        """Return of how many homes something is remembered."""
        return len(self._known)

    def of(self, wanted: Collection[Held]) -> dict[Held, Known | None]:
        """Return what of some homes is remembered."""
        with self._lock:
            return {held: self._known[held] for held in wanted if held in self._known}

    def keep(self, found: Mapping[Held, Known | None]) -> None:
        """Remember what was read, and forget the oldest where that is too much."""
        with self._lock:
            self._known |= found
            for held in list(self._known)[: max(0, len(self._known) - self._most)]:
                del self._known[held]

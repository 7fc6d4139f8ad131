"""What a process has done since it started, for those who watch it."""

import threading
from collections import Counter


class Counters:
    """Named counts by lane. They start at nought with the process and only grow."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def add(self, lane: str, **counts: int) -> None:
        """Add to the counts of a lane."""
        with self._lock:
            for name, count in counts.items():
                self._counts[lane, name] += count

    def snapshot(self) -> dict[tuple[str, str], int]:
        """Return all counts by lane and name."""
        with self._lock:
            return dict(self._counts)

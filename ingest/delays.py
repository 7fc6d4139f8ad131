"""How long messages of each lane take from the network to the commit."""

import threading
from collections import deque
from collections.abc import Sequence

from prometheus_client import CollectorRegistry

from core.clock import Clock
from core.metrics import Figure, make_histogram
from ingest.inbox import Held, Inbox
from ingest.mqtt5 import Delivery

DELAY = Figure(
    "vicino_ingest_delay_seconds",
    "From the arrival of a message to the commit that holds it; of each commit its oldest message.",
    ("lane",),
)
COMMIT = Figure(
    "vicino_ingest_commit_seconds",
    "From the taking of messages to their commit: judging, copying and committing, and waiting for the database.",
    ("lane",),
)
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
RECENT_S = 60.0


class RecentMaximum:
    """The largest of the values of the last `RECENT_S` seconds. Threads may share it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        # Times rise, values fall: whatever is smaller than a later one can never be the largest again.
        self._kept: deque[tuple[float, float]] = deque()

    def add(self, value: float) -> None:
        """Add a value of this moment."""
        with self._lock:
            while self._kept and self._kept[-1][1] <= value:
                self._kept.pop()
            self._kept.append((self._clock.monotonic(), value))
            self._forget()

    def largest(self) -> float:
        """Return the largest value; 0 where there was none."""
        with self._lock:
            self._forget()
            return self._kept[0][1] if self._kept else 0.0

    def _forget(self) -> None:
        before = self._clock.monotonic() - RECENT_S
        while self._kept and self._kept[0][0] < before:
            self._kept.popleft()


class Delays:
    """Watches the inboxes of all lanes."""

    def __init__(self, registry: CollectorRegistry, clock: Clock) -> None:
        self._clock = clock
        self._inboxes: dict[str, Inbox] = {}
        self._recent: dict[str, RecentMaximum] = {}
        self._delay = make_histogram(registry, DELAY, BUCKETS)
        self._commit = make_histogram(registry, COMMIT, BUCKETS)

    def watch(self, lane: str, inbox: Inbox) -> None:
        """Watch the inbox of a lane, before anything is put into it."""
        self._inboxes[lane] = inbox
        self._recent[lane] = RecentMaximum(self._clock)
        # Told from the start: what has never happened is 0, not unknown.
        self._delay.labels(lane)
        self._commit.labels(lane)

    def held(self) -> dict[str, Held]:
        """Return what each lane holds now."""
        return {lane: inbox.held() for lane, inbox in self._inboxes.items()}

    def settled(self, lane: str, deliveries: Sequence[Delivery]) -> None:
        """Note that messages of a lane have been committed."""
        took = self._inboxes[lane].settled(deliveries)
        if took is not None:
            self._recent[lane].add(took.since_arrival_s)
            self._delay.labels(lane).observe(took.since_arrival_s)
            self._commit.labels(lane).observe(took.since_taking_s)

    def lag_s(self) -> float:
        """Return the longest that a message took lately, or has been waiting so far, in seconds."""
        recent = (each.largest() for each in self._recent.values())
        return max((*recent, *(held.oldest_s for held in self.held().values())), default=0.0)

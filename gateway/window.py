"""Which batches may be under way, and when each is sent again: back-pressure without any word from the service.

Pure: the time is an argument (seconds of a clock that never jumps), nothing is sent from here.
"""

from typing import NamedTuple

from core.topics import LANES, Leaf


class Limits(NamedTuple):
    """How much may be under way, and how patient to be.

    `batches` bounds the lanes readings and backfill together; `kept_for_live` of them are closed to backfill, so
    that an old debt never holds up what happens now. Urgent batches count apart, up to `urgent`. A batch is sent
    again after `first_s` seconds, then after twice as long each time, at most `longest_s`.
    """

    batches: int = 8
    kept_for_live: int = 2
    urgent: int = 64
    first_s: float = 5.0
    longest_s: float = 300.0


class Flight(NamedTuple):
    """A batch on its way: how often it was sent, and when it is to be sent (again)."""

    lane: Leaf
    sequence: int
    sent: int
    due_at: float


class Window:
    """The batches that the service has not yet called stored."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._flights: dict[int, Flight] = {}

    def __len__(self) -> int:
        return len(self._flights)

    def __contains__(self, sequence: int) -> bool:
        return sequence in self._flights

    def room(self, lane: Leaf) -> int:
        """Return how many more batches of `lane` may be taken up."""
        count = dict.fromkeys(LANES, 0)
        for flight in self._flights.values():
            count[flight.lane] += 1
        if lane is Leaf.URGENT:
            return max(0, self._limits.urgent - count[Leaf.URGENT])
        free = self._limits.batches - count[Leaf.READINGS] - count[Leaf.BACKFILL]
        if lane is Leaf.BACKFILL:
            free -= max(0, self._limits.kept_for_live - count[Leaf.READINGS])
        return max(0, free)

    def take_up(self, lane: Leaf, sequence: int, now: float) -> None:
        """Add a batch, to be sent at once. Raises `ValueError` if there is no room for it."""
        if self.room(lane) <= 0:
            raise ValueError(f"The window has no room for another batch of lane {lane}.")
        self._flights[sequence] = Flight(lane, sequence, 0, now)

    def due(self, now: float) -> list[Flight]:
        """Return what is to be sent now: urgent first, then the oldest first."""
        return sorted(
            (flight for flight in self._flights.values() if flight.due_at <= now),
            key=lambda flight: (LANES.index(flight.lane), flight.sequence),
        )

    def sent(self, sequence: int, now: float) -> None:
        """Note that a batch was handed to the broker; the next time is after its back-off."""
        flight = self._flights[sequence]
        patience = min(self._limits.first_s * 2.0 ** min(flight.sent, 32), self._limits.longest_s)
        self._flights[sequence] = flight._replace(sent=flight.sent + 1, due_at=now + patience)

    def stored(self, sequence: int) -> bool:
        """Let a batch go; tell whether it was under way."""
        return self._flights.pop(sequence, None) is not None

    def reconnected(self, now: float) -> None:
        """Make everything due at once: what was under way on the lost connection may be lost with it."""
        for sequence, flight in self._flights.items():
            self._flights[sequence] = flight._replace(sent=0, due_at=now)

    def next_due(self) -> float | None:
        """Return when the next batch is due, or None if none is under way."""
        return min((flight.due_at for flight in self._flights.values()), default=None)

"""Which batches may be under way, and when each is sent again: back-pressure without any word from the service.

Pure: the time is an argument (seconds of a clock that never jumps), nothing is sent from here.
"""

import math
from typing import NamedTuple

from core.topics import LANES, Leaf


class Limits(NamedTuple):
    """How much may be under way, and how patient to be.

    `batches` bounds the lanes readings and backfill together; `kept_for_live` of them are closed to backfill, so
    that an old debt never holds up what happens now. Urgent batches count apart, up to `urgent`. A batch is sent
    again after `first_s` seconds, then after twice as long each time, at most `longest_s`. While nobody hears, one
    batch (and every urgent one) goes on knocking every `first_s` seconds, after `knocks` times more and more seldom,
    at most every `knock_longest_s`. When the service answers again, the others follow after `answered_s` at the latest.
    A batch is taken for lost, and sent again, if one of its lane is stored that was sent `overtaken_s` seconds later.
    """

    batches: int = 8
    kept_for_live: int = 2
    urgent: int = 64
    first_s: float = 5.0
    longest_s: float = 300.0
    knocks: int = 120
    knock_longest_s: float = 60.0
    answered_s: float = 1.5
    overtaken_s: float = 2.0


class Flight(NamedTuple):
    """A batch on its way: how often it was sent, when last, how often in vain, and when it is to be sent (again)."""

    lane: Leaf
    sequence: int
    sent: int
    due_at: float
    sent_at: float = 0.0
    unheard: int = 0


class Window:
    """The batches that the service has not yet called stored."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._flights: dict[int, Flight] = {}
        self._answered_at = -math.inf

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
            key=_order,
        )

    def sent(self, sequence: int, now: float) -> None:
        """Note that a batch was handed to the broker; the next time is after its back-off."""
        flight = self._flights[sequence]
        patience = min(self._limits.first_s * 2.0 ** min(flight.sent, 32), self._limits.longest_s)
        self._flights[sequence] = flight._replace(sent=flight.sent + 1, sent_at=now, due_at=now + patience)

    def unheard(self, sequence: int) -> None:
        """Note that nobody heard a batch: if it is the one to knock, it knocks on."""
        flight = self._flights.get(sequence)
        if flight is None or not flight.sent:
            return
        flight = flight._replace(unheard=flight.unheard + 1)
        first = min(self._flights.values(), key=_order)
        if flight.lane is Leaf.URGENT or flight.sequence == first.sequence:
            limits = self._limits
            excess = max(0, flight.unheard - limits.knocks)
            patience = min(limits.first_s * 2.0 ** min(excess, 32), limits.knock_longest_s)
            flight = flight._replace(due_at=min(flight.due_at, flight.sent_at + patience))
        self._flights[sequence] = flight

    def answered(self, now: float) -> None:
        """Note a word of the service: if it was silent before, what was sent meanwhile is sent again soon.

        Not at once: what has only waited with the service is called stored in the same breath.
        """
        limits = self._limits
        if now - self._answered_at >= limits.first_s:
            for sequence, flight in self._flights.items():
                if flight.sent and now - flight.sent_at >= limits.first_s / 2:
                    due_at = min(flight.due_at, now + limits.answered_s)
                    self._flights[sequence] = flight._replace(sent=1, unheard=0, due_at=due_at)
        self._answered_at = now

    def stored(self, sequence: int, now: float | None = None) -> bool:
        """Let a batch go; tell whether it was under way. With `now`, what it overtook is due at once.

        Messages of a lane stay in their order, but for what several writers commit at the same time; a broker whose
        queue is full drops some of them and says nothing.
        """
        gone = self._flights.pop(sequence, None)
        if gone is not None and now is not None:
            for other, flight in self._flights.items():
                if (
                    flight.lane is gone.lane
                    and flight.sent
                    and flight.sent_at <= gone.sent_at - self._limits.overtaken_s
                ):
                    self._flights[other] = flight._replace(sent=1, unheard=0, due_at=min(flight.due_at, now))
        return gone is not None

    def reconnected(self, now: float) -> None:
        """Make everything due at once: what was under way on the lost connection may be lost with it."""
        for sequence, flight in self._flights.items():
            self._flights[sequence] = flight._replace(sent=0, unheard=0, due_at=now)

    def next_due(self) -> float | None:
        """Return when the next batch is due, or None if none is under way."""
        return min((flight.due_at for flight in self._flights.values()), default=None)


def _order(flight: Flight) -> tuple[int, int]:
    return LANES.index(flight.lane), flight.sequence

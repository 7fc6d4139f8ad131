"""Who is still to be told of which call, and when to try. Pure: the time is an argument of a clock that never jumps.

Contacts are told in the order of the configuration. One that cannot be reached does not hold up the next, and is tried
again with growing distance until the service has the call, or for a day.
"""

from typing import NamedTuple

from core.gateway_config import ToldContact
from gateway.rules.calls import Call

FIRST_WAIT_S = 10.0
LONGEST_WAIT_S = 600.0
GIVE_UP_S = 86_400.0


class Errand(NamedTuple):
    """One contact to be told of one call, or that it was `withdrawn`; `number` counts contacts from 1."""

    call: Call
    number: int
    contact: ToldContact
    due_at: float
    ends_at: float
    withdrawn: bool = False
    attempts: int = 0


class Errands:
    """The errands of one gateway; one at a time is carried out."""

    def __init__(self) -> None:
        self._waiting: list[Errand] = []
        self._current: Errand | None = None
        self._told: list[Errand] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, call: Call, contacts: list[ToldContact], now: float) -> None:
        """Let all contacts be told of a call."""
        self._waiting += [
            Errand(call, number, contact, now, now + GIVE_UP_S) for number, contact in enumerate(contacts, 1)
        ]

    def next(self, now: float) -> Errand | None:
        """Return and take out what is to be done now, if anything."""
        self._waiting = [errand for errand in self._waiting if now < errand.ends_at]
        for position, errand in enumerate(self._waiting):
            if errand.due_at <= now:
                self._current = self._waiting.pop(position)
                return self._current
        return None

    @property
    def sequences(self) -> set[int]:
        """The batches of whose calls somebody is still to be told."""
        current = [] if self._current is None else [self._current]
        return {errand.call.sequence for errand in (*self._waiting, *current) if not errand.withdrawn}

    def done(self, errand: Errand, now: float) -> None:
        """Note that a contact has been told."""
        self._current = None
        self._told = [each for each in self._told if now < each.ends_at]
        if not errand.withdrawn:
            self._told.append(errand)

    def failed(self, errand: Errand, now: float, *, permanent: bool) -> None:
        """Put an errand off that failed, or give it up if it always will."""
        self._current = None
        if not permanent:
            wait_s = min(FIRST_WAIT_S * 2.0 ** min(errand.attempts, 16), LONGEST_WAIT_S)
            self._waiting.append(errand._replace(attempts=errand.attempts + 1, due_at=now + wait_s))
            self._waiting.sort(key=lambda each: (each.withdrawn, each.call.sequence, each.number))

    def stored(self, sequence: int) -> None:
        """Let the service tell everybody else of the calls of a batch that it has stored."""
        self._waiting = [each for each in self._waiting if each.withdrawn or each.call.sequence != sequence]

    def withdrawn(self, quantity: str, now: float) -> None:
        """Tell nobody more of the calls of `quantity`, and whoever was told that they were withdrawn."""
        self._waiting = [each for each in self._waiting if each.withdrawn or each.call.quantity != quantity]
        told = {each.contact: each for each in self._told if each.call.quantity == quantity}
        self._told = [each for each in self._told if each.call.quantity != quantity]
        self._waiting += [
            each._replace(withdrawn=True, due_at=now, ends_at=now + GIVE_UP_S, attempts=0) for each in told.values()
        ]

    def next_at(self) -> float | None:
        """Return when there is something to do; None if nothing is."""
        return min((errand.due_at for errand in self._waiting), default=None)

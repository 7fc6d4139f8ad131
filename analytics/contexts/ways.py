"""The ways somebody takes through a home: which room usually follows which.

Somebody alone goes from room to room through those between them, so most moves from a room lead to few others. Two
people, or an animal, are seen by turns: room follows room though nobody went from the one to the other. How many such
*rare* moves there are is learned for each home from its own days, for no plan of it is entered anywhere.
"""

from collections import Counter
from collections.abc import Iterable

from analytics.contexts.traces import Move

RARE = 0.08  # of the moves out of a room
LEAST = 25  # moves out of a room before anything is called rare


class Ways:
    """How often each move from room to room was seen."""

    def __init__(self) -> None:
        self._moves: Counter[tuple[int, int]] = Counter()
        self._out: Counter[int] = Counter()

    def learn(self, moves: Iterable[Move]) -> None:
        """Count moves."""
        for one in moves:
            self._moves[one.left, one.came] += 1
            self._out[one.left] += 1

    def is_rare(self, one: Move) -> bool:
        """Tell whether a move is one that is seldom made from where it begins."""
        out = self._out[one.left]
        return out >= LEAST and self._moves[one.left, one.came] < RARE * out

    def rare(self, moves: Iterable[Move]) -> list[Move]:
        """Return the rare ones among moves, in their order."""
        return [one for one in moves if self.is_rare(one)]

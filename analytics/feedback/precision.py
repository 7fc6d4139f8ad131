"""How often a detector was right, by what operators found out."""

import math
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple, Self

Z = 1.959964  # of the normal distribution, for 95 %


class Judgement(StrEnum):
    """What somebody found out about what was told."""

    TRUE = "true"
    FALSE = "false"
    EXPLAINED = "explained"
    UNCLEAR = "unclear"


class Counts(NamedTuple):
    """How many alerts of a detector ended in which way."""

    true: int = 0
    false: int = 0
    explained: int = 0
    unclear: int = 0

    @classmethod
    def of(cls, counted: Iterable[tuple[Judgement, int]]) -> Self:
        """Return the sums of what was counted."""
        sums = dict.fromkeys(Judgement, 0)
        for judgement, number in counted:
            sums[judgement] += number
        return cls(*(sums[judgement] for judgement in Judgement))

    def plus(self, other: "Counts") -> "Counts":
        """Return the sums of both."""
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))

    @property
    def all(self) -> int:
        """How many there are."""
        return sum(self)

    @property
    def decided(self) -> int:
        """How many tell whether the detector was right: what had a known reason or stayed unclear does not."""
        return self.true + self.false

    @property
    def precision(self) -> float | None:
        """The share of those decided that were a real need, from 0 to 1; None without any."""
        return self.true / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """From where to where the share may lie by chance (95 %); None without any.

        The score interval of Wilson (JASA 1927, 22:209), which holds for few and for none or all of them.
        """
        n = self.decided
        if not n:
            return None
        share, z2 = self.true / n, Z * Z
        middle = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


class Precision(NamedTuple):
    """How alerts of one kind that a detector raised ended."""

    detector: str
    kind: str
    counts: Counts


def together(rows: Iterable[Precision]) -> dict[str, Counts]:
    """Return the sums of each detector, by name."""
    found: dict[str, Counts] = {}
    for row in rows:
        found[row.detector] = found.get(row.detector, Counts()).plus(row.counts)
    return dict(sorted(found.items()))

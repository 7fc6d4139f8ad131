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

    def without(self, judgement: Judgement, alerts: int) -> "Counts":
        """Return the rest without so many of one judgement."""
        left = {each.value: number for each, number in zip(Judgement, self, strict=True)}
        return Counts(**left | {judgement.value: left[judgement.value] - alerts})

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


class Because(NamedTuple):
    """How many alerts of one kind that a detector raised ended so for one reason, in the word of the alerts."""

    detector: str
    kind: str
    judgement: Judgement
    reason: str
    alerts: int


class Share(NamedTuple):
    """What one reason comes to: how many alerts, their share of all that were judged, and the precision without them.

    Both shares run from 0 to 1; `precision_without` is None where nothing decided is left.
    """

    judgement: Judgement
    reason: str
    alerts: int
    share: float
    precision_without: float | None


def shares(counts: Counts, given: Iterable[Because]) -> list[Share]:
    """Return what each reason comes to among those judged, the outcomes in their order and the most frequent first."""
    sums: dict[tuple[Judgement, str], int] = {}
    for one in given:
        sums[one.judgement, one.reason] = sums.get((one.judgement, one.reason), 0) + one.alerts
    order = list(Judgement)
    return [
        Share(judgement, reason, alerts, alerts / counts.all, counts.without(judgement, alerts).precision)
        for (judgement, reason), alerts in sorted(
            sums.items(), key=lambda one: (order.index(one[0][0]), -one[1], one[0][1])
        )
    ]


def together(rows: Iterable[Precision]) -> dict[str, Counts]:
    """Return the sums of each detector, by name."""
    found: dict[str, Counts] = {}
    for row in rows:
        found[row.detector] = found.get(row.detector, Counts()).plus(row.counts)
    return dict(sorted(found.items()))

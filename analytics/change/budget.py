"""From which rarity on a change is told, so that not more is told than the budget of alerts allows.

Conformal risk control (Angelopoulos, Bates, Fisch, Lei and Schuster, ICLR 2024, eq. 4): of all thresholds the lowest
for which n / (n + 1) * (mean rate over n reference homes) + B / (n + 1) is within the budget, B being the most that one
home can cause. For a home drawn like those of the reference the expected rate is then within the budget.
"""

from collections.abc import Mapping, Sequence

from analytics.change.domains import Domain, Pace, Strand
from analytics.change.reference import Reference

DEFAULT_BUDGET = 0.25  # wellbeing alerts per home and week, of all sorts
# What is left to changes; the rest is for what is told while it happens: stillness, the door at night, heat and cold.
SHARE = 0.5
MOST_PER_WEEK = 0.5  # changes of one home: a run of days is one
HIGHEST = 12.0
# Which part of what is told each strand takes: the more, the more it shows what somebody should look at soon.
SHARES: Mapping[Strand, float] = {
    Strand(Domain.NIGHT, Pace.SUDDEN): 0.33,
    Strand(Domain.KITCHEN, Pace.SUDDEN): 0.18,
    Strand(Domain.MOVING, Pace.SUDDEN): 0.06,
    Strand(Domain.RHYTHM, Pace.SUDDEN): 0.05,
    Strand(Domain.NIGHT, Pace.SLOW): 0.05,
    Strand(Domain.KITCHEN, Pace.SLOW): 0.05,
    Strand(Domain.MOVING, Pace.SLOW): 0.08,
    Strand(Domain.OUT, Pace.SLOW): 0.15,
    Strand(Domain.RHYTHM, Pace.SLOW): 0.05,
}

Curve = Sequence[tuple[float, float]]


def threshold(reference: Reference, budget: float = DEFAULT_BUDGET) -> float:
    """Return the rarity from which on changes are told, for a budget of wellbeing alerts per home and week."""
    allowed = budget * SHARE
    homes = reference.homes
    total = _together(reference.rates)
    for rarity, rate in total:
        if homes / (homes + 1) * rate + MOST_PER_WEEK / (homes + 1) <= allowed:
            return rarity
    return total[-1][0] if total else HIGHEST


def rarity_at(curve: Curve, rate: float) -> float:
    """Return the lowest rarity from which on a strand is told at no more than a rate; `HIGHEST` without any."""
    lowest = HIGHEST
    for rarity, told in sorted(curve, reverse=True):
        if told > rate:
            break
        lowest = rarity
    return lowest


def _together(rates: Mapping[Strand, Curve]) -> list[tuple[float, float]]:
    """Return how often anything was told at each rarity, in ascending order of rarity."""
    found: dict[float, float] = {}
    for curve in rates.values():
        for rarity, rate in curve:
            found[rarity] = found.get(rarity, 0.0) + rate
    return sorted(found.items())

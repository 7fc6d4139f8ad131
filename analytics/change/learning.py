"""Learns the reference from homes whose days are calm: simulated ones, or the homes of an installation.

Some homes give the spreads and the shifts of the strands; what would have been told in others at each rarity gives the
rates. So the rates are those of homes that the rest has never seen, as the budget asks for. Shifts are of how rare days
are: what is told the sooner because it is urgent would else be told as late as ever. The rates have it in them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from analytics import baseline
from analytics.baseline import LEAST_DAYS
from analytics.change.budget import DEFAULT_BUDGET, SHARE, SHARES, rarity_at
from analytics.change.day import Departed, DomainDay, departed_of, look, patterns_of
from analytics.change.departure import REACH, Values, spread_of_days, towards
from analytics.change.domains import LONGEST, LOOKS, STRANDS, Domain, Strand
from analytics.change.reference import Reference, Spread, spread_of
from analytics.change.runs import runs
from analytics.indicators import INDICATORS

RARITIES = tuple(round(1.5 + 0.1 * step, 1) for step in range(86))
DAYS_OF_A_WEEK = 7
MOST_SHIFTED = 1.0  # a strand of which the homes hardly tell anything is not made ten times as easy to tell
_ANY_DAY = date(2024, 1, 1)

# One home: for each indicator a figure for each day in order, NaN without verdict.
Home = Mapping[str, Values]


def learn(
    spreading: Sequence[Home],
    telling: Sequence[Home],
    version: str,
    made_from: str,
    done: Callable[[], None] = lambda: None,
) -> Reference:
    """Return the reference of calm homes: spreads and shifts of the first, rates of the others.

    `done` is called once for each home that has been looked at. Raises `ValueError` if there are none of one sort.
    """
    if not spreading or not telling:
        raise ValueError("A reference takes homes for the spreads, and others for the rates.")
    typical = _typical(spreading)
    reference = Reference(version, made_from, typical, {}, {}, {}, len(telling))
    departed = [departed_of(upto, typical) for home in spreading for _, upto in _upto_each_day(home)]
    reference = reference._replace(spreads=_spreads_of_indicators(departed))
    reference = reference._replace(spreads={**reference.spreads, **_spreads_of_patterns(departed, reference)})
    reference = reference._replace(shifts=_shifts(_rates(spreading, reference, done, apart=True)))
    return reference._replace(rates=_rates(telling, reference, done))


def days_of(home: Home, reference: Reference, *, urgently: bool = True) -> Iterator[DomainDay]:
    """Yield what each day of a home comes to in each strand, from the first that can have a baseline."""
    for ahead, upto in _upto_each_day(home):
        yield from look(_ANY_DAY + timedelta(days=ahead), upto, reference, urgently=urgently)


def _upto_each_day(home: Home) -> Iterator[tuple[int, dict[str, Values]]]:
    length = max((len(values) for values in home.values()), default=0)
    for day in range(LEAST_DAYS, length):
        first = max(0, day + 1 - REACH - LONGEST)
        yield day, {kind: values[first : day + 1] for kind, values in home.items() if len(values) > day}


def _typical(homes: Sequence[Home]) -> dict[str, float]:
    """Return the median over homes of the spread of single days, of each indicator that is known often enough."""
    found: dict[str, list[float]] = {}
    for kind, looked in LOOKS.items():
        for home in homes:
            known = home.get(kind, np.zeros(0))
            known = known[~np.isnan(known)]
            parts = [known[at : at + baseline.DAYS] for at in range(0, len(known), baseline.DAYS)]
            floor = INDICATORS[kind].spread_floor
            spreads = [spread_of_days(part, looked, floor).spread for part in parts if len(part) >= LEAST_DAYS]
            if spreads:
                found.setdefault(kind, []).append(float(np.median(spreads)))
    return {kind: round(float(np.median(spreads)), 4) for kind, spreads in found.items()}


def _spreads_of_indicators(days: Sequence[Departed]) -> dict[tuple[str, int], Spread]:
    found: dict[tuple[str, int], list[float]] = {}
    for departed in days:
        for (kind, count), one in departed.items():
            found.setdefault((kind, count), []).append(towards(one.z, LOOKS[kind], count))
    return _enough(found)


def _spreads_of_patterns(days: Sequence[Departed], reference: Reference) -> dict[tuple[str, int], Spread]:
    found: dict[tuple[str, int], list[float]] = {}
    for departed in days:
        for each in patterns_of(departed, reference.rarity):
            found.setdefault((each.pattern.name, each.days), []).append(each.total)
    return _enough(found)


def _enough(found: Mapping[tuple[str, int], Sequence[float]]) -> dict[tuple[str, int], Spread]:
    spreads = {key: spread_of(departures) for key, departures in found.items()}
    return {key: spread for key, spread in spreads.items() if spread is not None}


def _shifts(rates: Mapping[Strand, Sequence[tuple[float, float]]]) -> dict[Strand, float]:
    """Return by how much each strand is moved so that all take their shares at the same rarity as the first."""
    at = {strand: rarity_at(rates[strand], DEFAULT_BUDGET * SHARE * SHARES[strand]) for strand in rates}
    level = at.get(STRANDS[0], RARITIES[0])
    return {strand: round(min(MOST_SHIFTED, level - rarity), 1) for strand, rarity in at.items()}


def _rates(
    homes: Sequence[Home], reference: Reference, done: Callable[[], None], *, apart: bool = False
) -> dict[Strand, list[tuple[float, float]]]:
    """Return how often a change was told at each rarity; `apart`, each strand for itself, and nothing urgently."""
    weeks = 0.0
    told = {strand: [0] * len(RARITIES) for strand in STRANDS}
    for home in homes:
        length = max((len(values) for values in home.values()), default=0)
        weeks += max(0, length - LEAST_DAYS) / DAYS_OF_A_WEEK
        together: dict[Domain | Strand, list[DomainDay]] = {}
        for one in days_of(home, reference, urgently=not apart):
            together.setdefault(one.strand if apart else one.domain, []).append(one)
        for days in together.values():
            for place, rarity in enumerate(RARITIES):
                for run in runs(days, rarity):
                    told[run.first.strand][place] += 1
        done()
    return {
        strand: [(rarity, round(count / weeks, 5)) for rarity, count in zip(RARITIES, counts, strict=True)]
        for strand, counts in told.items()
        if weeks
    }

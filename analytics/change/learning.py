"""Learns the reference from homes whose days are calm: simulated ones, or the homes of an installation.

Some homes give the spreads; what would have been told in others at each rarity gives the rates. So the rates are those
of homes that the spreads have never seen, as the budget asks for.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from analytics.baseline import LEAST_DAYS
from analytics.change.day import DomainDay, look
from analytics.change.departure import REACH, Values, departures
from analytics.change.domains import DOMAINS, LONGEST, Domain
from analytics.change.reference import Reference, Spread, spread_of
from analytics.change.runs import runs
from analytics.indicators import INDICATORS

RARITIES = tuple(round(1.5 + 0.1 * step, 1) for step in range(86))
DAYS_OF_A_WEEK = 7
_ANY_DAY = date(2024, 1, 1)

# One home: for each indicator a figure for each day in order, NaN without verdict.
Home = Mapping[str, Values]


def learn(spreading: Sequence[Home], telling: Sequence[Home], version: str, made_from: str) -> Reference:
    """Return the reference of calm homes: spreads of the first, rates of the others.

    Raises `ValueError` if there are none of one sort.
    """
    if not spreading or not telling:
        raise ValueError("A reference takes homes for the spreads, and others for the rates.")
    reference = Reference(version, made_from, _spreads(spreading), {}, len(telling))
    return reference._replace(rates=_rates(telling, reference))


def days_of(home: Home, reference: Reference) -> Iterator[DomainDay]:
    """Yield what each day of a home comes to in each domain, from the first that can have a baseline."""
    length = max((len(values) for values in home.values()), default=0)
    for day in range(LEAST_DAYS, length):
        first = max(0, day + 1 - REACH - LONGEST)
        upto = {kind: values[first : day + 1] for kind, values in home.items() if len(values) > day}
        yield from look(_ANY_DAY + timedelta(days=day), upto, reference)


def _spreads(homes: Sequence[Home]) -> dict[tuple[str, int], Spread]:
    found: dict[tuple[str, int], list[float]] = {}
    for home in homes:
        for kind, scales in ((kind, scales) for kinds in DOMAINS.values() for kind, scales in kinds.items()):
            indicator, values = INDICATORS[kind], home.get(kind)
            for day in range(LEAST_DAYS, len(values) if values is not None else 0):
                part = values[max(0, day + 1 - REACH - LONGEST) : day + 1] if values is not None else np.zeros(0)
                for one in departures(part, scales, indicator.direction, indicator.spread_floor):
                    found.setdefault((kind, one.days), []).append(one.z)
    spreads = {key: spread_of(departed) for key, departed in found.items()}
    return {key: spread for key, spread in spreads.items() if spread is not None}


def _rates(homes: Sequence[Home], reference: Reference) -> dict[str, list[tuple[float, float]]]:
    weeks = 0.0
    told: dict[Domain, list[int]] = {domain: [0] * len(RARITIES) for domain in Domain}
    for home in homes:
        length = max((len(values) for values in home.values()), default=0)
        weeks += max(0, length - LEAST_DAYS) / DAYS_OF_A_WEEK
        by_domain: dict[Domain, list[DomainDay]] = {}
        for one in days_of(home, reference):
            by_domain.setdefault(one.domain, []).append(one)
        for domain, days in by_domain.items():
            for place, rarity in enumerate(RARITIES):
                told[domain][place] += len(runs(days, rarity))
    return {
        str(domain): [(rarity, round(count / weeks, 5)) for rarity, count in zip(RARITIES, counts, strict=True)]
        for domain, counts in told.items()
        if weeks
    }

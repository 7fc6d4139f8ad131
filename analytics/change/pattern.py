"""How rare it is that the indicators of a pattern depart together.

Fisher's method (Statistical Methods for Research Workers, 1932, sect. 21.1): the logarithms of the shares of calm days
on which each indicator departs as far are summed. Indicators of one pattern go together, so the sum is not held against
the distribution for independent ones, but against the sums of the calm days of the reference.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from analytics.change.departure import Departure, towards
from analytics.change.domains import LOOKS, Pattern
from analytics.indicators.protocol import Direction

LEAST_INDICATORS = 2
AGAIN = 2  # days
DEPARTS = 1.0  # rarity from which on an indicator that a pattern needs is there: one day in ten

Rarity = Callable[[str, int, float], float | None]


class Together(NamedTuple):
    """How far a pattern departs over `days` days: the sum of how rare each of its indicators is.

    `again` tells that what it needs, which usually is not there on nine of ten days, was on two of these or more.
    """

    pattern: Pattern
    days: int
    total: float
    again: bool = False


def together(
    pattern: Pattern, days: int, departed: Mapping[tuple[str, int], Departure], rarity: Rarity
) -> Together | None:
    """Return how far a pattern departs over so many days.

    Not at all where the indicator that it needs is as usual; None where that is not known, or fewer than two are.

    `rarity` is asked how rare the departure of an indicator over so many days is, in the direction that matters.
    """
    found, is_there, is_known, again = [], True, pattern.needs is None, False
    for kind, sign in pattern.signs.items():
        one = departed.get((kind, days))
        rare = None if one is None else rarity(kind, days, towards(one.z, LOOKS[kind], days))
        if one is not None and rare is not None:
            other_way = LOOKS[kind].direction is Direction.BOTH and sign * one.z < 0
            found.append(0.0 if other_way else rare)
            is_there = is_there and (kind != pattern.needs or rare >= DEPARTS)
            is_known = is_known or kind == pattern.needs
            again = again or (kind == pattern.needs and one.shown_on >= AGAIN and one.usual.high <= 0)
    if len(found) < LEAST_INDICATORS or not is_known:
        return None
    return Together(pattern, days, sum(found) if is_there else 0.0, again and is_there)

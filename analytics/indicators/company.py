"""Signs of several people in the home."""

from analytics.episodes import company
from analytics.frames import HOUR, Span, overlap
from analytics.indicators.protocol import MIDNIGHT, Direction, OfDay
from analytics.observed import Observed
from analytics.sensors import all_movement


def company_time(observed: Observed, window: Span) -> float:
    """Return how long there were signs of several people at home on the local day; unit: hours."""
    return sum(overlap(Span(e.start, e.end), window) for e in observed.of(company.KIND)) / HOUR


INDICATOR = OfDay(
    kind="company",
    unit="h",
    begins=MIDNIGHT,
    ends=MIDNIGHT,
    value=company_time,
    direction=Direction.NONE,
    formula="From the first to the last sign of movement in two rooms at once (within 3.5 seconds) that do not adjoin, "
    "where such signs are less than two hours apart and at least two. It tells that there were at least two people, "
    "never that somebody is alone.",
    source="our own; two residents cannot be told apart by speed unless it differs by 15 cm/s (PMC3402166)",
    rests_on="movement anywhere in the home",
    watched=all_movement,
    evidence=company.KIND,
    spread_floor=0.5,
    least_excess=2.0,
)

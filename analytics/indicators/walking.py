"""How long it takes to walk from room to room."""

import numpy as np

from analytics.frames import Span
from analytics.indicators.protocol import MIDNIGHT, Direction, OfDay
from analytics.observed import Observed
from analytics.sensors import all_movement

WALK = (1.0, 20.0)  # seconds: quicker is two sensors that see the same place, slower is no walk without a stop
LEAST = 8  # moves


def walking_time(observed: Observed, window: Span) -> float | None:
    """Return the median time from the last sign in a room to the first in the next; unit: seconds.

    None with fewer than `LEAST` such moves. Of transition times between rooms, gait speed is known to 2.5 cm/s (arXiv
    1310.4880); the distances are not entered, so that only its change tells something.
    """
    taken = observed.passages.within(window).seconds
    walked = taken[(taken >= WALK[0]) & (taken <= WALK[1])]
    return round(float(np.median(walked)), 3) if len(walked) >= LEAST else None


INDICATOR = OfDay(
    kind="walking_time",
    unit="s",
    begins=MIDNIGHT,
    ends=MIDNIGHT,
    value=walking_time,
    direction=Direction.MORE,
    formula="Median time from the last sign in a room to the first in the next, over the moves of the day that take 1 "
    "to 20 seconds; no figure with fewer than 8.",
    source="arXiv 1310.4880; PMC7164533. Gait slows by 0.1 cm/s per week over the 3 months before a fall (PMC3402166)",
    rests_on="movement anywhere in the home",
    watched=all_movement,
    spread_floor=0.5,
    least_excess=2.0,
)

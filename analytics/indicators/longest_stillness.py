"""The longest stillness of the day."""

from datetime import time

from analytics.episodes import stillness
from analytics.frames import HOUR, Span, overlap
from analytics.indicators.protocol import Direction, OfDay
from analytics.observed import Observed
from analytics.sensors import all_movement


def longest_stillness(observed: Observed, window: Span) -> float:
    """Return the longest time without any movement in the home within `window`, 8:00 to 22:00 local; unit: hours.

    What of a stillness lies outside the window does not count, so that sleeping long is not taken for lying on
    the floor at noon. After Cuddihy et al. (HealthNet 2007), who compare periods of inactivity with those usual
    in the same home. Stillnesses shorter than `stillness.SHORTEST` are not recorded: 0 means shorter than that.
    """
    still = (Span(e.start, e.end) for e in observed.of(stillness.KIND))
    return max((overlap(one, window) for one in still), default=0) / HOUR


INDICATOR = OfDay(
    kind="longest_stillness",
    unit="h",
    begins=time(8),
    ends=time(22),
    value=longest_stillness,
    direction=Direction.MORE,
    formula="The longest part of a stillness (30 minutes and more without a sign of anybody) that lies in the window.",
    source="Cuddihy et al., An algorithm for automatic detection of long periods of inactivity, HealthNet 2007",
    rests_on="movement anywhere in the home",
    evidence=stillness.KIND,
    watched=all_movement,
    spread_floor=0.5,
    least_excess=1.5,
)

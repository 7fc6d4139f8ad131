"""The longest stillness of the day."""

from collections.abc import Sequence
from datetime import time

from analytics.episodes import stillness
from analytics.frames import HOUR, Episode, Span, overlap
from analytics.indicators.protocol import Indicator
from analytics.sensors import movement_series


def longest_stillness(episodes: Sequence[Episode], window: Span) -> float:
    """Return the longest time without any movement in the home within `window`, 8:00 to 22:00 local; unit: hours.

    What of a stillness lies outside the window does not count, so that sleeping long is not taken for lying on
    the floor at noon. After Cuddihy et al. (HealthNet 2007), who compare periods of inactivity with those usual
    in the same home. Stillnesses shorter than `stillness.SHORTEST` are not recorded: 0 means shorter than that.
    """
    still = (Span(e.start, e.end) for e in episodes if e.kind == stillness.KIND)
    return max((overlap(one, window) for one in still), default=0) / HOUR


INDICATOR = Indicator(
    kind="longest_stillness",
    unit="h",
    begins=time(8),
    ends=time(22),
    value=longest_stillness,
    evidence=stillness.KIND,
    watched=movement_series,
    at_home=False,
    spread_floor=0.5,
    least_excess=1.5,
    running=True,
)

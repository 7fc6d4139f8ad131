"""Visits to the bathroom by night."""

from collections.abc import Sequence
from datetime import time

import pandas as pd

from analytics.episodes import bathroom
from analytics.frames import Episode, Span
from analytics.indicators.protocol import Indicator
from analytics.sensors import movement_series
from core.places import RoomKind


def night_bathroom_visits(episodes: Sequence[Episode], window: Span) -> float:
    """Return how many visits to the bathroom begin in `window`, 22:00 to 6:00 local time; unit: visits.

    The International Continence Society calls waking to void once or more nocturia; what counts here is only the
    change against the person's own habit. Counting from room occupancy with merged gaps: PMC6333356.
    """
    return float(sum(e.kind == bathroom.KIND and window.start <= e.start < window.end for e in episodes))


def _watched(sensors: pd.DataFrame) -> pd.DataFrame:
    there = movement_series(sensors)
    return there[there["room_kind"] == RoomKind.BATHROOM]


INDICATOR = Indicator(
    kind="night_bathroom_visits",
    unit="1",
    begins=time(22),
    ends=time(6),
    value=night_bathroom_visits,
    evidence=bathroom.KIND,
    watched=_watched,
    at_home=True,
    spread_floor=0.75,
    least_excess=2.0,
)

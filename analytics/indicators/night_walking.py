"""Walking about at night, and the door to the outside at night."""

from datetime import time

from analytics.episodes import night_walk
from analytics.frames import Flags, Span
from analytics.indicators.protocol import Direction, OfDay
from analytics.observed import Observed
from analytics.sensors import Sensors, all_movement

BEGINS, ENDS = time(23), time(5)


def night_walking(observed: Observed, window: Span) -> float:
    """Return how often somebody was seen in another room than before in `window`, 23:00 to 5:00; unit: moves."""
    return float(len(observed.passages.within(window).came_at))


def night_door(observed: Observed, window: Span) -> float:
    """Return how often the door to the outside was moved in `window`, 23:00 to 5:00 local time; unit: times."""
    return float(observed.begun(night_walk.DOOR, window))


def _doors(sensors: Sensors) -> Flags:
    return sensors.outer_door


INDICATORS = (
    OfDay(
        kind="night_walking",
        unit="1",
        begins=BEGINS,
        ends=ENDS,
        value=night_walking,
        direction=Direction.MORE,
        formula="How often somebody was seen in another room than before. To the bathroom and back is two.",
        source="PMC7864330 (wandering), PMC5620736 (room to room)",
        rests_on="movement anywhere in the home",
        watched=all_movement,
        at_home=True,
        evidence=night_walk.WALK,
        spread_floor=2.0,
        least_excess=8.0,
    ),
    OfDay(
        kind="night_door",
        unit="1",
        begins=BEGINS,
        ends=ENDS,
        value=night_door,
        direction=Direction.MORE,
        formula="How often the door to the outside was moved; movements within 10 minutes are one.",
        source="PMC7864330",
        rests_on="the sensor at the door by which one leaves the home",
        watched=_doors,
        evidence=night_walk.DOOR,
        spread_floor=0.5,
        least_excess=1.0,
    ),
)

"""Moving from room to room."""

from analytics.frames import Span
from analytics.indicators.protocol import MIDNIGHT, Direction, OfDay
from analytics.observed import Observed
from analytics.sensors import all_movement


def room_changes(observed: Observed, window: Span) -> float:
    """Return how often somebody was seen in another room than before on the local day; unit: moves."""
    return float(len(observed.passages.within(window).came_at))


INDICATOR = OfDay(
    kind="room_changes",
    unit="1",
    begins=MIDNIGHT,
    ends=MIDNIGHT,
    value=room_changes,
    direction=Direction.BOTH,
    formula="How often somebody was seen in another room than before.",
    source="Room-to-room mobility and permanence, PMC5620736",
    rests_on="movement anywhere in the home",
    watched=all_movement,
    spread_floor=8.0,
    least_excess=25.0,
)

"""Visits to the bathroom by night."""

from datetime import time

from analytics.episodes import bathroom
from analytics.frames import Span
from analytics.indicators.protocol import Direction, OfDay
from analytics.observed import Observed
from analytics.sensors import movement_in
from core.places import RoomKind


def night_bathroom_visits(observed: Observed, window: Span) -> float:
    """Return how many visits to the bathroom begin in `window`, 22:00 to 6:00 local time; unit: visits.

    The International Continence Society calls waking to void once or more nocturia; what counts here is only the
    change against the person's own habit. Counting from room occupancy with merged gaps: PMC6333356.
    """
    return float(observed.begun(bathroom.KIND, window))


INDICATOR = OfDay(
    kind="night_bathroom_visits",
    unit="1",
    begins=time(22),
    ends=time(6),
    value=night_bathroom_visits,
    direction=Direction.MORE,
    formula="Visits to the bathroom (signs there less than 5 minutes apart) that begin in the window.",
    source="PMC6333356; PLOS ONE 0209909; Frontiers in Public Health 2023.1161943",
    rests_on="movement in the bathroom",
    evidence=bathroom.KIND,
    watched=movement_in(RoomKind.BATHROOM),
    at_home=True,
    spread_floor=0.75,
    least_excess=2.0,
)

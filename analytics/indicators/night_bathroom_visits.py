"""Visits to the bathroom by night."""

from datetime import time

from analytics.episodes import bathroom, in_bed, sleep
from analytics.frames import Flags, Span, overlap
from analytics.indicators.protocol import Direction, OfDay
from analytics.observed import LYING, Observed
from analytics.sensors import Sensors, movement_in
from core.places import RoomKind


def night_bathroom_visits(observed: Observed, window: Span) -> float | None:
    """Return how many visits to the bathroom begin in `window`, 22:00 to 6:00 local time, during sleep; unit: visits.

    The International Continence Society calls waking to void once or more nocturia: what comes before falling asleep or
    after getting up is no such visit, and hides in its chance the ones that are. Where nothing tells of lying down (no
    sensor in the bed, none in the bedroom), all in the window count. Counting from room occupancy with merged gaps:
    PMC6333356. None for a night of which the sleep is not known.
    """
    asleep = max(observed.of(sleep.KIND), key=lambda e: overlap(Span(e.start, e.end), window), default=None)
    if asleep is not None and overlap(Span(asleep.start, asleep.end), window):
        return float(observed.begun(bathroom.KIND, Span(max(window.start, asleep.start), min(window.end, asleep.end))))
    return None if observed.of(in_bed.KIND) else float(observed.begun(bathroom.KIND, window))


def watched(sensors: Sensors) -> Flags:
    """Return the sensors in the bathroom, and what tells of lying down: those in the bed, else in the bedroom."""
    bathrooms = movement_in(RoomKind.BATHROOM)(sensors)
    beds = sensors.measuring(*LYING)
    bedrooms = beds if beds.any() else movement_in(RoomKind.BEDROOM)(sensors)
    return bathrooms | bedrooms if bathrooms.any() else bathrooms


INDICATOR = OfDay(
    kind="night_bathroom_visits",
    unit="1",
    begins=time(22),
    ends=time(6),
    value=night_bathroom_visits,
    direction=Direction.MORE,
    formula="Visits to the bathroom (signs there less than 5 minutes apart) that begin in the window and during the "
    "night's sleep; where nothing tells of lying down, all that begin in the window.",
    source="PMC6333356; PLOS ONE 0209909; Frontiers in Public Health 2023.1161943",
    rests_on="movement in the bathroom; the sensor in the bed, without one movement in the bedroom",
    evidence=bathroom.KIND,
    watched=watched,
    at_home=True,
    spread_floor=0.75,
    least_excess=2.0,
)

"""Going out: how often, and for how long."""

from analytics.episodes import outing
from analytics.frames import HOUR, Flags, Span, overlap
from analytics.indicators.protocol import MIDNIGHT, Direction, OfDay
from analytics.observed import Observed
from analytics.sensors import Sensors

SOURCE = "PMC4159765 (sensitivity 0.94, specificity 0.98); PMC4993148 (time out and loneliness)"


def time_out(observed: Observed, window: Span) -> float:
    """Return how long nobody was at home on the local day; unit: hours."""
    return sum(overlap(Span(e.start, e.end), window) for e in observed.of(outing.KIND)) / HOUR


def outings(observed: Observed, window: Span) -> float:
    """Return how many outings begin on the local day; unit: outings."""
    return float(observed.begun(outing.KIND, window))


def _with_a_door(sensors: Sensors) -> Flags:
    return sensors.moving & sensors.outer_door.any()


INDICATORS = (
    OfDay(
        kind="time_out",
        unit="h",
        begins=MIDNIGHT,
        ends=MIDNIGHT,
        value=time_out,
        direction=Direction.BOTH,
        formula="Sum of the outings: from the door that nobody is seen after until somebody is seen again.",
        source=SOURCE,
        rests_on="the door by which one leaves the home, and movement anywhere in it",
        watched=_with_a_door,
        evidence=outing.KIND,
        spread_floor=0.75,
        least_excess=3.0,
    ),
    OfDay(
        kind="outings",
        unit="1",
        begins=MIDNIGHT,
        ends=MIDNIGHT,
        value=outings,
        direction=Direction.LESS,
        formula="Outings of 15 minutes and more that begin on the day.",
        source=SOURCE,
        rests_on="the door by which one leaves the home, and movement anywhere in it",
        watched=_with_a_door,
        evidence=outing.KIND,
        spread_floor=0.75,
        least_excess=2.0,
    ),
)

"""Vital signs, where they are measured: the day's value and nothing else.

They are not scored: Vicino is about wellbeing and is no medical device. Out of the plausible range, a value is stored
as a reading but does not enter here.
"""

from collections.abc import Callable, Sequence

import numpy as np

from analytics.frames import Flags, Span
from analytics.indicators.protocol import MIDNIGHT, Direction, OfDay
from analytics.observed import Observed, Track
from analytics.sensors import Sensors
from core.vocabulary import BY_NAME, Retention

# In the unit of each: how regular a person is taken to be at most, and what difference is worth a word.
SPREADS: dict[str, tuple[float, float]] = {
    "body_weight": (0.4, 2.0),
    "systolic_pressure": (5.0, 20.0),
    "diastolic_pressure": (4.0, 15.0),
    "heart_rate": (3.0, 15.0),
    "body_temperature": (0.2, 1.0),
    "skin_temperature": (0.4, 2.0),
    "oxygen_saturation": (0.7, 3.0),
    "respiratory_rate": (1.0, 5.0),
    "body_water": (0.7, 3.0),
    "muscle_mass": (0.4, 2.0),
}


def median_of(quantity: str, tracks: Sequence[Track], window: Span) -> float | None:
    """Return the median of what was measured of a quantity in `window` within its plausible range; None for nothing."""
    low, high = BY_NAME[quantity].minimum, BY_NAME[quantity].maximum
    found = [
        track.value[slice(*np.searchsorted(track.at, window))] for track in tracks if track.source.quantity == quantity
    ]
    values = np.concatenate(found) if found else np.array([])
    plausible = values[(values >= low) & (values <= high)]
    return round(float(np.median(plausible)), 3) if len(plausible) else None


def _median_of(quantity: str) -> Callable[[Observed, Span], float | None]:
    def median(observed: Observed, window: Span) -> float | None:
        return median_of(quantity, observed.tracks, window)

    return median


def _measuring(quantity: str) -> Callable[[Sensors], Flags]:
    def watched(sensors: Sensors) -> Flags:
        return sensors.measuring(quantity)

    return watched


INDICATORS = tuple(
    OfDay(
        kind=name,
        unit=BY_NAME[name].unit,
        begins=MIDNIGHT,
        ends=MIDNIGHT,
        value=_median_of(name),
        direction=Direction.BOTH,
        formula="Median of what was measured on the local day within the plausible range; no figure on a day without.",
        source="our own; not scored",
        rests_on=f"whatever measures {name.replace('_', ' ')}",
        watched=_measuring(name),
        spread_floor=floor,
        least_excess=excess,
    )
    for name, (floor, excess) in SPREADS.items()
)
assert set(SPREADS) == {name for name, each in BY_NAME.items() if each.retention is Retention.VITAL}

"""From readings to signs of somebody: where a person moved, and when the door to the outside was moved.

What counts as a sign: an activation (motion, opening, vibration, flush), a state that says somebody is seen
(occupancy, presence), and every *change* of a contact, a bed, a chair or an appliance; the same state reported
again is a heartbeat of the device, not somebody's movement.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.frames import Columns, Flags, Signs, columns
from analytics.layout import Layout

HALF = 0.5


def activity(readings: pd.DataFrame | Columns, home: Layout) -> Signs:
    """Return the signs of somebody in the `readings` table (see `analytics.frames`) of a home, in their order."""
    return signs_in(columns(readings), home)


def signs_in(readings: Columns, home: Layout) -> Signs:
    """Return the signs of somebody in a home's readings, in their order."""
    position = home.moving_at(readings.series_id)
    kept = position >= 0
    position = position[kept]
    at, value = readings.at, readings.value[kept] >= HALF
    left = home.radar[position] & ~value
    sign = value | left
    changes = home.changing[position]
    if changes.any():
        at_rest = np.where(home.closing[position], value, ~value)
        sign = np.where(changes, changed(position, value, at_rest), sign)
    chosen = position[sign]
    return Signs(
        at[kept][sign],
        home.room_id[chosen],
        home.room_kind[chosen],
        home.place[chosen],
        home.door[chosen],
        left[sign],
    )


def changed(series: npt.NDArray[np.int64], value: Flags, at_rest: Flags) -> Flags:
    """Return where a series' value differs from its own before; its first counts if it is not the state at rest."""
    order = np.argsort(series, kind="stable")
    same = series[order][1:] == series[order][:-1]
    differs = value[order][1:] != value[order][:-1]
    found = np.empty(len(series), dtype=bool)
    found[order[:1]] = ~at_rest[order[:1]]
    found[order[1:]] = np.where(same, differs, ~at_rest[order][1:])
    return found

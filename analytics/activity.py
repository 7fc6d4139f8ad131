"""From readings to signs of somebody: where a person moved, and when the door to the outside was moved.

What counts as a sign: an activation (motion, opening, vibration, flush), a state that says somebody is seen
(occupancy, presence), and every *change* of a contact, a bed, a chair or an appliance; the same state reported
again is a heartbeat of the device, not somebody's movement.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.layout import Layout
from analytics.sensors import CHANGES

HALF = 0.5


def activity(readings: pd.DataFrame, home: Layout) -> pd.DataFrame:
    """Return the `activity` table (see `analytics.frames`) of a home's readings, in their order."""
    series = readings["series_id"].to_numpy()
    position = home.moving.get_indexer(pd.Index(series))
    kept = position >= 0
    position, series = position[kept], series[kept]
    value = readings["value"].to_numpy()[kept] >= HALF
    at = readings["at"].to_numpy()[kept]
    changes = np.array([name in CHANGES for name in home.quantity], dtype=bool)[position]
    left = np.array(home.quantity == "presence", dtype=bool)[position] & ~value
    sign = value | left
    if changes.any():
        at_rest = np.where(np.array(home.quantity == "contact", dtype=bool)[position], value, ~value)
        sign = np.where(changes, _changed(series, value, at_rest), sign)
    chosen = position[sign]
    return pd.DataFrame(
        {
            "at": at[sign],
            "room_id": home.room_id[chosen],
            "room_kind": home.room_kind[chosen],
            "door": home.door[chosen],
            "left": left[sign],
        }
    )


def _changed(
    series: npt.NDArray[np.int64], value: npt.NDArray[np.bool_], at_rest: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Return where a series' value differs from its own before; its first counts if it is not the state at rest."""
    order = np.argsort(series, kind="stable")
    same = series[order][1:] == series[order][:-1]
    differs = value[order][1:] != value[order][:-1]
    changed = np.empty(len(series), dtype=bool)
    changed[order[:1]] = ~at_rest[order[:1]]
    changed[order[1:]] = np.where(same, differs, ~at_rest[order][1:])
    return changed

"""What a home's sensors are good for, worked out once for many days."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.indicators import INDICATORS
from analytics.sensors import REACHED, movement_series, outer_door
from core.vocabulary import BY_NAME, Kind

BY_ITSELF = frozenset({Kind.LEVEL, Kind.COUNTER})


class Layout(NamedTuple):
    """The sensors of a home as columns.

    `series`, `device` and `own` are of all series; `own` tells whether the device itself reports it. `moving` and what
    follows it are of those that tell of movement: their series, quantities, rooms, kinds of rooms, and whether they
    watch a door to the outside. `devices` are those each indicator rests on (an indicator without any is not one of
    this home); `by_itself` those that tell of movement and also report when nobody moves.
    """

    series: pd.Index
    device: npt.NDArray[np.int64]
    own: npt.NDArray[np.bool_]
    moving: pd.Index
    quantity: npt.NDArray[np.object_]
    room_id: npt.NDArray[np.int64]
    room_kind: npt.NDArray[np.object_]
    door: npt.NDArray[np.bool_]
    devices: Mapping[str, tuple[int, ...]]
    by_itself: frozenset[int]

    @property
    def watching(self) -> frozenset[int]:
        """The devices that tell of movement."""
        return frozenset(int(each) for each in self.device[self.series.get_indexer(self.moving)])

    def reported(self, readings: pd.DataFrame) -> pd.DataFrame:
        """Return the `readings` (see `analytics.frames`) without what the systems of the devices say of them."""
        if self.own.all():
            return readings
        told_of = np.isin(readings["series_id"].to_numpy(), self.series.to_numpy()[~self.own])
        return readings[~told_of]


def layout(sensors: pd.DataFrame) -> Layout:
    """Return the layout of a home from its `sensors` table (see `analytics.frames`)."""
    moving = movement_series(sensors)
    kinds = sensors["quantity"].map(lambda name: BY_NAME[name].kind)
    reporting = set(sensors.loc[kinds.isin(BY_ITSELF), "device_id"])
    watched = {
        kind: tuple(int(device) for device in indicator.watched(sensors)["device_id"].unique())
        for kind, indicator in INDICATORS.items()
    }
    return Layout(
        sensors.index,
        sensors["device_id"].to_numpy(),
        sensors["quantity"].to_numpy(dtype=object) != REACHED,
        moving.index,
        moving["quantity"].to_numpy(dtype=object),
        moving["room_id"].to_numpy(),
        moving["room_kind"].to_numpy(dtype=object),
        outer_door(moving).to_numpy(dtype=bool),
        {kind: devices for kind, devices in watched.items() if devices},
        frozenset(int(device) for device in reporting & set(moving["device_id"])),
    )

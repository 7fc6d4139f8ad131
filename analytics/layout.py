"""What a home's sensors are good for, worked out once for many days."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.frames import ROOMS, Columns, Flags, sensors_frame
from analytics.indicators import INDICATORS
from analytics.observed import CLIMATE, LYING, SWITCHED, VITALS, Source
from analytics.sensors import CHANGES, REACHED, Sensors, among, sensors_of
from core.vocabulary import BY_NAME, Kind
from devices.reads import Sensor

BY_ITSELF = frozenset({Kind.LEVEL, Kind.COUNTER})
LOOKED_AT = CLIMATE | VITALS | LYING | SWITCHED


class Layout(NamedTuple):
    """The sensors of a home as columns.

    `series`, `device` and `own` are of all series, ordered by series; `own` tells whether the device itself reports it.
    `moving` and what follows it are of those that tell of movement, in the same order: their series, rooms, kinds of
    rooms (as in `ROOMS`), what they are fixed to, whether they watch a door to the outside, tell by changes, rest at 1,
    are a radar. `watching` are their devices, `watched` the things that any sensor is fixed to. `devices` are those an
    indicator rests on (an indicator without any is not one of this home); `by_itself` those that tell of movement and
    also report when nobody moves. `measuring` are the series whose values are looked at, and `levels` the devices of
    those that should report every so often.
    """

    series: npt.NDArray[np.int64]
    device: npt.NDArray[np.int64]
    own: Flags
    moving: npt.NDArray[np.int64]
    room_id: npt.NDArray[np.int64]
    room_kind: npt.NDArray[np.int64]
    place: npt.NDArray[np.object_]
    door: Flags
    changing: Flags
    closing: Flags
    radar: Flags
    watching: frozenset[int]
    watched: frozenset[str]
    devices: Mapping[str, tuple[int, ...]]
    by_itself: frozenset[int]
    measuring: tuple[Source, ...]
    levels: frozenset[int]

    @property
    def rooms(self) -> dict[int, int]:
        """The kinds (as in `ROOMS`) of the rooms in which something tells of movement."""
        return {room: kind for room, kind in zip(self.room_id.tolist(), self.room_kind.tolist(), strict=True) if room}

    def reported(self, seen: Columns) -> Columns:
        """Return the readings without what the systems of the devices say of them."""
        if self.own.all():
            return seen
        kept = ~np.isin(seen.series_id, self.series[~self.own])
        return Columns(np.compress(kept, seen.at), seen.series_id[kept], seen.value[kept])

    def moving_at(self, series_id: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the place of series among `moving`, -1 for those that do not tell of movement."""
        return _places(self.moving, series_id)

    def devices_at(self, series_id: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the devices of series, -1 for series that are not of this home."""
        place = _places(self.series, series_id)
        return np.where(place < 0, -1, self.device[place]) if len(self.device) else place


def _places(known: npt.NDArray[np.int64], series_id: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    if not len(known):
        return np.full(len(series_id), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(known, series_id), len(known) - 1)
    return np.where(known[place] == series_id, place, -1)


def layout(table: pd.DataFrame) -> Layout:
    """Return the layout of a home from its `sensors` table (see `analytics.frames`)."""
    sensors = sensors_of(table)
    moving = sensors.moving
    kinds = [BY_NAME[name].kind for name in sensors.quantity]
    quantity, room_kind, place = (
        np.array(column, dtype=object)[moving] for column in (sensors.quantity, sensors.room_kind, sensors.place)
    )
    watching = _devices(sensors, moving)
    watched = {kind: tuple(sorted(_devices(sensors, each.watched(sensors)))) for kind, each in INDICATORS.items()}
    return Layout(
        sensors.series_id,
        sensors.device_id,
        ~sensors.measuring(REACHED),
        sensors.series_id[moving],
        sensors.room_id[moving],
        np.array([ROOMS[kind] for kind in room_kind], dtype=np.int64),
        place,
        sensors.outer_door[moving],
        among(quantity.tolist(), CHANGES),
        among(quantity.tolist(), {"contact"}),
        among(quantity.tolist(), {"presence"}),
        watching,
        frozenset(sensors.place),
        {kind: devices for kind, devices in watched.items() if devices},
        _devices(sensors, np.array([kind in BY_ITSELF for kind in kinds], dtype=bool)) & watching,
        tuple(
            Source(series, *what)
            for series, *what in zip(
                sensors.series_id.tolist(),
                sensors.quantity,
                sensors.room_kind,
                sensors.place,
                sensors.room_id.tolist(),
                strict=True,
            )
            if what[0] in LOOKED_AT
        ),
        _devices(sensors, sensors.measuring(*CLIMATE)),
    )


@lru_cache(maxsize=2048)
def layout_of(sensors: tuple[Sensor, ...]) -> Layout:
    """Return the layout of a home by what is installed there; it is worked out once as long as that stays the same."""
    return layout(sensors_frame(sensors))


def _devices(sensors: Sensors, chosen: Flags) -> frozenset[int]:
    return frozenset(sensors.device_id[chosen].tolist())

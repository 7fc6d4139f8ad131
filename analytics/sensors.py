"""Which sensors tell that somebody moved, and which watch a door to the outside."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.frames import Flags
from core.places import Place, RoomKind

ACTIVATIONS = frozenset({"motion", "opening", "vibration", "toilet_flush", "occupancy", "presence"})
CHANGES = frozenset({"contact", "bed_occupancy", "chair_occupancy", "appliance_on"})
# What its own system says of a device, whether the device lives or not: no report of the device.
REACHED = "reachable"
DOORS = frozenset({"contact", "opening"})
# Rooms in which a door of which nothing else is known leads outside.
OUTER_ROOMS = frozenset({RoomKind.ENTRANCE, RoomKind.OUTSIDE})


class Sensors(NamedTuple):
    """The series of a home as columns, ordered by series: the `sensors` table of `analytics.frames`.

    `moving` says which can tell that somebody moved, `outer_door` which watch a door by which one leaves the home.
    """

    series_id: npt.NDArray[np.int64]
    device_id: npt.NDArray[np.int64]
    room_id: npt.NDArray[np.int64]
    quantity: Sequence[str]
    room_kind: Sequence[str]
    place: Sequence[str]
    moving: Flags
    outer_door: Flags

    def measuring(self, *quantities: str) -> Flags:
        """Return which series measure one of some quantities."""
        return among(self.quantity, quantities)

    def in_rooms(self, *kinds: str) -> Flags:
        """Return which series are in rooms of some kinds."""
        return among(self.room_kind, kinds)

    def at_places(self, *places: str) -> Flags:
        """Return which series watch one of some things."""
        return among(self.place, places)


def sensors_of(table: pd.DataFrame) -> Sensors:
    """Return the series of a home from its `sensors` table."""
    order = np.argsort(table.index.to_numpy(), kind="stable")
    series, device, room = (
        column[order] for column in (table.index.to_numpy(), table["device_id"].to_numpy(), table["room_id"].to_numpy())
    )
    quantity, kind, place = (table[name].to_numpy()[order].tolist() for name in ("quantity", "room_kind", "place"))
    leads_out = [
        what in DOORS and (at == Place.ENTRANCE_DOOR or (where in OUTER_ROOMS and at == ""))
        for what, where, at in zip(quantity, kind, place, strict=True)
    ]
    moving = among(quantity, ACTIVATIONS | CHANGES)
    return Sensors(series, device, room, quantity, kind, place, moving, np.array(leads_out, dtype=bool))


def among(column: Sequence[str], chosen: Collection[str]) -> Flags:
    """Return which words of a column are among some."""
    return np.array([word in chosen for word in column], dtype=bool)


def all_movement(sensors: Sensors) -> Flags:
    """Return which series can tell that somebody moved."""
    return sensors.moving


def movement_in(*kinds: RoomKind) -> Callable[[Sensors], Flags]:
    """Return what tells which series can tell that somebody moved in rooms of some kinds."""

    def chosen(sensors: Sensors) -> Flags:
        return sensors.moving & sensors.in_rooms(*kinds)

    return chosen

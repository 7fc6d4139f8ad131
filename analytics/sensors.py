"""Which sensors tell that somebody moved, and which watch a door to the outside."""

import pandas as pd

from core.places import Place, RoomKind

ACTIVATIONS = frozenset({"motion", "opening", "vibration", "toilet_flush", "occupancy", "presence"})
CHANGES = frozenset({"contact", "bed_occupancy", "chair_occupancy", "appliance_on"})
# What its own system says of a device, whether the device lives or not: no report of the device.
REACHED = "reachable"
DOORS = frozenset({"contact", "opening"})
# Rooms in which a door of which nothing else is known leads outside.
OUTER_ROOMS = frozenset({RoomKind.ENTRANCE, RoomKind.OUTSIDE})


def movement_series(sensors: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `sensors` that can tell that somebody moved."""
    return sensors[sensors["quantity"].isin(ACTIVATIONS | CHANGES)]


def outer_door(sensors: pd.DataFrame) -> pd.Series:
    """Return, for each series, whether it watches a door by which one leaves the home."""
    leads_out = (sensors["place"] == Place.ENTRANCE_DOOR) | (
        sensors["room_kind"].isin(OUTER_ROOMS) & (sensors["place"] == "")
    )
    return sensors["quantity"].isin(DOORS) & leads_out

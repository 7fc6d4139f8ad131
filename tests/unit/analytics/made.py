"""Small homes and their readings, made by hand."""

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from analytics.frames import micros, readings_frame, sensors_frame
from analytics.layout import Layout, layout
from core.localtime import local_instant
from core.places import Place, RoomKind
from core.vocabulary import BY_NAME
from devices.reads import Sensor
from ingest.reads import Readings

ROME = ZoneInfo("Europe/Rome")
BEDROOM, BATHROOM, KITCHEN, FRONT_DOOR = 1, 2, 3, 4
BED_TEMPERATURE = 11


def sensor(series_id: int, quantity: str, kind: RoomKind | None, place: str = "", *, device: int = 0) -> Sensor:
    room_id = None if kind is None else list(RoomKind).index(kind) + 1
    return Sensor(series_id, quantity, device or series_id, f"device-{series_id}", "", room_id, kind, kind, place)


def sensors(*more: Sensor) -> Layout:
    """Motion in bedroom, bathroom and kitchen, and a front door; all tell activations only."""
    made = sensors_frame(
        [
            sensor(BEDROOM, "motion", RoomKind.BEDROOM),
            sensor(BATHROOM, "motion", RoomKind.BATHROOM),
            sensor(KITCHEN, "motion", RoomKind.KITCHEN),
            sensor(FRONT_DOOR, "opening", RoomKind.HALL, Place.ENTRANCE_DOOR),
            *more,
        ]
    )
    return layout(made)


def room_id(kind: RoomKind) -> int:
    return list(RoomKind).index(kind) + 1


def at(day: date, clock: str, zone: ZoneInfo = ROME) -> int:
    """Microseconds of a local time; "25:10" is ten past one of the following day."""
    hours, minutes = (int(part) for part in clock.split(":"))
    return micros(local_instant(date.fromordinal(day.toordinal() + hours // 24), time(hours % 24, minutes), zone))


def readings(rows: Iterable[tuple[int, int] | tuple[int, int, float]]) -> pd.DataFrame:
    """The `readings` table of (microseconds, series) or (microseconds, series, value)."""
    full = sorted((row[0], row[1], row[2] if len(row) > 2 else 1.0) for row in rows)
    quantity = BY_NAME["motion"].id
    return readings_frame(
        Readings(
            np.array([row[1] for row in full], dtype=np.int32),
            np.array([row[0] // 1000 for row in full], dtype=np.int64),
            np.array([row[2] for row in full], dtype=np.float64),
            np.array([quantity for _ in full], dtype=np.int16),
            np.array([0 for _ in full], dtype=np.int16),
        )
    )


def utc(day: date, clock: str) -> datetime:
    return local_instant(day, time.fromisoformat(clock), ROME)

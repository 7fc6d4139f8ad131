"""Scenes made by hand: a home with thermometers, movement and a front door."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from analytics.frames import HOUR, MINUTE, Episode, micros
from analytics.home_day import reading_window
from analytics.layout import Layout
from analytics.rules.protocol import Past
from analytics.rules.scene import Scene, glance
from analytics.rules.timetable import ExpectedVisit
from core.localtime import local_night
from core.places import Place, RoomKind
from tests.unit.analytics.made import ROME, at, readings, room_id, sensor, sensors

ONE_DAY = timedelta(days=1)
DAY = date(2026, 2, 10)  # a Tuesday
LIVING_MOTION, LIVING_CEL, BEDROOM_CEL, STOVE_CEL = 5, 21, 22, 23
LIVING, BEDROOM = room_id(RoomKind.LIVING), room_id(RoomKind.BEDROOM)


def home() -> Layout:
    return sensors(
        sensor(LIVING_MOTION, "motion", RoomKind.LIVING),
        sensor(LIVING_CEL, "temperature", RoomKind.LIVING),
        sensor(BEDROOM_CEL, "temperature", RoomKind.BEDROOM),
        sensor(STOVE_CEL, "temperature", RoomKind.KITCHEN, Place.STOVE),
    )


def seen(rows: Sequence[tuple], until: int | None = None, day: date = DAY, layout: Layout | None = None) -> Scene:
    """The scene of a day with readings (microseconds, series, value), as it is seen at `until` (noon after it)."""
    window = reading_window(day, ROME, local_night(day, ROME).end)
    end = window.end if until is None else until
    kept = readings([row for row in rows if row[0] <= end])
    return glance(day, ROME, layout or home(), kept, window._replace(end=end))


def warm(series: int, hours: Mapping[int, float], usual: float, day: date = DAY, last: int = 24) -> list[tuple]:
    """Reports every half hour from a day before: as usual, but for some hours after midnight of `day`."""
    first = at(day, "0:00") - 24 * HOUR
    rows = []
    for half in range(2 * (24 + last)):
        hour = half // 2 - 24
        rows.append((first + half * 30 * MINUTE, series, hours.get(hour, usual)))
    return rows


def past(
    *,
    rooms: Mapping[int, float] | None = None,
    days: int = 28,
    outings: Sequence[Episode] = (),
    door_nights: Mapping[date, float] | None = None,
    values: Mapping[date, float] | None = None,
    visits: Sequence[ExpectedVisit] = (),
    day: date = DAY,
) -> Past:
    """Earlier days in which rooms were as warm as that, all day."""
    before = [day - (n + 1) * ONE_DAY for n in range(days)]
    temperatures = {each: {room: np.full(24, value) for room, value in (rooms or {}).items()} for each in before}
    nights = dict.fromkeys([*before, day - (days + 1) * ONE_DAY], 0.0) if door_nights is None else door_nights
    known = {"night_door": nights}
    return Past(
        lambda first, last: {each: hours for each, hours in temperatures.items() if first <= each <= last},
        lambda kinds, span: [e for e in outings if e.kind in kinds and e.start < span.end and e.end >= span.start],
        lambda kind, first, last: {
            each: value for each, value in known.get(kind, values or {}).items() if first <= each <= last
        },
        visits,
    )


def moment(clock: str, day: date = DAY) -> int:
    return at(day, clock)


def night_start(day: date) -> int:
    return micros(local_night(day, ROME).start)

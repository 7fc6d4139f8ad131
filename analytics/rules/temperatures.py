"""How warm the rooms of a home were, by the hours of the local clock."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from analytics.frames import HOUR, MINUTE, Instants, Span
from analytics.observed import Track, held
from analytics.profiles.profile import HOURS, Hours, hours_of
from analytics.rules.scene import Scene
from core.places import Place, RoomKind

STEP = 10 * MINUTE
STEPS = HOUR // STEP
LEAST_STEPS = STEPS // 2
OUTDOORS = frozenset({RoomKind.OUTSIDE, ""})
# What hangs there measures something else than the room.
ELSEWHERE = frozenset(Place) - {Place.WALL, Place.CEILING, Place.FLOOR, Place.INNER_DOOR, Place.CUPBOARD, Place.CHAIR}


def temperatures(tracks: Sequence[Track], day: date, zone: ZoneInfo, seen_until: int) -> dict[int, Hours]:
    """Return of each room the mean temperature of each hour of the clock of `day`, by its last reports (Cel).

    Several thermometers in one room count as one: their mean. An hour is NaN unless it is over at `seen_until` and half
    of it is known; the hour that is skipped in spring is, and of the one that comes twice in autumn both count.
    """
    begins = hours_of(day, zone)
    moments = np.arange(begins[0], begins[-1], STEP, dtype=np.int64)
    hour = np.searchsorted(begins, moments, side="right") - 1
    over = begins[1:] <= seen_until
    rooms: dict[int, list[Hours]] = {}
    for track in _of_rooms(tracks, Span(int(begins[0]), int(begins[-1]))):
        rooms.setdefault(track.source.room_id, []).append(_by_hour(track, moments, hour, over))
    return {room: _mean(each) for room, each in rooms.items()}


def room_values(scene: Scene) -> list[Hours]:
    """Return what the thermometers in rooms have measured in a scene, as it was reported."""
    return [track.value for track in _of_rooms(scene.tracks, scene.window)]


def _of_rooms(tracks: Sequence[Track], day: Span) -> list[Track]:
    return [
        track
        for track in tracks
        if track.source.quantity == "temperature"
        and track.source.room_kind not in OUTDOORS
        and track.source.place not in ELSEWHERE
        and len(track.at)
        and track.at[0] < day.end
    ]


def _by_hour(track: Track, moments: Instants, hour: Instants, over: np.ndarray) -> Hours:
    value = held(track, moments)
    known = ~np.isnan(value)
    count = np.bincount(hour[known], minlength=HOURS)
    total = np.bincount(hour[known], weights=value[known], minlength=HOURS)
    return np.where(over & (count >= LEAST_STEPS), np.round(total / np.maximum(1, count), 2), np.nan)


def _mean(rows: Sequence[Hours]) -> Hours:
    if len(rows) == 1:
        return rows[0]
    known = np.sum(~np.isnan(rows), axis=0)
    return np.where(known > 0, np.nansum(rows, axis=0) / np.maximum(1, known), np.nan)

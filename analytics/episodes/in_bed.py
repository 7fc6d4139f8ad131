"""In bed: by a sensor in the bed where there is one, else by who moves in the bedroom and nowhere else.

With a sensor, a stretch lasts from when it is occupied until it is empty; moments of less than `TURNING` in which it
is empty are somebody turning over. Several sensors in one bed are one. A sensor that does not tell its state again
within a day is taken to have changed when it was first heard.

Without one, after *Estimation of rest-activity patterns using motion sensors* (EMBC 2010, 10.1109/IEMBS.2010.5628022),
who was compared with bed mats on 404 nights in 8 homes: a stretch of at least `SHORTEST` between two signs outside
the bedroom, with a sign in the bedroom, during which nobody is out. It begins with that sign and ends with the
next one elsewhere. Who went to the bathroom from there and comes back unseen is in bed again. It cannot tell lying
from sitting in the bedroom, nor one of two people in it.
"""

from collections.abc import Sequence

import numpy as np

from analytics.frames import MINUTE, ROOMS, Episode, Flags, Instants, Signs, Span
from analytics.observed import HALF, LYING, Track
from core.places import RoomKind

KIND = "in_bed"
TURNING = 1 * MINUTE
SHORTEST = 20 * MINUTE
UNSEEN = 5 * MINUTE  # after which somebody who went to bed again would have been seen there
ON_THE_WAY = (ROOMS[RoomKind.BATHROOM], ROOMS[RoomKind.HALL])


def stretches(
    signs: Signs, tracks: Sequence[Track], outings: Sequence[Episode], unknown: Sequence[Span], until: int
) -> list[Episode]:
    """Return the stretches in bed, ordered by time; one that has not ended lasts until `until` (microseconds)."""
    sensors = [track for track in tracks if track.source.quantity in LYING]
    if sensors:
        return _by_sensors(sensors, until)
    return _by_movement(signs, [*outings, *unknown], until)


def _by_sensors(tracks: Sequence[Track], until: int) -> list[Episode]:
    spans: list[tuple[int, int]] = []
    readings: list[int] = []
    for start, end, count in sorted(each for track in tracks for each in _occupied(track, until)):
        if spans and start - spans[-1][1] < TURNING:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
            readings[-1] += count
        else:
            spans.append((start, end))
            readings.append(count)
    return [Episode(KIND, start, end, None, count) for (start, end), count in zip(spans, readings, strict=True)]


def _occupied(track: Track, until: int) -> list[tuple[int, int, int]]:
    """Return from when to when one sensor was occupied, and by how many readings that is known."""
    occupied = track.value >= HALF
    if not len(occupied):
        return []
    firsts = np.flatnonzero(occupied & np.concatenate(([True], ~occupied[:-1])))
    lasts = np.flatnonzero(occupied & np.concatenate((~occupied[1:], [True])))
    ends = np.append(track.at, until)[lasts + 1]
    return [
        (int(track.at[first]), int(end), int(last - first + 1))
        for first, last, end in zip(firsts, lasts, ends, strict=True)
    ]


def _by_movement(signs: Signs, not_there: Sequence[Episode | Span], until: int) -> list[Episode]:
    moves = signs.where(~signs.left & (signs.room_id != 0) | signs.door)
    bedroom = (moves.room_kind == ROOMS[RoomKind.BEDROOM]) & ~moves.door
    if not bedroom.any():
        return []
    elsewhere = moves.where(~bedroom)
    seen, rooms = moves.at[bedroom], moves.room_id[bedroom]
    begins = np.concatenate(([min(int(moves.at[0]), until)], elsewhere.at))
    ends = np.append(elsewhere.at, until)
    first, last = np.searchsorted(seen, begins), np.searchsorted(seen, ends)
    near = np.concatenate(([False], np.isin(elsewhere.room_kind, ON_THE_WAY) & ~elsewhere.door))
    found: list[Episode] = []
    for gap in np.flatnonzero(
        (ends - begins >= SHORTEST) & ((last > first) | near) & ~_touched(begins, ends, not_there)
    ):
        begin, end, there = int(begins[gap]), int(ends[gap]), int(last[gap] - first[gap])
        came_back = bool(near[gap]) and bool(found) and begin - found[-1].end < SHORTEST
        start = int(seen[first[gap]]) if there else end
        if came_back and start - begin >= UNSEEN:
            start = begin
        if end - start >= SHORTEST:
            found.append(Episode(KIND, start, end, int(rooms[min(first[gap], len(rooms) - 1)]), there + 1))
    return found


def _touched(begins: Instants, ends: Instants, spans: Sequence[Episode | Span]) -> Flags:
    touched = np.zeros(len(begins), dtype=bool)
    for each in spans:
        touched |= (begins < each.end) & (ends > each.start)
    return touched

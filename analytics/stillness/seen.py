"""What is known of a quiet time: up to when the sensors were alive, which rooms could not be seen, and the coverage.

A silence proves nothing while it is not known that whoever moved would have been seen. A time is believed up to its end
if every movement sensor that reports by itself has spoken since the last sign, and none of them is overdue; else only
up to the last report of the one that has been silent for longest. One in the room of the last sign is overdue sooner:
if it has just died, whoever moves there moves unseen. Sensors that are known to be blind are not waited for: theirs are
the rooms in which somebody may have moved unseen. So are those of a sensor with a low battery that misses reports, and
rooms that everybody is in every day where nobody was seen for a day though somebody was all about the home. The room of
the last sign is one as soon as one that watches it is blind: how soon a sign follows there was learned with it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from analytics import coverage
from analytics.frames import HOUR, MINUTE, ROOMS, Flags, Instants, Signs, Span, overlap
from analytics.layout import Layout
from analytics.observed import LYING
from analytics.reports import NOTHING
from analytics.silence.blind import Blind
from analytics.stillness.quiet import Quiet, Where
from core.places import RoomKind

LOOKED_AT = 40 * MINUTE  # below every limit (`habit.FLOOR_DAY`)
OF_EVERY_DAY = frozenset(
    ROOMS[kind] for kind in (RoomKind.BEDROOM, RoomKind.BATHROOM, RoomKind.KITCHEN, RoomKind.LIVING)
)
A_DAY, LIVED = 24 * HOUR, 60  # signs of somebody in a day, from which on the home is lived in
LATELY, MISSED = 12 * HOUR, 2  # reports that did not come
OVERDUE_THERE = 1.3  # times its usual gap, in the room of the last sign: at the first report that does not come


class Still(NamedTuple):
    """A quiet time as far as it is believed. `decided`: its end is known, or it goes on as far as is seen.

    `blind` are the rooms in which nothing could be seen, `coverage` is the share of the time that is known (0 to 1).
    `may_lie`: the last sign was in a bedroom, and whether anybody lies in the bed its sensor could not tell.
    """

    quiet: Quiet
    decided: bool
    blind: tuple[int, ...]
    coverage: float
    may_lie: bool = False


class Reporting(NamedTuple):
    """When the devices of a home spoke, and how long (microseconds) those that report by themselves may be silent.

    `signs` are those of somebody.
    """

    spoken: Mapping[int, Instants]
    limits: Mapping[int, int]
    signs: Signs | None = None


def stills(
    quiets: Sequence[Quiet],
    home: Layout,
    reporting: Reporting,
    unknown: Sequence[Span],
    blind: Blind,
    share: Callable[[Span], float],
    *,
    is_present: bool = True,
) -> list[Still]:
    """Return what is known of some quiet times, of those that are long enough to be looked at.

    `unknown` are times of which nothing is known of the home. One that has not ended in what was read goes on where
    that reaches to the present (`is_present`), else it is not decided.
    """
    return [
        _still(each, home, reporting, unknown, blind, share)
        if each.ended or is_present
        else Still(each._replace(end=each.start), decided=False, blind=(), coverage=0.0)
        for each in quiets
        if each.end - each.start >= LOOKED_AT
    ]


def _still(
    quiet: Quiet,
    home: Layout,
    reporting: Reporting,
    unknown: Sequence[Span],
    blind: Blind,
    share: Callable[[Span], float],
) -> Still:
    out = {each for each, spans in blind.devices.items() if any(overlap(quiet.span, one) for one in spans)}
    begun = [one.start for one in unknown if overlap(quiet.span, one)]
    believed = min([_believed(quiet, home, reporting, out), *(max(quiet.start, start) for start in begun)])
    whole = believed == quiet.end
    known = quiet._replace(end=believed, ended=quiet.ended and whole)
    may_lie = (
        quiet.where is Where.ROOM and _is_bedroom(quiet.room_id, home) and _no_bed_tells(quiet, home, reporting, out)
    )
    failing = out | _failing(quiet, reporting, blind)
    unseen = {*_rooms_of(failing, home), *_never_seen(quiet, home, reporting)}
    if failing & _in_room(quiet.room_id, home, home.place == ""):
        unseen.add(quiet.room_id)
    return Still(known, whole, tuple(sorted(unseen)), round(share(quiet.span), 4), may_lie)


def _believed(quiet: Quiet, home: Layout, reporting: Reporting, out: set[int]) -> int:
    """Return up to when it is believed that whoever moved would have been seen."""
    # One that has said nothing in all that is read is told as silent.
    spoken = {each: reporting.spoken.get(each, NOTHING) for each in (home.watching & reporting.limits.keys()) - out}
    last = {
        each: int(at[max(0, int(np.searchsorted(at, quiet.end, side="right")) - 1)])
        for each, at in spoken.items()
        if len(at)
    }
    there = _in_room(quiet.room_id, home, np.ones(len(home.moving), dtype=bool))
    limits = {each: _limit(reporting.limits[each], is_there=each in there) for each in last}
    if all(at > quiet.start and quiet.end - at <= limits[each] for each, at in last.items()):
        return quiet.end
    return max(quiet.start, min(last.values()))


def _failing(quiet: Quiet, reporting: Reporting, blind: Blind) -> set[int]:
    """Return the devices with a low battery that have missed reports lately."""
    found = set()
    for each in blind.weak & reporting.limits.keys():
        spoken = reporting.spoken.get(each, NOTHING)
        lately = spoken[slice(*np.searchsorted(spoken, (quiet.end - LATELY, quiet.end)))]
        gaps = np.diff(np.concatenate(([quiet.end - LATELY], lately, [quiet.end])))
        if np.count_nonzero(gaps > _limit(reporting.limits[each], is_there=True)) >= MISSED:
            found.add(each)
    return found


def _never_seen(quiet: Quiet, home: Layout, reporting: Reporting) -> set[int]:
    """Return the rooms of every day in which nobody was seen on the day up to the last sign, of a home lived in."""
    if reporting.signs is None:
        return set()
    day = reporting.signs.within(Span(quiet.start - A_DAY, quiet.start + 1))
    rooms = day.room_id[~day.left]
    if len(rooms) < LIVED:
        return set()
    return {room for room, kind in home.rooms.items() if kind in OF_EVERY_DAY} - set(rooms.tolist())


def _limit(limit: int, *, is_there: bool) -> int:
    return round(limit * OVERDUE_THERE / coverage.PATIENCE) if is_there else limit


def _is_bedroom(room_id: int, home: Layout) -> bool:
    return home.rooms.get(room_id) == ROOMS[RoomKind.BEDROOM]


def _no_bed_tells(quiet: Quiet, home: Layout, reporting: Reporting, out: set[int]) -> bool:
    """Tell whether a sensor in a bed is known to be blind, or has said nothing for longer than it usually does."""
    beds = np.array([one.series_id for one in home.measuring if one.quantity in LYING], dtype=np.int64)
    for each in home.devices_at(beds).tolist():
        limit, spoken = reporting.limits.get(each), reporting.spoken.get(each, NOTHING)
        until = int(np.searchsorted(spoken, quiet.end, side="right"))
        last = int(spoken[until - 1]) if until else None
        if each in out or (limit is not None and (last is None or quiet.end - last > _limit(limit, is_there=True))):
            return True
    return False


def _in_room(room_id: int, home: Layout, among: Flags) -> frozenset[int]:
    """Return the sensors of movement in a room, among some of them; of no room (0) none."""
    if not room_id:
        return frozenset()
    return frozenset(home.devices_at(home.moving[among & (home.room_id == room_id)]).tolist())


def _rooms_of(out: set[int], home: Layout) -> tuple[int, ...]:
    """Return the rooms of which every sensor of movement is among `out`."""
    if not out:
        return ()
    devices = home.devices_at(home.moving)
    rooms: dict[int, list[int]] = {}
    for device, room in zip(devices.tolist(), home.room_id.tolist(), strict=True):
        rooms.setdefault(room, []).append(device)
    return tuple(sorted(room for room, of_room in rooms.items() if room and out.issuperset(of_room)))

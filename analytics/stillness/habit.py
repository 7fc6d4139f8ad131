"""For how long nothing moves, usually: by the hour of the clock and the room in which the last sign was.

What is asked is not how long most times last but how seldom one may be longer before it is worth a finding: the
expected number of findings for nothing, per week, in each hour and room is held to its share of `BUDGET`. Beyond the
bulk of a person's own times (the quantile `BULK`) their excesses are taken as exponential, the peaks over a threshold
of Pickands (1975) without a heavy tail; so

    limit = bulk + excess * ln(times a week that are longer than the bulk / findings a week that are allowed)

That is the quantile of the waiting time given that nothing has moved so far, by the hour and the room where it began.
Times of neighbouring hours count by their distance (a triangle of `REACH` around the clock). The mean excess of few
times is drawn towards that of the same part of the day in rooms of the same sort, and that towards the cohort's
(`COHORT`, each worth `WORTH` times). What happened once is no habit: a single time far beyond all others counts as
the next longest. As Cuddihy et al. (HealthNet 2007) it compares inactivity with what is usual in the same home at
that time of day.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.frames import ROOMS
from analytics.stillness.quiet import QuietDay, Where
from core.places import RoomKind

HOURS = 24
DAY = 24 * 60.0
DAYS_OF_A_WEEK = 7.0
REACH = 120.0  # minutes
BULK, USUAL = 0.75, 0.9
BUDGET = 0.03
WORTH = 3.0
ONCE, ONCE_DAY, ONCE_NIGHT = 1.5, 90.0, 240.0
# A limit lies at least so far beyond the longest of a habit.
BEYOND = 1.1
# Below this nobody would go and look; by night, where no sensor in the bed tells who has come back to it unseen.
FLOOR_DAY, FLOOR_NIGHT, UNSEEN_IN_BED, MOST = 60.0, 120.0, 210.0, 14 * 60.0
# A room in which so large a share of the absences begin is by the door: from there one may have left unheard.
BY_THE_DOOR = 0.2
# By day: how long at most, and at most where somebody is known to rest for longer at this hour.
DAY_BEGINS, DAY_ENDS = 8 * 60.0, 22 * 60.0
CAP, CAP_OF_HABIT, MARGIN = 120.0, 240.0, 1.25
LEAST = 10.0  # minutes, the shortest times that are kept


class Sort(StrEnum):
    """What one does where the last sign was: lie in bed, sit or lie, or come through."""

    BED = "bed"
    REST = "rest"
    PASSAGE = "passage"


# Mean excess over the bulk by day and by night, minutes: what simulated persons have, rounded up.
COHORT: Mapping[Sort, tuple[float, float]] = {
    Sort.BED: (45.0, 100.0),
    Sort.REST: (25.0, 90.0),
    Sort.PASSAGE: (15.0, 45.0),
}
# What may pass by day and by night while habits are learned. With half of it and less, recorded homes (TIHM) had 60
# findings in the first two weeks of 36 homes.
PATIENCE: Mapping[Sort, tuple[float, float]] = {
    Sort.BED: (360.0, 720.0),
    Sort.REST: (360.0, 720.0),
    Sort.PASSAGE: (240.0, 480.0),
}
_RESTING = (ROOMS[RoomKind.BEDROOM], ROOMS[RoomKind.LIVING])
_CLOCK = np.arange(HOURS) * 60.0 + 30.0
_NIGHT = ((_CLOCK < DAY_BEGINS) | (_CLOCK >= DAY_ENDS)).astype(np.int64)

Minutes = npt.NDArray[np.float64]


class Spot(NamedTuple):
    """Where the last sign was: the room, and what is known beside it."""

    room_id: int
    where: Where


class Usual(NamedTuple):
    """By the hour at which a time begins, 24 figures each, in minutes.

    `usual` is what nine of ten do not exceed, `limit` from when on it is worth a finding, `cap` what may pass by day.
    """

    usual: Minutes
    limit: Minutes
    cap: Minutes

    def by_day_at_least(self, minutes: float) -> "Usual":
        """Return the same, patient by day for so many minutes at least."""
        least = np.where(_NIGHT == 1, 0.0, minutes)
        return Usual(self.usual, np.maximum(self.limit, least), np.maximum(self.cap, minutes))

    def at_least(self, other: "Usual") -> "Usual":
        """Return the same, patient at least as another one."""
        return Usual(self.usual, np.maximum(self.limit, other.limit), np.maximum(self.cap, other.cap))


class _Times(NamedTuple):
    begin: Minutes
    lasted: Minutes
    room_id: npt.NDArray[np.int64]
    where: npt.NDArray[np.int64]

    def chosen(self, those: npt.NDArray[np.bool_]) -> "_Times":
        return _Times(self.begin[those], self.lasted[those], self.room_id[those], self.where[those])


def usual_times(days: Sequence[QuietDay], kinds: Mapping[int, int]) -> dict[Spot, Usual]:
    """Return what is usual in each spot of a home, as some days tell; `kinds` are the kinds of its rooms (`ROOMS`)."""
    every = _times(days)
    exits = _exits(every) | {room for room, kind in kinds.items() if kind == ROOMS[RoomKind.ENTRANCE]}
    times = every.chosen(every.where != Where.AWAY)
    pairs = set(zip(times.room_id.tolist(), times.where.tolist(), strict=True))
    seen = {Spot(room, Where(where)) for room, where in pairs}
    spots = sorted(seen | {Spot(room, Where.ROOM) for room in kinds})
    sorts = {spot: sort_of(spot, kinds) for spot in spots}
    allowed = BUDGET / (HOURS * max(1, len(spots)))
    of_spot = {spot: times.chosen((times.room_id == spot.room_id) & (times.where == spot.where)) for spot in spots}
    night = FLOOR_NIGHT if (times.where == Where.IN_BED).any() else UNSEEN_IN_BED
    floor, at_the_door = (np.where(_NIGHT == 1, night, by_day) for by_day in (FLOOR_DAY, CAP))
    found = {}
    for sort in Sort:
        alike = [of_spot[spot] for spot in spots if sorts[spot] is sort]
        if alike:
            excess = _pooled(alike, sort)
            for spot in (each for each in spots if sorts[each] is sort):
                least = at_the_door if spot.room_id in exits else floor
                found[spot] = _usual(of_spot[spot], excess, len(days), allowed, least, caps=sort is not Sort.PASSAGE)
    unseen = _unseen(times, [of_spot[spot] for spot in spots if sorts[spot] is Sort.PASSAGE])
    return {spot: usual.by_day_at_least(unseen) for spot, usual in found.items()} if unseen else found


def cohort(sort: Sort) -> Usual:
    """Return what may pass while habits are learned, and where nothing is known."""
    limit = np.array(PATIENCE[sort])[_NIGHT]
    return Usual(np.full(HOURS, LEAST), limit, np.full(HOURS, PATIENCE[sort][0]))


def sort_of(spot: Spot, kinds: Mapping[int, int]) -> Sort:
    """Return what one does in a spot."""
    if spot.where is Where.IN_BED:
        return Sort.BED
    return Sort.REST if kinds.get(spot.room_id, 0) in _RESTING else Sort.PASSAGE


def _times(days: Sequence[QuietDay]) -> _Times:
    columns = [(day.begin, day.lasted, day.room_id, day.where) for day in days]
    begin, lasted, room, where = (
        np.concatenate([column[number] for column in columns] or [np.array([], dtype=np.int64)]) for number in range(4)
    )
    return _Times(begin.astype(np.float64), lasted.astype(np.float64), room, where)


def _exits(times: _Times) -> set[int]:
    """Return the rooms by the door to the outside, as absences tell."""
    rooms, counts = np.unique(times.room_id[times.where == Where.AWAY], return_counts=True)
    return set(rooms[counts >= BY_THE_DOOR * counts.sum()].tolist())


def _unseen(times: _Times, passed: Sequence[_Times]) -> float:
    """Return what may pass by day in a home that is not seen whole, minutes; 0 where it is.

    Where nothing moves by day for longer than `CAP` after somebody came through, the sensors do not see all there is:
    there no hour and no room tells a fall from that. Once may be a fall itself, and makes it `CAP_OF_HABIT` at most.
    """
    by_day = [float(minutes) for one in passed for minutes in _by_day(one.begin, one.lasted)]
    longer = [minutes for minutes in by_day if minutes > CAP]
    if not longer:
        return 0.0
    if len(longer) == 1:
        return min(CAP_OF_HABIT, MARGIN * longer[0])
    return min(MOST, MARGIN * float(np.max(_by_day(times.begin, times.lasted))))


def _pooled(alike: Sequence[_Times], sort: Sort) -> Minutes:
    """Return the mean excess over the bulk by day and by night, of spots of one sort together."""
    begin, every = (np.concatenate(column) for column in zip(*((one.begin, one.lasted) for one in alike), strict=True))
    night = (begin < DAY_BEGINS) | (begin >= DAY_ENDS)
    found = []
    for part, cohort in zip((~night, night), COHORT[sort], strict=True):
        lasted = every[part]
        over = lasted - np.quantile(lasted, BULK) if len(lasted) else lasted
        over = over[over > 0]
        found.append((over.sum() + WORTH * cohort) / (len(over) + WORTH))
    return np.array(found)


def _usual(times: _Times, excess: Minutes, days: int, allowed: float, floor: Minutes, *, caps: bool) -> Usual:
    order = np.argsort(times.lasted, kind="stable")
    begin, lasted = times.begin[order], times.lasted[order]
    weight, lasted = _around_the_clock(begin), np.tile(lasted, (HOURS, 1))
    lasted = _once_is_no_habit(weight, lasted)
    bulk, usual = (_quantile(weight, lasted, share) for share in (BULK, USUAL))
    over = np.where(lasted > bulk[:, None], weight, 0.0)
    number = over.sum(axis=1)
    mean = ((over * (lasted - bulk[:, None])).sum(axis=1) + WORTH * excess[_NIGHT]) / (number + WORTH)
    a_week = np.maximum(number, 0.5) / (REACH / 60) / max(1, days) * DAYS_OF_A_WEEK
    limit = bulk + mean * np.log(np.maximum(1.0, a_week / allowed))
    longest = np.where(weight > 0, lasted, 0.0).max(axis=1, initial=0.0)
    limit = np.clip(np.maximum(limit, BEYOND * longest), floor, MOST)
    cap = np.full(HOURS, CAP)
    if caps and len(begin) > 1:
        by_day = np.where(weight > 0, _by_day(begin, times.lasted[order]), 0.0)
        cap = np.clip(MARGIN * np.sort(by_day, axis=1)[:, -2], CAP, CAP_OF_HABIT)
    return Usual(*(np.round(column, 1) for column in (usual, limit, cap)))


def _around_the_clock(begin: Minutes) -> Minutes:
    """Return how much each time counts at each hour: one row an hour."""
    away = np.abs(begin[None, :] - _CLOCK[:, None])
    weight: Minutes = np.maximum(0.0, 1 - np.minimum(away, DAY - away) / REACH)
    return weight


def _once_is_no_habit(weight: Minutes, lasted: Minutes) -> Minutes:
    """Return the times (in rising order) with the longest at each hour, if it stands alone, as long as the next."""
    number = lasted.shape[1]
    if number < 2:  # noqa: PLR2004
        return lasted
    places = np.where(weight > 0, np.arange(number), -1)
    top = places.max(axis=1)
    places[np.arange(HOURS), np.maximum(top, 0)] = -1
    second = places.max(axis=1)
    rows = np.arange(HOURS)
    there = second >= 0
    highest, next_one = lasted[rows, np.maximum(top, 0)], lasted[rows, np.maximum(second, 0)]
    believed = np.maximum(ONCE * next_one, np.where(_NIGHT == 1, ONCE_NIGHT, ONCE_DAY))
    alone = there & (highest > believed)
    lasted[rows[alone], top[alone]] = believed[alone]
    return lasted


def _quantile(weight: Minutes, lasted: Minutes, share: float) -> Minutes:
    if not lasted.shape[1]:
        return np.full(HOURS, LEAST)
    reached = np.cumsum(weight, axis=1)
    total = reached[:, -1]
    place = (reached >= share * total[:, None]).argmax(axis=1)
    found: Minutes = np.where(total > 0, lasted[np.arange(HOURS), place], LEAST)
    return found


def _by_day(begin: Minutes, lasted: Minutes) -> Minutes:
    """Return how many minutes of each time lie by day."""
    parts = [
        np.maximum(0.0, np.minimum(begin + lasted, DAY_ENDS + days) - np.maximum(begin, DAY_BEGINS + days))
        for days in (0.0, DAY)
    ]
    found: Minutes = parts[0] + parts[1]
    return found


def shortest(begin: float) -> float:
    """Return below how many minutes no time that began at a minute of the clock is ever worth a finding."""
    return FLOOR_NIGHT if _NIGHT[int(begin) // 60] else FLOOR_DAY


def ripe(usual: Usual, begin: float, factor: float = 1.0) -> float:
    """Return after how many minutes a time that began at a minute of the clock is worth a finding."""
    hour = int(begin) // 60
    limit, cap = factor * float(usual.limit[hour]), factor * float(usual.cap[hour])
    if DAY_BEGINS <= begin < DAY_ENDS:
        return min(limit, cap) if begin + cap <= DAY_ENDS else limit
    return min(limit, (DAY_BEGINS - begin) % DAY + cap)

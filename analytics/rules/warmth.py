"""How warm a home is beside what is usual for it: what the rules for heat and cold have in common.

The usual is that of each room at each hour of the clock, over the `DAYS` days before: in two weeks the season moves by
little, and a week that is out of the ordinary does not move the median.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import ClassVar, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from analytics.baseline import HIGH, LOW, Baseline
from analytics.detectors.protocol import Reason, State
from analytics.frames import Flags, Instants
from analytics.profiles.profile import HOURS, Hours, hours_of
from analytics.rules.protocol import Past, RoomHours
from analytics.rules.scene import Scene
from analytics.rules.temperatures import temperatures

ONE_DAY = timedelta(days=1)
DAYS = 14
LEAST_DAYS = 7
JUDGED = 28  # days before the present one in which a run may have begun
LATELY = 6  # days before the present one that are looked at where nothing goes on for longer
TODAY = 0  # and where nothing goes on at all
SEVERAL = 2  # rooms: one thermometer may hang by the stove or in the sun

Table = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OwnTemperature:
    """How far the temperature at an hour lies from what is usual then, upwards (`way` 1) or downwards (-1).

    The score is the difference from the median of the last days in units of `differs` (K).
    """

    name: ClassVar[str] = "own_temperature"
    version: ClassVar[str] = "1"

    way: int
    differs: float
    usual: Baseline | None = None

    def learn(self, values: npt.NDArray[np.float64]) -> Self:
        """Return a detector that knows the temperatures of the days before, in their order, NaN where there is none."""
        known = np.sort(values[-DAYS:][~np.isnan(values[-DAYS:])])
        if len(known) < LEAST_DAYS:
            return replace(self, usual=None)
        low, high = (float(known[round((len(known) - 1) * share)]) for share in (LOW, HIGH))
        return replace(self, usual=Baseline(float(np.median(known)), self.differs, low, high, len(known)))

    def score(self, value: float) -> float | None:
        """Return how unusual `value` is, 1 being the threshold; None for NaN or before enough has been learned."""
        if self.usual is None or np.isnan(value):
            return None
        return max(0.0, self.way * (value - self.usual.median) / self.differs)

    def explain(self, value: float) -> Reason | None:
        """Return what the score of `value` rests on; None where there is no score."""
        score = self.score(value)
        return None if score is None or self.usual is None else Reason(value, self.usual, score)

    def state(self) -> State:
        """Return all it has learned as plain values that JSON can hold."""
        return asdict(self) | {"usual": self.usual and list(self.usual)}

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Return the detector that `state` was taken from."""
        usual = state["usual"]
        return cls(**state | {"usual": None if usual is None else Baseline(*usual)})


class Warmth(NamedTuple):
    """The hours of some days that follow each other, in rows, and the rooms of a home, in columns (Cel).

    `usual` is the median of each room at the same hour of the days before, NaN where too few are known. `clock` is the
    hour of the local clock, `begins` and `ends` when the hour begins and ends.
    """

    rooms: tuple[int, ...]
    kinds: tuple[str, ...]
    begins: Instants
    ends: Instants
    clock: Instants
    value: Table
    usual: Table

    @property
    def mean(self) -> Hours:
        """The mean over the rooms, NaN where nothing is known."""
        known = np.sum(~np.isnan(self.value), axis=1)
        return np.where(known > 0, np.nansum(self.value, axis=1) / np.maximum(1, known), np.nan)

    @property
    def enough(self) -> Instants:
        """How many rooms must agree in each hour: two, or the one that is known."""
        known: Instants = np.sum(~np.isnan(self.value), axis=1)
        return np.clip(known, 1, SEVERAL)

    def agree(self, table: Flags) -> Flags:
        """Return in which hours something is so in enough rooms."""
        agreeing: Flags = np.sum(table, axis=1) >= self.enough
        return agreeing

    def at_hour(self, index: int, room: int) -> npt.NDArray[np.float64]:
        """Return the temperatures of a room at the same hour of the days before an hour, in their order."""
        return self.value[index % HOURS : index : HOURS, room]


class Run(NamedTuple):
    """Hours that belong together: the first, the one with which it was met, and the last that still counts."""

    first: int
    met: int
    last: int


def _lately(scene: Scene) -> dict[date, RoomHours]:
    """Return the temperatures on the day of the scene, the one before, and the next as far as it is seen."""
    days = [scene.day - ONE_DAY, scene.day, *([scene.day + ONE_DAY] if scene.window.end > scene.own.end else [])]
    return {day: temperatures(scene.tracks, day, scene.zone, scene.window.end) for day in days}


def warmth(scene: Scene, past: Past, judged: int = JUDGED) -> Warmth | None:
    """Return the temperatures of the day, and of `judged` days before it with those that tell what was usual on them.

    None for a home without thermometers.
    """
    now = _lately(scene)
    first = scene.day - timedelta(days=judged + DAYS)
    before = past.temperatures(first, scene.day - ONE_DAY)
    by_day = {**before, **{day: _joined(before.get(day, {}), hours) for day, hours in now.items()}}
    rooms = tuple(sorted({room for hours in now.values() for room in hours}))
    if not rooms:
        return None
    begin = min(by_day)
    days = [begin + n * ONE_DAY for n in range((max(now) - begin).days + 1)]
    value = np.concatenate([_rows(by_day.get(day, {}), rooms) for day in days])
    begins = [hours_of(day, scene.zone) for day in days]
    kinds = {track.source.room_id: track.source.room_kind for track in scene.tracks}
    return Warmth(
        rooms,
        tuple(kinds[room] for room in rooms),
        np.concatenate([each[:-1] for each in begins]),
        np.concatenate([each[1:] for each in begins]),
        np.tile(np.arange(HOURS), len(days)),
        value,
        _usual(value.reshape(len(days), HOURS, len(rooms))).reshape(value.shape),
    )


def _joined(stored: RoomHours, seen: RoomHours) -> RoomHours:
    """Return what is stored of a day, and what is seen of the hours that are not stored yet.

    What is stored rests on all that the scene of that day saw: this one may begin in the middle of an hour's report.
    """
    return {
        **stored,
        **{
            room: np.where(np.isnan(kept := stored.get(room, np.full(HOURS, np.nan))), hours, kept)
            for room, hours in seen.items()
        },
    }


def _rows(hours: Mapping[int, Hours], rooms: Sequence[int]) -> Table:
    table = np.full((HOURS, len(rooms)), np.nan)
    for column, room in enumerate(rooms):
        if room in hours:
            table[:, column] = hours[room]
    return table


def _usual(value: Table) -> Table:
    """Return the medians over the `DAYS` days before each day; `value` is by day, hour and room."""
    before = np.concatenate([np.full((DAYS, *value.shape[1:]), np.nan), value[:-1]])
    windows = np.lib.stride_tricks.sliding_window_view(before, DAYS, axis=0)
    known = np.sum(~np.isnan(windows), axis=-1)
    ordered = np.sort(windows, axis=-1)  # NaN at the end
    low, high = (np.take_along_axis(ordered, np.maximum(0, half)[..., None], -1)[..., 0] for half in _middles(known))
    return np.where(known >= LEAST_DAYS, (low + high) / 2, np.nan)


def _middles(known: Instants) -> tuple[Instants, Instants]:
    return (known - 1) // 2, known // 2


class Counted(NamedTuple):
    """What counts in each hour: the home's temperature (NaN: not known), its limit, whether it is met or goes on."""

    value: Hours
    limit: Hours
    strong: Flags
    holds: Flags


class Lasting(NamedTuple):
    """The hours that were looked at, what counted in them, and the runs that touch the day of a scene."""

    seen: Warmth
    counted: Counted
    runs: list[Run]


def lasting(scene: Scene, past: Past, counts: Callable[[Warmth], Counted], need: int, quiet: int) -> Lasting | None:
    """Return what is met after `need` hours in a row and over after `quiet` ones that do not hold; None without any.

    More days before the scene's are looked at only while something goes on that may have begun on them.
    """
    for judged in (TODAY, LATELY, JUDGED):
        seen = warmth(scene, past, judged)
        if seen is None:
            return None
        counted = counts(seen)
        going_on = counted.strong | counted.holds
        if judged == TODAY and not goes_on(going_on, seen, scene):
            return None
        if judged == JUDGED or (judged > TODAY and begins_within(going_on)):
            found = runs(counted.strong, counted.holds, ~np.isnan(counted.value), need, quiet)
            return Lasting(seen, counted, touching(found, seen, scene))
    return None


def goes_on(going_on: Flags, seen: Warmth, scene: Scene) -> bool:
    """Tell whether anything goes on in an hour of the day of a scene, or later: without that no run touches it."""
    return bool(going_on[seen.ends > scene.own.start].any())


def begins_within(going_on: Flags) -> bool:
    """Tell whether nothing goes on yet on the first of the days that are judged, so that no earlier ones are needed."""
    return not going_on[: (DAYS + 1) * HOURS].any()


def runs(strong: Flags, holds: Flags, known: Flags, need: int, quiet: int) -> list[Run]:
    """Return the runs that are met after `need` strong hours in a row, and over after `quiet` hours that do not hold.

    Hours that are not known neither count nor interrupt.
    """
    found: list[Run] = []
    first, count, last = -1, 0, -1
    for index in range(len(strong)):
        if found and index - found[-1].last <= quiet:
            if holds[index] or strong[index]:
                found[-1] = found[-1]._replace(last=index)
            continue
        if strong[index]:
            first, count = (index, 1) if count == 0 else (first, count + 1)
            last = index
            if count == need:
                found.append(Run(first, index, last))
                count = 0
        elif known[index]:
            count = 0
    return found


def touching(found: Sequence[Run], seen: Warmth, scene: Scene) -> list[Run]:
    """Return the runs that touch the day of a scene; one that begins on the next day is that day's.

    One that is older than what is looked at has no beginning there. It is told by the month, from its first hour on, so
    that it is the same one every day.
    """
    old = int(hours_of(scene.day - timedelta(days=JUDGED + DAYS - 1), scene.zone)[0])
    month = int(hours_of(scene.day.replace(day=1), scene.zone)[0])
    first = int(np.searchsorted(seen.begins, month))
    return [
        run._replace(first=first, met=first) if seen.begins[run.first] < old else run
        for run in found
        if seen.ends[run.last] > scene.own.start and seen.begins[run.first] < scene.own.end
    ]


def last_largest(values: Hours) -> int:
    """Return where the largest of some values is, the last time."""
    return len(values) - 1 - int(np.argmax(values[::-1]))

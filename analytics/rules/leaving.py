"""Leaving at night: the front door, and then nobody inside for longer than this person's habit.

A door event that no movement inside follows means that somebody has left (PMC4159765, as in `analytics.episodes`).
Whoever goes back to bed is seen in another room than the door's, and whoever is expected goes home by that door. How
long is too long the person's own nights say: how long nobody was seen after the door about that time of the clock, be
it that they were out or that they locked up and lay down. Somebody who is always seen then is missed after `least`
minutes. And night is when this person sleeps: whoever comes home at eleven, or goes out with the
dog at six, has not left by night.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Annotated, ClassVar, NamedTuple, Self

import msgspec
import numpy as np
import numpy.typing as npt

from analytics.baseline import HIGH, LOW, Baseline
from analytics.coverage import LIMIT
from analytics.detectors.protocol import Reason, State
from analytics.episodes import outing
from analytics.frames import HOUR, MINUTE, ROOMS, Episode, Span, instant, micros, overlap
from analytics.rules import wording
from analytics.rules.protocol import Met, Mode, Past, Settings
from analytics.rules.scene import Scene
from core.localtime import local_day, local_night, night_of
from core.places import RoomKind

NAME = "night_absence"
ONE_DAY = timedelta(days=1)
NIGHTS = 28
LEAST_NIGHTS = 7
ABOUT = 90 * MINUTE  # what counts as the same time of the night
BEFORE_MIDNIGHT = 6 * HOUR
SERIOUS = 6.0  # times what is tolerated at which it is as severe as it gets
AT_THE_DOOR = (ROOMS[RoomKind.ENTRANCE], ROOMS[RoomKind.HALL], ROOMS[RoomKind.OUTSIDE])
# Where it is not known when somebody sleeps, everybody does from 23:00 to 5:00 (hours after the midnight before).
ASLEEP, AWAKE = 23.0, 29.0
FALLEN_ASLEEP, BEFORE_WAKING = 0.5, 1.0  # hours after the usual beginning of sleep, and before its usual end
KNOWN_BY = "night_door"  # the indicator that is there for each night whose door was watched


class LeavingSettings(Settings, frozen=True):
    """When a night is, and how long an absence may be.

    From `from_hour` to `to_hour` on the clock. Somebody who is always seen then is missed after `least` minutes; before
    that is known, after `unknown` minutes; whoever sometimes is not, after `factor` times the longest usual absence.
    """

    from_hour: Annotated[int, msgspec.Meta(ge=18, le=23)] = 22
    to_hour: Annotated[int, msgspec.Meta(ge=1, le=9)] = 6
    least: Annotated[int, msgspec.Meta(ge=5, le=240)] = 15
    unknown: Annotated[int, msgspec.Meta(ge=5, le=240)] = 30
    factor: Annotated[float, msgspec.Meta(ge=1, le=10)] = 1.5


@dataclass(frozen=True, slots=True)
class NightAbsence:
    """How long an absence about a time of the night is, beside those of the nights before (minutes, 0 for none).

    The score is the absence by what is tolerated: `factor` times the 90 % quantile, and `least` at least.
    """

    name: ClassVar[str] = "night_absence"
    version: ClassVar[str] = "1"

    least: float
    factor: float
    usual: Baseline | None = None

    @property
    def tolerated(self) -> float | None:
        """Minutes of absence that are tolerated; None before enough nights are known."""
        return None if self.usual is None else max(self.least, self.factor * self.usual.high)

    def learn(self, values: npt.NDArray[np.float64]) -> Self:
        """Return a detector that knows the absences of the nights before, in their order, NaN where unknown."""
        known = np.sort(values[~np.isnan(values)][-NIGHTS:])
        if len(known) < LEAST_NIGHTS:
            return replace(self, usual=None)
        low, high = (float(known[round((len(known) - 1) * share)]) for share in (LOW, HIGH))
        return replace(self, usual=Baseline(float(np.median(known)), self.least, low, high, len(known)))

    def score(self, value: float) -> float | None:
        """Return how unusual an absence is, 1 being the threshold; None for NaN or before enough has been learned."""
        tolerated = self.tolerated
        return None if tolerated is None or np.isnan(value) else max(0.0, value / tolerated)

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


class Absence(NamedTuple):
    """From the last sign at the door until somebody is seen inside, or until now where it has not `ended`."""

    away: Span
    ended: bool


class Leaving:
    """The rule."""

    name = NAME
    kinds = (NAME,)
    settings = LeavingSettings
    mode = Mode.ACTIVE
    lasting = False
    awaits = True

    def span(self, scene: Scene) -> Span:
        """Return in which time that begins what `judge` finds: on the day, or late in the evening before it."""
        return Span(scene.own.start - BEFORE_MIDNIGHT, scene.own.end)

    def judge(self, scene: Scene, past: Past, settings: LeavingSettings) -> list[Met]:
        """Return the absences by night that last longer than this person's do."""
        found = []
        for absence in absences(scene, self.span(scene), settings):
            own = NightAbsence(settings.least, settings.factor).learn(_habit(absence, scene, past))
            tolerated = settings.unknown if own.tolerated is None else own.tolerated
            if absence.away.length < tolerated * MINUTE or _somebody_left(absence, scene, past):
                continue
            if not _is_usually_asleep(absence.away.start, scene, past):
                continue
            watched = Span(absence.away.start - HOUR, absence.away.end)
            coverage = min(scene.known(watched, devices) for devices in (scene.watching, scene.doors))
            if coverage >= LIMIT:
                found.append(_met(absence, own, tolerated, coverage, scene))
        return found


def absences(scene: Scene, within: Span, settings: LeavingSettings) -> Iterator[Absence]:
    """Yield the absences that begin in a span at night and last for `least` minutes at least."""
    signs = scene.signs.where(~scene.signs.left)
    if not signs.door.any():
        return
    at, until = signs.at, scene.window.end
    following = np.append(at[1:], until)
    for gap in np.flatnonzero(following - at >= settings.least * MINUTE):
        start, end = int(at[gap]), int(following[gap])
        if not within.start <= start < within.end or not is_night(start, scene, settings.from_hour, settings.to_hour):
            continue
        first = int(np.searchsorted(at, start - outing.LEAVING))
        doors = first + np.flatnonzero(signs.door[first : gap + 1])
        if len(doors) and _only_at_the_door(scene, int(at[doors[-1]]), start, int(signs.room_id[doors[-1]])):
            yield Absence(Span(start, end), end < until)


def is_night(at: int, scene: Scene, from_hour: int, to_hour: int) -> bool:
    """Tell whether an instant lies in the hours of the night on the clock of the home."""
    hour = instant(at).astimezone(scene.zone).hour
    return hour >= from_hour or hour < to_hour


def _is_usually_asleep(at: int, scene: Scene, past: Past) -> bool:
    """Tell whether this person usually sleeps at an instant, by the median beginning and end of the last nights."""
    night = night_of(instant(at), scene.zone)
    hours = (at - micros(local_day(night, scene.zone).start)) / HOUR
    begins = _usually("sleep_start", night, past)
    ends = _usually("sleep_end", night, past)
    since = ASLEEP if begins is None else begins + FALLEN_ASLEEP
    until = AWAKE if ends is None else ends - BEFORE_WAKING
    return since <= hours < until


def _usually(kind: str, night: date, past: Past) -> float | None:
    values = past.values(kind, night - NIGHTS * ONE_DAY, night - ONE_DAY).values()
    known = [value for value in values if not np.isnan(value)]
    return float(np.median(known)) if len(known) >= LEAST_NIGHTS else None


def _only_at_the_door(scene: Scene, moved: int, until: int, room: int) -> bool:
    """Tell whether nobody was seen farther inside after the door was moved."""
    after = scene.signs.within(Span(moved + 1, until + 1))
    return bool(np.all(after.left | after.door | (after.room_id == room) | np.isin(after.room_kind, AT_THE_DOOR)))


def _habit(absence: Absence, scene: Scene, past: Past) -> npt.NDArray[np.float64]:
    """Return for how long nobody was seen after the door about that time of each night before (min), NaN if unknown."""
    night = night_of(instant(absence.away.start), scene.zone)
    first = night - NIGHTS * ONE_DAY
    known = past.values(KNOWN_BY, first, night - ONE_DAY)
    since = Span(micros(local_night(first, scene.zone).start), micros(local_night(night, scene.zone).start))
    not_seen = past.episodes((outing.KIND, outing.QUIET), since)
    after_noon = absence.away.start - micros(local_night(night, scene.zone).start)
    return np.array(
        [
            np.nan if np.isnan(known.get(each, np.nan)) else _longest(not_seen, each, after_noon, scene)
            for each in (first + n * ONE_DAY for n in range(NIGHTS))
        ]
    )


def _longest(not_seen: Sequence[Episode], night: date, after_noon: int, scene: Scene) -> float:
    about = micros(local_night(night, scene.zone).start) + after_noon
    window = Span(about - ABOUT, about + ABOUT)
    return max((e.end - e.start for e in not_seen if overlap(Span(e.start, e.end), window)), default=0) / MINUTE


def _somebody_left(absence: Absence, scene: Scene, past: Past) -> bool:
    """Tell whether somebody who was expected then has gone home."""
    at = instant(absence.away.start)
    for visit in past.visits:
        expected = visit.on(at.astimezone(scene.zone).date(), scene.zone)
        if expected is not None and expected.start <= at <= expected.end + timedelta(hours=1):
            return True
    return False


def _met(absence: Absence, own: NightAbsence, tolerated: float, coverage: float, scene: Scene) -> Met:
    start, end = (instant(each).astimezone(scene.zone) for each in absence.away)
    minutes = absence.away.length / MINUTE
    return Met(
        NAME,
        absence.away,
        absence.away.start + round(tolerated * MINUTE),
        min(1.0, 0.6 + 0.4 * minutes / tolerated / SERIOUS),
        round(coverage, 4),
        wording.left_at_night(start, end, own.usual, coverage, ended=absence.ended),
        {
            "left_at": instant(absence.away.start).isoformat(),
            "back_at": instant(absence.away.end).isoformat() if absence.ended else None,
            "minutes": round(minutes, 1) if absence.ended else None,
            "tolerated_minutes": tolerated,
            "usual": None if own.usual is None else own.usual._asdict(),
        },
    )

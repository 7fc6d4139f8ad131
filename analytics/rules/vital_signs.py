"""Vital signs, where they are measured: limits that can be set, and the person's own range, both ways.

**Off by default**: Vicino is about wellbeing and is no medical device. A service that answers for it switches the rule
on and sets what its doctors want to be told of. Only limits and figures are named, never what they may mean. A gain of
weight by 2 kg within 3 days is what the Heart Failure Association of the ESC advises to tell; it has a limit here, not
a name.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Annotated, ClassVar, NamedTuple, Self

import msgspec
import numpy as np
import numpy.typing as npt

from analytics.baseline import DAYS, REACH, Baseline, baseline
from analytics.detectors.protocol import Reason, State
from analytics.explanation import Sentence
from analytics.frames import Span
from analytics.indicators.vital_signs import SPREADS, median_of
from analytics.rules import wording
from analytics.rules.protocol import Met, Mode, Past, Settings
from analytics.rules.scene import Scene

NAME = "vital_signs"
ONE_DAY = timedelta(days=1)
WEIGHT = "body_weight"
SEVERITY, SERIOUS = 0.4, 3.0


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values at or beyond which a day's median is told, in the unit of the quantity; None sets none."""

    low: float | None = None
    high: float | None = None


class VitalSettings(Settings, frozen=True):
    """What is told of vital signs.

    `limits` by quantity, none by default. `gain` (kg) within `gain_days` of the weight (0: not told). `own_range`: tell
    of values `z` robust standard deviations and more off the person's own median, both ways.
    """

    limits: dict[str, Limits] = {}  # noqa: RUF012 - msgspec copies it
    gain: Annotated[float, msgspec.Meta(ge=0, le=20)] = 2.0
    gain_days: Annotated[int, msgspec.Meta(ge=1, le=14)] = 3
    own_range: bool = True
    z: Annotated[float, msgspec.Meta(ge=1, le=20)] = 4.0


@dataclass(frozen=True, slots=True)
class OwnRange:
    """Robust z in both directions: |value - median| / spread, against `limit`, as `detectors.sudden` does for one.

    What differs by less than `least` (in the unit of the quantity) from the usual range is not worth a word.
    """

    name: ClassVar[str] = "own_range"
    version: ClassVar[str] = "1"

    spread_floor: float
    least: float
    limit: float = 4.0
    usual: Baseline | None = None

    def learn(self, values: npt.NDArray[np.float64]) -> Self:
        """Return a detector that knows the values of the days before, in their order, NaN where there is none."""
        return replace(self, usual=baseline(values[~np.isnan(values)][-DAYS:], self.spread_floor))

    def score(self, value: float) -> float | None:
        """Return how unusual `value` is, 1 being the threshold; None for NaN or before enough has been learned."""
        if self.usual is None or math.isnan(value):
            return None
        z = abs(value - self.usual.median) / self.usual.spread
        beyond = max(value - self.usual.high, self.usual.low - value)
        return max(0.0, min(z / self.limit, beyond / self.least))

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


class _Told(NamedTuple):
    """Why a value is told of."""

    reason: str
    said: Sentence
    severity: float


class VitalSigns:
    """The rule."""

    name = NAME
    kinds = tuple(f"vital_{quantity}" for quantity in SPREADS)
    settings = VitalSettings
    mode = Mode.OFF
    lasting = False
    awaits = False

    def span(self, scene: Scene) -> Span:
        """Return in which time that begins what `judge` finds: on the day."""
        return scene.own

    def judge(self, scene: Scene, past: Past, settings: VitalSettings) -> list[Met]:
        """Return what stands out among the day's values; by a limit first, then a gain, then the person's own range."""
        found = []
        for quantity in SPREADS:
            value = median_of(quantity, scene.tracks, scene.own)
            if value is None:
                continue
            values = {**past.values(quantity, scene.day - REACH, scene.day - ONE_DAY), scene.day: value}
            told = _told(quantity, scene.day, values, settings)
            if told is not None:
                found.append(_met(quantity, value, told, scene))
        return found


def _told(quantity: str, day: date, values: Mapping[date, float], settings: VitalSettings) -> _Told | None:
    value = values[day]
    limits = settings.limits.get(quantity, Limits())
    for name, limit, beyond in (
        ("low", limits.low, limits.low is not None and value <= limits.low),
        ("high", limits.high, limits.high is not None and value >= limits.high),
    ):
        if beyond and limit is not None:
            return _Told(name, wording.beyond_limit(quantity, day, value, limit, above=name == "high"), 0.7)
    if quantity == WEIGHT and settings.gain:
        before = {
            day - ago * ONE_DAY: values.get(day - ago * ONE_DAY, math.nan) for ago in range(1, settings.gain_days + 1)
        }
        least = min(((w, d) for d, w in before.items() if not math.isnan(w)), default=None)
        if least is not None and value - least[0] >= settings.gain:
            return _Told("gain", wording.weight_gain(day, value, least[0], (day - least[1]).days, settings.gain), 0.6)
    return _unusual(quantity, day, values, settings) if settings.own_range else None


def _unusual(quantity: str, day: date, values: Mapping[date, float], settings: VitalSettings) -> _Told | None:
    earlier = np.array([values[each] for each in sorted(values) if each < day], dtype=np.float64)
    reason = OwnRange(*SPREADS[quantity], settings.z).learn(earlier).explain(values[day])
    if reason is None or reason.score < 1:
        return None
    said = wording.beyond_own_range(quantity, day, reason.value, reason.usual)
    return _Told("own_range", said, min(1.0, SEVERITY * max(1.0, reason.score / SERIOUS)))


def _met(quantity: str, value: float, told: _Told, scene: Scene) -> Met:
    measured = [
        int(track.at[np.searchsorted(track.at, scene.own.end) - 1])
        for track in scene.tracks
        if track.source.quantity == quantity and len(track.at)
    ]
    last = max(measured)
    evidence = {"day": scene.day.isoformat(), "value": value, "reason": told.reason}
    return Met(f"vital_{quantity}", Span(scene.own.start, last), last, told.severity, 1.0, told.said, evidence)

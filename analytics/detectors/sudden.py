"""A sudden change: one day far above the person's own usual range."""

import math
from dataclasses import asdict, dataclass, replace
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from analytics.baseline import Baseline, baseline
from analytics.detectors.protocol import Reason, State

LIMIT = 4.0  # robust standard deviations


@dataclass(frozen=True, slots=True)
class Sudden:
    """Robust z: z = (value - median) / spread, as Iglewicz and Hoaglin (1993) advise against outliers.

    A value is worth a finding if z is at least `limit` **and** it lies at least `least_excess` (in the
    indicator's unit) above the usual range: one visit more is no news however regular a person is. The score is
    the smaller of the two quotients. Iglewicz and Hoaglin take 3.5 for single values; a count that is skewed to
    the right asks for a little more.
    """

    name: ClassVar[str] = "sudden"
    version: ClassVar[str] = "1"

    spread_floor: float
    least_excess: float
    limit: float = LIMIT
    usual: Baseline | None = None

    def learn(self, values: npt.NDArray[np.float64]) -> Self:
        """Return a detector that knows the values of the days before, in their order, NaN where there is none."""
        return replace(self, usual=baseline(values[~np.isnan(values)], self.spread_floor))

    def score(self, value: float) -> float | None:
        """Return how unusual `value` is, 1 being the threshold; None for NaN or before enough has been learned."""
        if self.usual is None or math.isnan(value):
            return None
        z = (value - self.usual.median) / self.usual.spread
        return max(0.0, min(z / self.limit, (value - self.usual.high) / self.least_excess))

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

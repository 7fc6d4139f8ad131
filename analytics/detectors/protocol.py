"""What a detector is."""

from typing import Any, ClassVar, NamedTuple, Protocol, Self

import numpy as np
import numpy.typing as npt

from analytics.baseline import Baseline

State = dict[str, Any]


class Reason(NamedTuple):
    """Why a value has the score it has: the value, what was usual, and the score."""

    value: float
    usual: Baseline
    score: float


class Detector(Protocol):
    """Learns what is usual for one indicator of one person and says how unusual a new value is.

    A score of 1 is the threshold: from there on the value is worth a finding. Scores say nothing about what would
    have to be done. A detector never sees a day later than the one it judges, never fails on missing days, and
    is the same after `from_state(state())`.
    """

    name: ClassVar[str]
    version: ClassVar[str]

    def learn(self, values: npt.NDArray[np.float64]) -> Self:
        """Return a detector that knows the values of the days before, in their order, NaN where there is none."""

    def score(self, value: float) -> float | None:
        """Return how unusual `value` is, 1 being the threshold; None for NaN or before enough has been learned."""

    def explain(self, value: float) -> Reason | None:
        """Return what the score of `value` rests on; None where there is no score."""

    def state(self) -> State:
        """Return all it has learned as plain values that JSON can hold."""

    @classmethod
    def from_state(cls, state: State) -> Self:
        """Return the detector that `state` was taken from."""

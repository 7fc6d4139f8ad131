"""Gradient boosting of stumps: a sum of one-feature steps, so that what each feature adds can still be told.

Friedman, *Greedy function approximation: a gradient boosting machine* (2001), with the logistic loss and leaves of one
Newton step. Stumps make the model additive: no interactions, a curve for each feature.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from analytics.learned.logistic import prior_logit, probability
from analytics.learned.movement import Floats

CUTS = 32  # of each feature, by its quantiles


class Stump(NamedTuple):
    """Adds `low` to the logit where the feature is at most `cut`, else `high`."""

    feature: int
    cut: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Boosting:
    """`rounds` stumps, each weighed by `rate`; no leaf has fewer than `least` rows, and `shrink` holds leaves back."""

    rounds: int = 80
    rate: float = 0.1
    least: int = 20
    shrink: float = 1.0
    features: int = 0
    intercept: float = 0.0
    stumps: tuple[Stump, ...] = ()

    @classmethod
    def with_settings(cls, settings: Mapping[str, float]) -> Self:
        """Return a model that has learned nothing; raises `KeyError` for a setting it does not have."""
        return cls(rounds=int(settings["rounds"]), rate=settings["rate"])

    def fit(self, rows: Floats, labelled: npt.NDArray[np.bool_]) -> Self:
        """Return the model that has learned `rows` (rows x features) and which of them were labelled."""
        truth = labelled.astype(np.float64)
        intercept = prior_logit(labelled)
        cuts = [np.unique(np.quantile(column, np.linspace(0, 1, CUTS + 2)[1:-1])) for column in rows.T]
        below = [column[:, None] <= cut for column, cut in zip(rows.T, cuts, strict=True)]
        logit = np.full(len(rows), intercept)
        stumps: list[Stump] = []
        for _ in range(self.rounds if labelled.any() else 0):
            chance = probability(logit)
            best = self._best(below, cuts, truth - chance, chance * (1 - chance))
            if best is None:
                break
            stumps.append(best)
            logit += np.where(rows[:, best.feature] <= best.cut, best.low, best.high)
        return type(self)(self.rounds, self.rate, self.least, self.shrink, rows.shape[1], intercept, tuple(stumps))

    def _best(
        self, below: list[npt.NDArray[np.bool_]], cuts: list[Floats], slope: Floats, bend: Floats
    ) -> Stump | None:
        best, gain = None, 0.0
        for feature, (under, cut) in enumerate(zip(below, cuts, strict=True)):
            count = under.sum(axis=0)
            low_slope, low_bend = slope @ under, bend @ under
            high_slope, high_bend = slope.sum() - low_slope, bend.sum() - low_bend
            gains = low_slope**2 / (low_bend + self.shrink) + high_slope**2 / (high_bend + self.shrink)
            gains[(count < self.least) | (len(slope) - count < self.least)] = 0.0
            at = int(np.argmax(gains))
            if gains[at] > gain:
                gain = float(gains[at])
                low = self.rate * low_slope[at] / (low_bend[at] + self.shrink)
                high = self.rate * high_slope[at] / (high_bend[at] + self.shrink)
                best = Stump(feature, float(cut[at]), float(low), float(high))
        return best

    def logit(self, rows: Floats) -> Floats:
        """Return the logit of each row."""
        logit: Floats = self.contributions(rows).sum(axis=1) + self.intercept
        return logit

    def contributions(self, rows: Floats) -> Floats:
        """Return what each feature adds to the logit of each row, NaN where a feature is."""
        added = rows * 0.0
        for stump in self.stumps:
            added[:, stump.feature] += np.where(rows[:, stump.feature] <= stump.cut, stump.low, stump.high)
        return added

    def state(self) -> dict[str, Any]:
        """Return all it has learned as plain values that JSON can hold."""
        return {
            "rounds": self.rounds,
            "rate": self.rate,
            "least": self.least,
            "shrink": self.shrink,
            "features": self.features,
            "intercept": self.intercept,
            "stumps": [list(stump) for stump in self.stumps],
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Return the model that `state` was taken from."""
        stumps = tuple(Stump(int(f), float(cut), float(low), float(high)) for f, cut, low, high in state["stumps"])
        return cls(**state | {"stumps": stumps})

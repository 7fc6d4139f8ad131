"""Logistic regression with a ridge penalty, for tables of some thousand rows and a handful of features."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from analytics.learned.movement import Floats

STEPS = 50
CLOSE = 1e-9
LARGE = 30.0  # beyond it a logit is certain, and exp of it pointless


def probability(logit: Floats) -> Floats:
    """Return the probability of a logit."""
    chance: Floats = 1.0 / (1.0 + np.exp(-np.clip(logit, -LARGE, LARGE)))
    return chance


def prior_logit(labelled: npt.NDArray[np.bool_]) -> float:
    """Return the logit of the share of labelled rows, counting one more of each kind: finite also without any."""
    share = (np.count_nonzero(labelled) + 1) / (len(labelled) + 2)
    return float(np.log(share / (1 - share)))


@dataclass(frozen=True, slots=True)
class Logistic:
    """log(p / (1 - p)) = intercept + sum of weight x (feature - centre) / scale.

    The weights minimise the negative log likelihood plus `ridge` / 2 times their squares, the intercept being free
    (Hoerl and Kennard 1970; le Cessie and van Houwelingen 1992), by Newton's method with a halved step where a full one
    would not improve. Centre and scale are those of the rows learned from.
    """

    ridge: float = 1.0
    centre: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    intercept: float = 0.0

    @classmethod
    def with_settings(cls, settings: Mapping[str, float]) -> Self:
        """Return a model that has learned nothing; raises `KeyError` for a setting it does not have."""
        return cls(ridge=settings["ridge"])

    def fit(self, rows: Floats, labelled: npt.NDArray[np.bool_]) -> Self:
        """Return the model that has learned `rows` (rows x features) and which of them were labelled."""
        centre, spread = rows.mean(axis=0), rows.std(axis=0)
        scale = np.where(spread > 0, spread, 1.0)
        design = np.column_stack(((rows - centre) / scale, np.ones(len(rows))))
        penalty = np.append(np.full(rows.shape[1], self.ridge), 0.0)
        truth = labelled.astype(np.float64)
        weights = np.append(np.zeros(rows.shape[1]), prior_logit(labelled))
        loss = _loss(design, truth, weights, penalty)
        for _ in range(STEPS if 0 < truth.sum() < len(truth) else 0):
            chance = probability(design @ weights)
            gradient = design.T @ (chance - truth) + penalty * weights
            hessian = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(penalty + CLOSE)
            step = np.linalg.solve(hessian, gradient)
            size = 1.0
            while size > CLOSE and _loss(design, truth, weights - size * step, penalty) > loss:
                size /= 2
            weights = weights - size * step
            improved = loss - (loss := _loss(design, truth, weights, penalty))
            if improved < CLOSE:
                break
        return type(self)(
            self.ridge,
            tuple(map(float, centre)),
            tuple(map(float, scale)),
            tuple(map(float, weights[:-1])),
            float(weights[-1]),
        )

    def logit(self, rows: Floats) -> Floats:
        """Return the logit of each row."""
        logit: Floats = self.contributions(rows).sum(axis=1) + self.intercept
        return logit

    def contributions(self, rows: Floats) -> Floats:
        """Return what each feature adds to the logit of each row, compared with the average row learned from."""
        added: Floats = (rows - np.array(self.centre)) / np.array(self.scale) * np.array(self.weights)
        return added

    def state(self) -> dict[str, Any]:
        """Return all it has learned as plain values that JSON can hold."""
        return {
            "ridge": self.ridge,
            "centre": list(self.centre),
            "scale": list(self.scale),
            "weights": list(self.weights),
            "intercept": self.intercept,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Return the model that `state` was taken from."""
        return cls(
            float(state["ridge"]),
            tuple(map(float, state["centre"])),
            tuple(map(float, state["scale"])),
            tuple(map(float, state["weights"])),
            float(state["intercept"]),
        )


def _loss(design: Floats, truth: Floats, weights: Floats, penalty: Floats) -> float:
    logit = np.clip(design @ weights, -LARGE, LARGE)
    return float(np.sum(np.logaddexp(0.0, logit) - truth * logit) + np.sum(penalty * weights**2) / 2)

"""The detector that learns from labelled days: how likely is it that who knows the person would label this one.

Each part of a day is judged by itself, and the day's chance is that of its most likely part: the parts of a day go
together, so that to add them up as if they were independent would be wrong. A label speaks of the part that had just
ended. The state is plain JSON, checked when it is read: nothing that is loaded can run.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from analytics.learned.boosting import Boosting
from analytics.learned.features import NAMES
from analytics.learned.logistic import Logistic, probability
from analytics.learned.movement import Bools, Floats
from core.errors import VicinoError

Family = Logistic | Boosting
FAMILIES: Mapping[str, type[Logistic] | type[Boosting]] = {"logistic": Logistic, "boosting": Boosting}


class ModelError(VicinoError):
    """A file is no model of this version."""


class Examples(NamedTuple):
    """Days from which to learn, of each of which at least one part is known.

    `rows` are features (days x parts x `NAMES`, NaN in parts that are not known), `parts` tells which parts were
    labelled (days x parts), `labelled` which days were, and `day` holds their ordinals.
    """

    rows: Floats
    parts: Bools
    labelled: Bools
    day: npt.NDArray[np.int64]

    def where(self, chosen: Bools) -> "Examples":
        """Return the chosen days."""
        return Examples(self.rows[chosen], self.parts[chosen], self.labelled[chosen], self.day[chosen])


def together(examples: Sequence[Examples]) -> Examples:
    """Return the days of several homes as one table."""
    return Examples(*(np.concatenate(column) for column in zip(*examples, strict=True)))


class Candidate(NamedTuple):
    """A way to learn: a family of models with its settings, and the features it is shown."""

    name: str
    family: str
    features: tuple[str, ...]
    settings: tuple[tuple[str, float], ...] = ()

    @property
    def columns(self) -> list[int]:
        """Where its features stand in `NAMES`."""
        return [NAMES.index(name) for name in self.features]


class Member(NamedTuple):
    """A model of a pool: as what it learned, and its weight; the weights of a pool sum to 1."""

    candidate: Candidate
    model: Family
    weight: float


class Why(NamedTuple):
    """Why a day has the score it has: the part of the day that weighs most, and what each feature adds to its logit."""

    part: int
    score: float
    values: dict[str, float]
    added: dict[str, float]


@dataclass(frozen=True, slots=True)
class Learned:
    """A learned detector. `threshold` is the chance from which a day is worth a finding: there the score is 1.

    Its models are pooled by the weighted mean of their logits (a logarithmic opinion pool: Genest and Zidek 1986), so
    that what each feature adds can be told of the pool as well.
    """

    name: ClassVar[str] = "learned"
    version: ClassVar[str] = "1"

    candidates: tuple[tuple[Candidate, float], ...]
    threshold: float | None = None
    members: tuple[Member, ...] = ()
    days: int = 0
    labelled: int = 0
    until: int = 0

    def learn(self, examples: Examples) -> Self:
        """Return a detector that has learned from `examples`. A part of a day that is not known teaches nothing."""
        rows = examples.rows.reshape(-1, len(NAMES))
        known = ~np.isnan(rows).any(axis=1)
        rows, truth = rows[known], examples.parts.reshape(-1)[known]
        members = tuple(
            Member(
                each, FAMILIES[each.family].with_settings(dict(each.settings)).fit(rows[:, each.columns], truth), weight
            )
            for each, weight in self.candidates
        )
        return replace(
            self,
            members=members,
            days=len(examples.day),
            labelled=int(examples.labelled.sum()),
            until=int(examples.day.max(initial=0)),
        )

    def chances(self, rows: Floats) -> Floats:
        """Return the chance of each day (days x parts x `NAMES`) to be labelled; NaN where no part is known."""
        logits = self._logits(rows)
        likeliest: Floats = np.nan_to_num(probability(logits)).max(axis=1, initial=0.0)
        return np.where(np.isnan(logits).all(axis=1), np.nan, likeliest)

    def score(self, row: Floats) -> float | None:
        """Return how unusual a day (parts x `NAMES`) is, 1 being the threshold; None for NaN or before learning."""
        if not self.members or self.threshold is None:
            return None
        chance = float(self.chances(row[None])[0])
        return None if np.isnan(chance) else chance / self.threshold

    def explain(self, row: Floats) -> Why | None:
        """Return what the score of a day rests on; None where there is no score."""
        score = self.score(row)
        if score is None:
            return None
        part = int(np.nanargmax(self._logits(row[None])[0]))
        added = np.zeros(len(NAMES))
        for candidate, model, weight in self.members:
            added[candidate.columns] += weight * model.contributions(row[part][None, candidate.columns])[0]
        values = map(float, row[part])
        return Why(part, score, dict(zip(NAMES, values, strict=True)), dict(zip(NAMES, map(float, added), strict=True)))

    def state(self) -> dict[str, Any]:
        """Return all it has learned as plain values that JSON can hold."""
        return {
            "detector": self.name,
            "version": self.version,
            "candidates": [
                [one.name, one.family, list(one.features), dict(one.settings), weight]
                for one, weight in self.candidates
            ],
            "models": [member.model.state() for member in self.members],
            "threshold": self.threshold,
            "days": self.days,
            "labelled": self.labelled,
            "until": self.until,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Return the detector that `state` was taken from; raises `ModelError` if it is none of this version."""
        if state.get("detector") != cls.name or state.get("version") != cls.version:
            raise ModelError(
                f"This is no model of the detector {cls.name!r}, version {cls.version}.",
                advice="train it again: vicino evaluate tihm --report writes the model beside the figures",
            )
        candidates = tuple(
            (Candidate(name, family, tuple(features), tuple(settings.items())), float(weight))
            for name, family, features, settings, weight in state["candidates"]
        )
        if any(set(one.features) - set(NAMES) or one.family not in FAMILIES for one, _ in candidates):
            raise ModelError("The model knows other features than this version.", advice="train it again")
        members = tuple(
            Member(one, FAMILIES[one.family].from_state(learned), weight)
            for (one, weight), learned in zip(candidates, state["models"], strict=bool(state["models"]))
        )
        return cls(candidates, state["threshold"], members, state["days"], state["labelled"], state["until"])

    def _logits(self, rows: Floats) -> Floats:
        pooled = np.zeros(rows.shape[:2])
        for candidate, model, weight in self.members:
            flat = rows[..., candidate.columns].reshape(-1, len(candidate.features))
            pooled += weight * model.logit(flat).reshape(rows.shape[:2])
        return pooled


def dumps(model: Learned) -> str:
    """Return a detector as a text for a file."""
    return json.dumps(model.state(), indent=1)


def loads(text: str) -> Learned:
    """Return the detector in a text; raises `ModelError` if there is none in it."""
    try:
        return Learned.from_state(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"This is no model: {error!r}.", advice="train it again") from error

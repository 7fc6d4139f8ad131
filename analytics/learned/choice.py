"""Which models to believe, and how much: by how well each foretold earlier weeks, learned from the weeks before them.

The weight of a candidate is its predictive likelihood on the weeks looked back on (Dawid 1984, prequential; Bayesian
model averaging with equal priors), to the power of 1 / 7: the days of one week of one person are not seven witnesses.
To pick the best one instead would follow chance: between candidates lie differences of a few labels.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analytics.learned.features import BLOCK, NAMES
from analytics.learned.model import Candidate, Examples, Learned
from analytics.learned.movement import Bools, Floats

LEAST_LABELLED = 5  # days, before anything is foretold
WEEKS = 8  # that are looked back on
THRESHOLD_WEEKS = 2  # from which a threshold is taken: older ones were foretold by models that knew less
TINY = 1e-6

_RIDGE = (("ridge", 1.0),)
_MOVEMENT = ("transitions", "sustained", "newcomer")
POOLED: tuple[Candidate, ...] = (
    Candidate("labels", "logistic", (*_MOVEMENT, "labelled_share", "labelled_lately"), _RIDGE),
    Candidate("all", "logistic", NAMES, _RIDGE),
    Candidate("boosting", "boosting", NAMES, (("rounds", 60), ("rate", 0.1))),
)
# Judged beside them, so that everybody sees what each feature is worth; never believed.
COMPARED: tuple[Candidate, ...] = (
    Candidate("count", "logistic", ("transitions",), _RIDGE),
    Candidate("movement", "logistic", ("transitions", "sustained"), _RIDGE),
    Candidate("newcomer", "logistic", _MOVEMENT, _RIDGE),
    Candidate("habit", "logistic", (*_MOVEMENT, "against_habit"), _RIDGE),
    Candidate("all, held back", "logistic", NAMES, (("ridge", 10.0),)),
)


class Trial(NamedTuple):
    """How a candidate did on the weeks before: log loss (nats) in all, on how many days and labels, and its weight."""

    candidate: Candidate
    loss: float
    days: int
    labelled: int
    weight: float


def trials(examples: Examples, before: int, candidates: Sequence[Candidate] = POOLED) -> list[Trial]:
    """Return how each candidate does on the `WEEKS` weeks before the day `before` (an ordinal), walk-forward."""
    found = []
    for candidate in candidates:
        chances = foretold(((candidate, 1.0),), examples, before)
        judged = ~np.isnan(chances)
        found.append((candidate, log_loss(chances[judged], examples.labelled[judged])))
    best = min(loss for _, loss in found)
    likelihood = np.exp([(best - loss) / BLOCK for _, loss in found])
    weights = likelihood / likelihood.sum()
    days, labelled = int(judged.sum()), int(examples.labelled[judged].sum())
    return [
        Trial(candidate, loss, days, labelled, float(weight))
        for (candidate, loss), weight in zip(found, weights, strict=True)
    ]


def pool(found: Sequence[Trial]) -> tuple[tuple[Candidate, float], ...]:
    """Return the candidates with their weights."""
    return tuple((trial.candidate, trial.weight) for trial in found)


def foretold(
    candidates: tuple[tuple[Candidate, float], ...], examples: Examples, before: int, weeks: int = WEEKS
) -> Floats:
    """Return the chances of the days of the `weeks` weeks before `before`, each learned from the days before its week.

    NaN for all other days, and for weeks before which fewer than `LEAST_LABELLED` days were labelled.
    """
    chances = np.full(len(examples.day), np.nan)
    for number in range(weeks, 0, -1):
        first = before - BLOCK * number
        past = examples.where(examples.day < first)
        week = (examples.day >= first) & (examples.day < first + BLOCK)
        if past.labelled.sum() >= LEAST_LABELLED and week.any():
            chances[week] = Learned(candidates).learn(past).chances(examples.rows[week])
    return chances


def log_loss(chances: Floats, labelled: Bools) -> float:
    """Return the negative log likelihood (nats) of what came, by the chances that were given."""
    certain = np.clip(chances, TINY, 1 - TINY)
    return -float(np.sum(np.where(labelled, np.log(certain), np.log(1 - certain))))

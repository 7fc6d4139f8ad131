"""Homes made by a seed, in which restless days are labelled: often, not always."""

from datetime import date, timedelta

import numpy as np

from analytics.learned.features import Lived, features
from analytics.learned.model import Examples, together

FIRST = date(2019, 4, 1)


def lived(days: int, seed: int, restless: float = 0.1) -> tuple[Lived, np.ndarray]:
    """Return the days of a home and which parts of them are restless."""
    chance = np.random.default_rng(seed)
    busy = chance.random((days, 2)) < restless
    counts = chance.poisson(np.where(busy, 26, 11)[..., None], (days, 2, 6)).astype(float)
    coverage = np.where(chance.random((days, 2)) < 0.05, 0.4, 1.0)
    present = np.ones(days, dtype=bool)
    return Lived([FIRST + timedelta(days=n) for n in range(days)], counts, coverage, present), busy


def examples(homes: int, days: int, seed: int) -> Examples:
    """Return the days of several homes as the detector learns from them."""
    tables = []
    for number in range(homes):
        one, busy = lived(days, 1000 * seed + number)
        parts = busy & (np.random.default_rng(seed + number).random(busy.shape) < 0.8)
        labelled = parts.any(axis=1)
        marked = [day for day, given in zip(one.days, labelled, strict=True) if given]
        ordinals = np.array([day.toordinal() for day in one.days])
        known = one.known.any(axis=1)
        tables.append(Examples(features(one, marked, one.days[-1]), parts, labelled, ordinals).where(known))
    return together(tables)

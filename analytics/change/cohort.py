"""What is usual among people of the same age, for whoever is not known for two weeks yet.

A person's usual figure is drawn towards that of the cohort by how much the people of it differ (empirical Bayes with
normal distributions: Efron and Morris, J. Am. Stat. Assoc. 1975, 70:311). With n days known, a day's deviation s and
a deviation t between people,

    usual = (e * median + k * cohort) / (e + k),   k = s^2 / t^2,   e = n * 2 / pi

and e + k days are what it rests on. The median of few days is what its mean would be of 2 / pi as many (its efficiency
under a normal distribution); s is the deviation of the person's days by the median deviation, moderated by what is
typical of many homes as ever (`departure.moderated`), counting 0.37 of a day each (the efficiency of the median
deviation, Rousseeuw and Croux, J. Am. Stat. Assoc. 1993, 88:1273). It is uncertain itself, and taken `UNCERTAIN` times
larger: with that, no more is told in the second week of recorded homes than later. After two weeks the person's own
days count alone; what is slow waits for them.

Figures are on the scale on which changes are judged (`departure.judged_as`).
"""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.baseline import HIGH, LEAST_DAYS, LOW, MAD_TO_SIGMA, middle

Values = npt.NDArray[np.float64]

EARLIEST = 7  # days known, before which nothing is judged
UNCERTAIN = 1.3
MEDIAN_COUNTS, DEVIATION_COUNTS = 2 / math.pi, 0.37
# People differ at least by this part of what is seen, and of the error: chance may have made them alike.
LEAST_OF_DIFFERENCE, LEAST_OF_ERROR = 0.25, 0.5
LEAST_HOMES = 8  # of an age band: with fewer its people are not told apart from the others
TENTH = 1.2816  # deviations from the middle of a normal distribution to its 10 % quantile
ALL = "all"
# People younger than the limit are of the band; the last has none.
BANDS: tuple[tuple[int, str], ...] = ((80, "under 80"), (90, "80 to 89"), (200, "90 and over"))


class Prior(NamedTuple):
    """What is usual for an indicator in a cohort: the middle of its people, how much they differ, how many they are."""

    middle: float
    between: float
    homes: int


class Known(NamedTuple):
    """What is known of an indicator of one home: the middle of its days, and the standard error of that."""

    middle: float
    error: float


class Drawn(NamedTuple):
    """A person's usual figure and deviation of single days, and on how many days they rest."""

    middle: float
    spread: float
    days: float


# By indicator and band of age.
Priors = Mapping[str, Mapping[str, Prior]]


class Cohorts(NamedTuple):
    """The cohorts of this version, and in words which homes they were made from."""

    version: str
    made_from: str
    priors: Priors


def band_of(birth_year: int | None, year: int) -> str:
    """Return the band of age of somebody in a year; all ages where it is not known."""
    if birth_year is None:
        return ALL
    return next((name for limit, name in BANDS if year - birth_year < limit), ALL)


def drawn(figures: Values, typical: float, typical_days: float, floor: float, prior: Prior) -> Drawn:
    """Return what is usual for a person of whom `figures` of at least `EARLIEST` days are known, none NaN.

    `typical` is the deviation of single days in many homes, which counts as `typical_days`; `floor` is the least.
    """
    ordered = np.sort(figures)
    median = middle(ordered)
    deviation = MAD_TO_SIGMA * middle(np.sort(np.abs(ordered - median)))
    known = DEVIATION_COUNTS * len(ordered)
    spread = math.sqrt((known * deviation**2 + typical_days * typical**2) / (known + typical_days))
    spread = UNCERTAIN * max(spread, floor)
    counts = MEDIAN_COUNTS * len(ordered)
    prior_days = (spread / prior.between) ** 2
    usual = (counts * median + prior_days * prior.middle) / (counts + prior_days)
    return Drawn(usual, spread, counts + prior_days)


def learn(homes: Sequence[tuple[str, Mapping[str, Known]]]) -> Priors:
    """Return the cohorts that homes make: of each its band of age, and what is known of each indicator.

    An indicator or band that fewer than `LEAST_HOMES` homes have is left out.
    """
    found: dict[str, dict[str, Prior]] = {}
    for kind in sorted({kind for _, of_home in homes for kind in of_home}):
        by_band = {name: [of[kind] for band, of in homes if band == name and kind in of] for _, name in BANDS}
        by_band[ALL] = [of[kind] for _, of in homes if kind in of]
        of_kind = {band: _prior(each) for band, each in by_band.items() if len(each) >= LEAST_HOMES}
        if of_kind:
            found[kind] = of_kind
    return found


def _prior(known: Sequence[Known]) -> Prior:
    """Return what people differ by beyond the errors of what is known of each; by quantiles, for some differ much."""
    middles, errors = (np.sort(np.array(column)) for column in zip(*known, strict=True))
    centre = middle(middles)
    tenth, nine_tenths = (float(middles[round((len(middles) - 1) * share)]) for share in (LOW, HIGH))
    differ = max(MAD_TO_SIGMA * middle(np.sort(np.abs(middles - centre))), (nine_tenths - tenth) / (2 * TENTH))
    error = middle(errors)
    between = math.sqrt(max(differ**2 - error**2, (LEAST_OF_DIFFERENCE * differ) ** 2, (LEAST_OF_ERROR * error) ** 2))
    return Prior(round(centre, 4), round(between, 4), len(known))


def priors_of(cohorts: Cohorts, band: str) -> dict[str, Prior]:
    """Return what is usual in a band of age for each indicator; of all ages where too few of the band are known."""
    found = {kind: of_kind.get(band) or of_kind.get(ALL) for kind, of_kind in cohorts.priors.items()}
    return {kind: prior for kind, prior in found.items() if prior is not None}


def is_early(days: int) -> bool:
    """Tell whether a person of whom so many days are known is judged by the cohort as well."""
    return EARLIEST <= days < LEAST_DAYS


def as_json(cohorts: Cohorts) -> str:
    """Return cohorts as text; one indicator a line."""
    rows = ",\n".join(
        f"{json.dumps(kind)}: {json.dumps({band: list(prior) for band, prior in of_kind.items()})}"
        for kind, of_kind in sorted(cohorts.priors.items())
    )
    head = json.dumps({"version": cohorts.version, "made_from": cohorts.made_from})
    return f'{head[:-1]}, "priors": {{\n{rows}\n}}}}\n'


def of_json(text: str) -> Cohorts:
    """Return the cohorts that `as_json` wrote."""
    said = json.loads(text)
    priors = {
        kind: {band: Prior(*prior) for band, prior in of_kind.items()} for kind, of_kind in said["priors"].items()
    }
    return Cohorts(said["version"], said["made_from"], priors)


@cache
def shipped() -> Cohorts:
    """Return the cohorts that come with this version."""
    return of_json((files(__package__) / "cohorts.json").read_text(encoding="utf-8"))

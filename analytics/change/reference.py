"""How rare a departure is: compared with those of the calm days of many homes.

Figures of daily life are skewed and follow each other, so z = 3 is rare for one indicator and common for another. The
departures that the calm days of a reference of homes show tell, for each indicator and scale, which share of days shows
at least as much: the p-value of conformal prediction (Vovk, Gammerman and Shafer 2005), p = (1 + how many are at least
as large) / (1 + how many there are). Beyond the 95 % quantile too few are left to count; there the excess is taken to
fall off exponentially (Pickands 1975, with shape 0), with the mean excess as its scale.

Rarity is -log10 p: 2 means one day in a hundred.
"""

import json
import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

TAIL = 0.05
LEAST_EXCESS = 0.15  # spreads: a tail that is shorter is an accident of the reference
GRID = 50
LEAST_DAYS = 200


class Spread(NamedTuple):
    """The departures of one indicator over one number of days: how many, quantiles in order, and the mean excess."""

    days: int
    quantiles: tuple[float, ...]
    excess: float

    def rarity(self, z: float) -> float:
        """Return -log10 of the share of calm days that show at least `z`."""
        border = self.quantiles[-1]
        if z > border:
            return -math.log10(TAIL) + (z - border) / self.excess * math.log10(math.e)
        larger = (1 - TAIL) * (len(self.quantiles) - bisect_left(self.quantiles, z)) / len(self.quantiles) + TAIL
        return -math.log10(min(1.0, (1 + self.days * larger) / (1 + self.days)))


class Reference(NamedTuple):
    """What the calm days of a reference of homes show: spreads by indicator and number of days.

    `rates` are how often a change was told per home and week at each rarity, by domain: what a budget is spent on.
    `made_from` says in words which homes these were.
    """

    version: str
    made_from: str
    spreads: Mapping[tuple[str, int], Spread]
    rates: Mapping[str, Sequence[tuple[float, float]]]
    homes: int

    def rarity(self, kind: str, days: int, z: float) -> float | None:
        """Return how rare a departure is, None for one that the reference does not know."""
        known = self.spreads.get((kind, days))
        return None if known is None else known.rarity(z)


def spread_of(departures: Sequence[float]) -> Spread | None:
    """Return the spread of the departures of calm days; None if there are too few of them."""
    if len(departures) < LEAST_DAYS:
        return None
    ordered = np.sort(np.asarray(departures, dtype=np.float64))
    border = float(np.quantile(ordered, 1 - TAIL))
    beyond = ordered[ordered > border] - border
    excess = max(LEAST_EXCESS, float(beyond.mean()) if len(beyond) else 0.0)
    steps = np.linspace(0, 1 - TAIL, GRID)
    quantiles = tuple(round(float(each), 3) for each in np.quantile(ordered, steps))
    return Spread(len(ordered), quantiles, round(excess, 3))


def as_json(reference: Reference) -> str:
    """Return a reference as text; one spread a line."""
    said = {
        "version": reference.version,
        "made_from": reference.made_from,
        "homes": reference.homes,
        "rates": {name: [list(each) for each in curve] for name, curve in reference.rates.items()},
    }
    spreads = ",\n".join(
        json.dumps({"kind": kind, "scale": scale, **spread._asdict()})
        for (kind, scale), spread in sorted(reference.spreads.items())
    )
    return json.dumps(said)[:-1] + f', "spreads": [\n{spreads}\n]}}\n'


def of_json(text: str) -> Reference:
    """Return the reference that `as_json` wrote."""
    said: dict[str, Any] = json.loads(text)
    return Reference(
        said["version"],
        said["made_from"],
        {
            (each["kind"], each["scale"]): Spread(each["days"], tuple(each["quantiles"]), each["excess"])
            for each in said["spreads"]
        },
        {name: [(rarity, rate) for rarity, rate in curve] for name, curve in said["rates"].items()},
        said["homes"],
    )


@cache
def shipped() -> Reference:
    """Return the reference that comes with this version, made from simulated calm lives."""
    return of_json((files(__package__) / "reference.json").read_text(encoding="utf-8"))

"""How rare a departure is: compared with those of the calm days of many homes.

Figures of daily life are skewed and follow each other, so z = 3 is rare for one indicator and common for another. The
departures that the calm days of a reference of homes show tell, for each indicator and scale, which share of days shows
at least as much: the p-value of conformal prediction (Vovk, Gammerman and Shafer 2005), p = (1 + how many are at least
as large) / (1 + how many there are). Beyond the 95 % quantile too few are left to count; there the excess is taken to
fall off exponentially (Pickands 1975, with shape 0), with the mean excess as its scale.

Rarity is -log10 p: 2 means one day in a hundred.

Days that are rare alike do not begin equally many changes: what is slow stays rare for weeks and is told once. So each
strand has a shift, by which the strands of the reference take the shares of what is told that `budget` gives them.
"""

import json
import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from analytics.change.domains import Domain, Pace, Strand

TAIL = 0.05
LEAST_EXCESS = 0.15  # spreads: a tail that is shorter is an accident of the reference
GRID = 50
LEAST_DAYS = 200


class Spread(NamedTuple):
    """The departures of an indicator or pattern over a number of days: of how many, quantiles in order, mean excess.

    `beyond` is the share of days that lie beyond the last quantile: less than `TAIL` where many days are alike.
    """

    of_days: int
    quantiles: tuple[float, ...]
    beyond: float
    excess: float

    def rarity(self, z: float) -> float:
        """Return -log10 of the share of calm days that show at least `z`."""
        border = self.quantiles[-1]
        if z > border:
            return -math.log10(self.beyond) + (z - border) / self.excess * math.log10(math.e)
        larger = (1 - TAIL) * (len(self.quantiles) - bisect_left(self.quantiles, z)) / len(self.quantiles) + TAIL
        return -math.log10(min(1.0, (1 + self.of_days * larger) / (1 + self.of_days)))


class Reference(NamedTuple):
    """What the calm days of a reference of homes show: spreads of indicators and patterns by number of days.

    `typical` is the spread of single days that is usual for an indicator, on the scale of judging. `rates` are how
    often a change was told per home and week at each rarity, by strand: what a budget is spent on; `shifts` are added
    to the rarity of a strand. `made_from` says in words which homes these were.
    """

    version: str
    made_from: str
    typical: Mapping[str, float]
    spreads: Mapping[tuple[str, int], Spread]
    shifts: Mapping[Strand, float]
    rates: Mapping[Strand, Sequence[tuple[float, float]]]
    homes: int

    def rarity(self, name: str, days: int, z: float) -> float | None:
        """Return how rare the departure of an indicator or pattern is, None for one that is not known."""
        known = self.spreads.get((name, days))
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
    share = (len(beyond) + 1) / (len(ordered) + 1)
    return Spread(len(ordered), quantiles, round(share, 5), round(excess, 3))


def as_json(reference: Reference) -> str:
    """Return a reference as text; one spread a line."""
    said = {
        "version": reference.version,
        "made_from": reference.made_from,
        "homes": reference.homes,
        "typical": dict(sorted(reference.typical.items())),
        "shifts": [[*strand, shift] for strand, shift in reference.shifts.items()],
        "rates": [[*strand, [list(each) for each in curve]] for strand, curve in reference.rates.items()],
    }
    spreads = ",\n".join(
        json.dumps({"name": name, "days": days, **spread._asdict()})
        for (name, days), spread in sorted(reference.spreads.items())
    )
    return json.dumps(said)[:-1] + f', "spreads": [\n{spreads}\n]}}\n'


def of_json(text: str) -> Reference:
    """Return the reference that `as_json` wrote."""
    said: dict[str, Any] = json.loads(text)
    return Reference(
        said["version"],
        said["made_from"],
        said["typical"],
        {
            (each["name"], each["days"]): Spread(
                each["of_days"], tuple(each["quantiles"]), each["beyond"], each["excess"]
            )
            for each in said["spreads"]
        },
        {Strand(Domain(domain), Pace(pace)): shift for domain, pace, shift in said["shifts"]},
        {
            Strand(Domain(domain), Pace(pace)): [(rarity, rate) for rarity, rate in curve]
            for domain, pace, curve in said["rates"]
        },
        said["homes"],
    )


@cache
def shipped() -> Reference:
    """Return the reference that comes with this version, made from simulated calm lives and recorded ones."""
    return of_json((files(__package__) / "reference.json").read_text(encoding="utf-8"))

"""What a day comes to in each domain of life: the rarest of its departures, and what else points the same way."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from analytics.baseline import Baseline
from analytics.change.absence_of import absence_of
from analytics.change.departure import Values, departures
from analytics.change.domains import DOMAINS, MISSED, Domain, plainness
from analytics.change.reference import Reference
from analytics.indicators import INDICATORS

POINTED_OUT = 1.3  # rarity from which on a departure is named as a contribution: one day in twenty
NAMED = 2.5  # rarity from which on an indicator may give its name to a change that another one shows: one day in 300


class Sign(NamedTuple):
    """One indicator over `days` days: its mean `value`, what was `usual` (None where it is missed), how rare it is.

    `is_missing` says that it did not happen at all for so many days; `value` is then how often it usually does, as a
    share of days.
    """

    kind: str
    days: int
    value: float
    usual: Baseline | None
    rarity: float
    is_missing: bool = False


class DomainDay(NamedTuple):
    """A domain on a day: the rarest sign of each of its indicators that points somewhere, the rarest first."""

    domain: Domain
    day: date
    signs: tuple[Sign, ...]

    @property
    def rarity(self) -> float:
        """How rare the day is, as -log10 of a share of calm days."""
        return self.signs[0].rarity

    def plainest(self, threshold: float) -> Sign:
        """Return the sign by which the day is told: of those rare enough alone the one that says most plainly what.

        More visits to the bathroom also are more moves at night and more interruptions of sleep; the visits say it.
        """
        enough = [sign for sign in self.signs if sign.rarity >= min(threshold, NAMED)]
        return min(enough, key=lambda sign: plainness(sign.kind), default=self.signs[0])


def look(day: date, histories: Mapping[str, Values], reference: Reference) -> list[DomainDay]:
    """Return what `day` comes to in each domain of which something is known.

    `histories` has for each indicator one figure for each day up to and including `day`, NaN without verdict and on
    days that do not count.
    """
    found = []
    for domain, kinds in DOMAINS.items():
        rarest = [max(signs, key=_rarity) for kind in kinds if (signs := list(_signs(kind, histories, reference)))]
        if rarest:
            first, *others = sorted(rarest, key=_rarity, reverse=True)
            found.append(DomainDay(domain, day, (first, *(each for each in others if each.rarity >= POINTED_OUT))))
    return found


def _signs(kind: str, histories: Mapping[str, Values], reference: Reference) -> Iterator[Sign]:
    values = histories.get(kind)
    if values is None:
        return
    indicator = INDICATORS[kind]
    scales: Sequence[int] = next(kinds[kind] for kinds in DOMAINS.values() if kind in kinds)
    for one in departures(values, scales, indicator.direction, indicator.spread_floor):
        rarity = reference.rarity(kind, one.days, one.z)
        if rarity is not None:
            yield Sign(kind, one.days, one.value, one.usual, rarity)
    if kind in MISSED and (missed := absence_of(values)):
        yield Sign(kind, missed.days, missed.usual_share, None, missed.rarity, is_missing=True)


def _rarity(sign: Sign) -> float:
    return sign.rarity

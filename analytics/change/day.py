"""What a day comes to in each strand: the rarest of its departures, and what else points the same way."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from analytics.baseline import LEAST_DAYS, Baseline
from analytics.change.absence_of import absence_of
from analytics.change.cohort import Prior
from analytics.change.departure import Departure, Odd, Values, departures, towards
from analytics.change.domains import (
    DOMAINS,
    LOOKS,
    MISSED,
    OF_NAME,
    PATTERNS,
    Domain,
    Pace,
    Strand,
    pace_of,
    plainness,
)
from analytics.change.pattern import Rarity, Together, together
from analytics.change.reference import Reference
from analytics.indicators import INDICATORS

POINTED_OUT = 1.3  # rarity from which on a departure is named as a contribution: one day in twenty
NONE_ODD: Mapping[str, Odd] = MappingProxyType({})
NO_PRIORS: Mapping[str, Prior] = MappingProxyType({})
NAMED = 1.5  # rarity from which on an indicator may give its name to a change that others show: one day in thirty


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


class Joint(NamedTuple):
    """The pattern that says most of a day, over how many days, and how rare it is; `again`: on two of them or more."""

    pattern: str
    days: int
    rarity: float
    again: bool = False


class DomainDay(NamedTuple):
    """A strand on a day: the rarest sign of each of its indicators that points somewhere, the rarest first.

    `rarity` is that of the rarest sign or pattern, -log10 of a share of calm days, raised by what makes a pattern
    urgent and shifted by what makes the strands of the reference take their share of what is told
    (`Reference.shifts`), less the `shift` that outcomes come to.
    """

    domain: Domain
    day: date
    signs: tuple[Sign, ...]
    pace: Pace
    rarity: float
    joint: Joint | None = None
    shift: float = 0.0

    @property
    def strand(self) -> Strand:
        """Return the domain and the pace."""
        return Strand(self.domain, self.pace)

    @property
    def is_early(self) -> bool:
        """Whether all of it rests on fewer than two weeks, and on a cohort."""
        return all(each.usual is not None and each.usual.days < LEAST_DAYS for each in self.signs)

    def plainest(self) -> Sign:
        """Return the sign by which the day is told: of those rare enough alone the one that says most plainly what.

        More visits to the bathroom also are more moves at night and more interruptions of sleep; the visits say it.
        Where a pattern is the rarest of all, it is told by one of its own indicators.
        """
        enough = [sign for sign in self.signs if sign.rarity >= min(NAMED, self.signs[0].rarity)]
        of_pattern = list(OF_NAME[self.joint.pattern].signs) if self.joint else []
        own = [sign for sign in enough if sign.kind in of_pattern]
        if own:
            return min(own, key=lambda sign: of_pattern.index(sign.kind))
        return min(enough, key=lambda sign: plainness(sign.kind))


Departed = Mapping[tuple[str, int], Departure]


def look(
    day: date,
    histories: Mapping[str, Values],
    reference: Reference,
    odd: Mapping[str, Odd] = NONE_ODD,
    priors: Mapping[str, Prior] = NO_PRIORS,
    *,
    urgently: bool = True,
) -> list[DomainDay]:
    """Return what `day` comes to in each strand of which something is known.

    `histories` has for each indicator one figure for each day up to and including `day`, NaN without verdict and on
    days that do not count. Those that are `odd`, of some indicators, are no part of what is usual; `priors` say what is
    usual in the cohort of somebody who is not known for two weeks. Unless `urgently`, no pattern is taken for rarer
    than it is.
    """
    departed = departed_of(histories, reference.typical, odd, priors)
    joints = [
        Joint(one.pattern.name, one.days, rarity, one.again)
        for one in patterns_of(departed, reference.rarity)
        if (rarity := reference.rarity(one.pattern.name, one.days, one.total)) is not None
    ]
    found = []
    for domain, kinds in DOMAINS.items():
        signs = [each for kind in kinds for each in _signs(kind, departed, histories, reference)]
        for pace in Pace:
            of_pace = [each for each in signs if pace_of(each.days) is pace]
            if of_pace:
                found.append(_day(Strand(domain, pace), day, of_pace, joints, reference, urgently=urgently))
    return found


def departed_of(
    histories: Mapping[str, Values],
    typical: Mapping[str, float],
    odd: Mapping[str, Odd] = NONE_ODD,
    priors: Mapping[str, Prior] = NO_PRIORS,
) -> Departed:
    """Return how far each indicator departs over each number of days at which it is looked at."""
    return {
        (kind, one.days): one
        for kind, looked in LOOKS.items()
        if (values := histories.get(kind)) is not None
        for one in departures(
            values, looked, INDICATORS[kind].spread_floor, typical.get(kind), odd.get(kind), priors.get(kind)
        )
    }


def patterns_of(departed: Departed, rarity: Rarity) -> Iterator[Together]:
    """Yield how far each pattern departs over each number of days; `rarity` is that of single indicators."""
    for pattern in PATTERNS:
        for days in sorted({days for kind in pattern.signs for days in LOOKS[kind].scales}):
            if (found := together(pattern, days, departed, rarity)) is not None:
                yield found


def _day(
    strand: Strand, day: date, signs: Iterable[Sign], joints: Iterable[Joint], reference: Reference, *, urgently: bool
) -> DomainDay:
    rarest: dict[str, Sign] = {}
    for sign in signs:
        if sign.kind not in rarest or sign.rarity > rarest[sign.kind].rarity:
            rarest[sign.kind] = sign
    first, *others = sorted(rarest.values(), key=_rarity, reverse=True)
    of_domain = {pattern.name for pattern in PATTERNS if pattern.domain is strand.domain}
    of_strand = [each for each in joints if each.pattern in of_domain and pace_of(each.days) is strand.pace]
    joint = max(of_strand, key=_says_most, default=None)
    weighed = (each.rarity + urgently * OF_NAME[each.pattern].weight(again=each.again) for each in of_strand)
    rarity = max([first.rarity, *weighed]) + reference.shifts.get(strand, 0.0)
    named = (first, *(each for each in others if each.rarity >= POINTED_OUT))
    return DomainDay(strand.domain, day, named, strand.pace, rarity, joint)


def _signs(kind: str, departed: Departed, histories: Mapping[str, Values], reference: Reference) -> Iterator[Sign]:
    looked = LOOKS[kind]
    for days in looked.scales:
        one = departed.get((kind, days))
        if one is None:
            continue
        rarity = reference.rarity(kind, days, towards(one.z, looked, days))
        if rarity is not None:
            yield Sign(kind, days, one.value, one.usual, rarity)
    missed = absence_of(histories[kind]) if kind in MISSED and kind in histories else None
    if missed is not None and missed.days >= min(looked.scales):
        yield Sign(kind, missed.days, missed.usual_share, None, missed.rarity, is_missing=True)


def _says_most(joint: Joint) -> tuple[bool, float]:
    """Return what orders patterns: one that needs something of its own says more than the others, then the rarest."""
    return OF_NAME[joint.pattern].needs is not None and joint.rarity >= NAMED, joint.rarity


def _rarity(sign: Sign | Joint) -> float:
    return sign.rarity

"""What was published against what is stored. Pure: lists go in, counts come out.

A reading is known by a token: its own time and its value where the vendor names a time, else its value alone, for then
the gateway gives it the time. The tokens of a series are compared in order, by their longest common subsequence: what
of the published is not in it is lost, what of the stored is not in it counts twice.
"""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

Token = tuple[float, ...]

MOST_RECOVERY_S = 10.0
LEAST_PUBLISHED = 1_000


class Reading(NamedTuple):
    """A reading as the vendor said it, or as the database has it; `at_ms` is None where the vendor names no time."""

    series: str
    value: float
    at_ms: int | None

    @property
    def token(self) -> Token:
        """What the reading is known by."""
        return (self.value,) if self.at_ms is None else (self.at_ms, self.value)


class Difference(NamedTuple):
    """How many of the published are stored, how many are not, and how many rows there are besides."""

    kept: int
    missing: int
    extra: int


class Audit(NamedTuple):
    """The difference over all series, with what of the missing is no level: that may not even be thinned."""

    kept: int
    missing_levels: int
    missing_others: int
    extra: int


class Row(NamedTuple):
    """One scenario's outcome. `recovery_s` is infinite if it never recovered."""

    scenario: str
    published: int
    stored: int
    thinned: int
    lost: int
    duplicated: int
    recovery_s: float


def difference(published: Sequence[Token], stored: Sequence[Token]) -> Difference:
    """Return how `stored` differs from `published`, both in their order."""
    kept = len(stored) if published == stored else _common(published, stored)
    return Difference(kept, len(published) - kept, len(stored) - kept)


def _common(first: Sequence[Token], second: Sequence[Token]) -> int:
    """Return the length of the longest common subsequence (Hunt and Szymanski, 1977)."""
    places: defaultdict[Token, list[int]] = defaultdict(list)
    for place, token in enumerate(second):
        places[token].append(place)
    ends: list[int] = []  # the smallest place at which a common subsequence of each length can end
    for token in first:
        for place in reversed(places.get(token, [])):
            at = bisect_left(ends, place)
            ends[at : at + 1] = [place]
    return len(ends)


def audit(
    published: Mapping[str, Sequence[Token]], stored: Mapping[str, Sequence[Token]], levels: frozenset[str]
) -> Audit:
    """Return the difference over all series; `levels` names those that may be thinned."""
    kept = missing_levels = missing_others = extra = 0
    for series in published.keys() | stored.keys():
        found = difference(published.get(series, []), stored.get(series, []))
        kept, extra = kept + found.kept, extra + found.extra
        if series in levels:
            missing_levels += found.missing
        else:
            missing_others += found.missing
    return Audit(kept, missing_levels, missing_others, extra)


def row(scenario: str, found: Audit, alarms: Difference, *, thinned: int, recovery_s: float) -> Row:
    """Return the outcome of a scenario: only levels can have been thinned, everything else that is missing is lost.

    `alarms` compares the safety readings that are on with the service's list of urgent ones, where each belongs once.
    """
    return Row(
        scenario,
        published=found.kept + found.missing_levels + found.missing_others,
        stored=found.kept,
        thinned=thinned,
        lost=found.missing_others + max(0, found.missing_levels - thinned) + alarms.missing,
        duplicated=found.extra + alarms.extra,
        recovery_s=recovery_s,
    )


def broken(outcome: Row, *, may_thin: bool = False, must_thin: bool = False) -> list[str]:
    """Return the promises that an outcome breaks, in words."""
    found = []
    if outcome.published < LEAST_PUBLISHED:
        found.append(f"only {outcome.published} readings were published")
    if outcome.lost:
        found.append(f"{outcome.lost} lost")
    if outcome.duplicated:
        found.append(f"{outcome.duplicated} duplicated")
    if outcome.stored + outcome.thinned != outcome.published:
        found.append("stored and thinned are not what was published")
    if outcome.thinned and not (may_thin or must_thin):
        found.append("thinned though the outbox was not full")
    if must_thin and not outcome.thinned:
        found.append("the outbox was never full")
    if not math.isfinite(outcome.recovery_s):
        found.append("it did not recover")
    elif outcome.recovery_s > MOST_RECOVERY_S:
        found.append(f"recovery took {outcome.recovery_s:.1f} s")
    return found

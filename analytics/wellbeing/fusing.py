"""From the parts of life and from what was told to one state of a day.

How rare a day is in a part of life is minus the logarithm of a p-value, and a change is told from some rarity t on:
with n parts that is a test of each by itself, corrected for their number. All of them together are weighed by the
harmonic mean of the p-values (Wilson, PNAS 2019, 10.1073/pnas.1814092116), which holds for parts that depend on each
other, and is the same test on the next level up: the harmonic mean is beyond its limit if

    sum over the parts of 10^(rarity - t) >= 1,

so one part that is told is enough, and several that almost are can be. What a part adds is its term of the sum, and the
terms add up: that is its share. The score is the logarithm of the sum. What was told otherwise (a rule, a quiet time)
enters with 10^(points), its severity taken back to the scale on which changes get theirs (`analytics.change.telling`):
the mildest is worth 1, so that whatever is told makes the day yellow, and a severity of `URGENT` makes it red. A change
that is told enters with what the day itself shows of it, and at least 1.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analytics.change.day import POINTED_OUT, DomainDay
from analytics.change.telling import MILDEST, SERIOUS
from analytics.contexts.kinds import ContextKind
from analytics.coverage import LIMIT
from analytics.indicators import INDICATORS
from analytics.wellbeing.state import Because, Contribution, DayState, Part, Sight, State
from analytics.wellbeing.told import Told

URGENT = 0.7  # a finding as severe as this, or more, is urgent
ENOUGH = 0.5  # of the parts of life that the sensors show, so many must be judged before a day is green


def points_of(severity: float) -> float:
    """Return the points of a finding that was told: never below 0, at which a day is yellow."""
    return max(0.0, (severity - MILDEST) / (1 - MILDEST) * SERIOUS)


RED = points_of(URGENT)


class Evidence(NamedTuple):
    """What is known of a day: the parts of life, what stands out in those that are judged, what was told.

    `shows` are what the day comes to in each part that may tell anything; one whose detector is off, or on trial, is
    left out. `told` are findings that were open on that day. `coverage` is None where nothing is known of the day.
    """

    coverage: float | None
    parts: Sequence[Part]
    shows: Sequence[DomainDay]
    told: Sequence[Told]
    kept_back: Mapping[str, ContextKind]


def fuse(day: date, evidence: Evidence, threshold: float) -> DayState:
    """Return how a day stands. What was told stands whatever else is known; what was not seen is never green."""
    contributions = sorted(_contributions(evidence, threshold), key=lambda each: -each.points)
    score = _together([each.points for each in contributions])
    contexts = _contexts(evidence)
    state, because = _judged(evidence, score, contexts)
    return DayState(
        day,
        state,
        None if score is None else round(score, 3),
        evidence.coverage or 0.0,
        because,
        contexts,
        tuple(
            each._replace(points=round(each.points, 3), share=round(10 ** (each.points - score), 3))
            for each in contributions
            if score is not None and _is_worth_a_word(each)
        ),
        tuple(evidence.parts),
        evidence.kept_back,
        threshold,
    )


def _together(points: Sequence[float]) -> float | None:
    """Return the logarithm of the sum; taken out of it, the largest keeps what is very rare from overflowing."""
    most = max(points, default=None)
    return None if most is None else most + math.log10(sum(10 ** (each - most) for each in points))


def told_on(day: date, told: Iterable[Told], zone: ZoneInfo) -> list[Told]:
    """Return what was open on a day."""
    return [one for one in told if one.counts_on(day, zone)]


def _judged(evidence: Evidence, score: float | None, contexts: Sequence[ContextKind]) -> tuple[State, Because | None]:
    stands_out = score is not None and score >= 0
    if evidence.told or (stands_out and not contexts):
        return State.RED if score is not None and score >= RED else State.YELLOW, None
    because = _why_not_green(evidence, contexts)
    return (State.GREEN, None) if because is None else (State.UNKNOWN, because)


def _why_not_green(evidence: Evidence, contexts: Sequence[ContextKind]) -> Because | None:
    """Return why a day on which nothing stands out may not be called as usual; None where it may."""
    shown = [part.sight for part in evidence.parts if part.sight is not Sight.NO_SENSOR]
    too_few = shown.count(Sight.JUDGED) < max(1, ENOUGH * len(shown))
    reasons = [
        (bool(contexts), Because.CONTEXT),
        (evidence.coverage is None or evidence.coverage < LIMIT, Because.COVERAGE),
        (not shown, Because.SENSORS),
        (too_few and Sight.LEARNING in shown, Because.LEARNING),
        (too_few, Because.COVERAGE),
    ]
    return next((because for holds, because in reasons if holds), None)


def _contributions(evidence: Evidence, threshold: float) -> list[Contribution]:
    """Return one contribution for each part of life, together with what was told of it, and for each other finding."""
    # Two changes told of the same part of life speak of the same thing: the graver one counts.
    of_parts = {one.domain: one for one in sorted(evidence.told, key=lambda one: one.severity) if one.domain}
    found = []
    for shown in evidence.shows:
        sign = shown.plainest()
        points = shown.rarity - threshold
        one = of_parts.pop(shown.domain, None)
        if one is None:
            found.append(Contribution(sign.kind, points, 0.0, shown.domain, sign))
        else:
            # A change is as grave as its worst day: on each other day it is as grave as that day is.
            told = max(points, 0.0)
            found.append(Contribution(one.kind, told, 0.0, shown.domain, sign, one.finding_id, one.severity))
    found += [
        Contribution(one.kind, points, 0.0, one.domain, None, one.finding_id, one.severity)
        for one, points in (
            *((one, 0.0) for one in of_parts.values()),
            *((one, points_of(one.severity)) for one in evidence.told if one.domain is None),
        )
    ]
    return found


def _is_worth_a_word(contribution: Contribution) -> bool:
    sign = contribution.sign
    return contribution.finding_id is not None or (sign is not None and sign.rarity >= POINTED_OUT)


def _contexts(evidence: Evidence) -> tuple[ContextKind, ...]:
    """Return what was going on that day. A visit spoils what looks back over a week long after the guests left."""
    named = [
        part.context
        for part in evidence.parts
        if part.context is not None and any(INDICATORS[kind].days == 1 for kind in part.shown_by)
    ]
    return tuple(dict.fromkeys([*named, *evidence.kept_back.values()]))

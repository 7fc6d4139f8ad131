"""What the system proposes, and what becomes of it beside what is known already."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from analytics.contexts.context import FAR, Context, Standing
from analytics.contexts.kinds import ABSENT, ContextKind
from core.localtime import Interval

REFUSED_FOR = timedelta(days=60)  # as long as a refusal holds of something that goes on
# Kinds of which one explains what the other is proposed for.
_ALIKE: tuple[frozenset[ContextKind], ...] = (
    ABSENT,
    frozenset(
        {ContextKind.VISIT, ContextKind.PARTY, ContextKind.WORKS, ContextKind.SECOND_RESIDENT, ContextKind.PET,
         ContextKind.OTHER}
    ),
)  # fmt: skip
_SLOW_TO_CHANGE = timedelta(minutes=1)
DOUBTED = "doubted_days"  # evidence: after so many days without it, it may be over


class Proposal(NamedTuple):
    """What a detector proposes: from when to when (None: it goes on), how sure it is, and on what that rests."""

    detector: str
    kind: ContextKind
    start: datetime
    end: datetime | None
    confidence: float
    evidence: dict[str, Any]

    @property
    def interval(self) -> Interval:
        """From when to when; what goes on ends in a far future."""
        return Interval(self.start, FAR if self.end is None else self.end)

    @property
    def over_at(self) -> datetime | None:
        """When it was surely over; None where it goes on, or may."""
        return None if self.evidence.get(DOUBTED) else self.end


class Known(NamedTuple):
    """A context that is known, by its number.

    `detector` is "" where somebody entered it, `answered_at` the time of the last word about it.
    """

    context_id: int
    context: Context
    detector: str
    answered_at: datetime
    evidence: dict[str, Any]


class Changes(NamedTuple):
    """What has to be written: new proposals, proposals that are different now, ended contexts, withdrawn proposals."""

    made: list[Proposal]
    restated: list[tuple[int, Proposal]]
    ended: list[tuple[int, datetime]]
    withdrawn: list[int]

    @property
    def any(self) -> bool:
        """Whether there is anything to write."""
        return any(self)

    def since(self, known: Sequence[Known]) -> datetime:
        """Return the first instant at which the contexts differ, of those `known` before. There is a change."""
        before = {each.context_id: each.context.start for each in known}
        touched = [context_id for context_id, _ in (*self.restated, *self.ended)] + self.withdrawn
        return min(
            [one.start for one in self.made]
            + [one.start for _, one in self.restated]
            + [before[context_id] for context_id in touched]
        )


NOTHING = Changes([], [], [], [])


def reconcile(
    known: Sequence[Known], proposals: Iterable[Proposal], looked_back_to: datetime, detectors: Collection[str]
) -> Changes:
    """Return what becomes of proposals beside what is known.

    An unanswered proposal that touches an earlier one of its detector is the same, restated; one that is not made any
    more is withdrawn, unless it lies before what was looked at. What somebody has answered stays as it is, but for its
    end where none is known: nobody has to remember to say that a person is back. What was refused is not asked again,
    and what a person has entered is not proposed.
    """
    changes = Changes([], [], [], [])
    kept: set[int] = set()
    for one in proposals:
        same = [each for each in known if each.detector == one.detector and _touch(each, one)]
        by_people = [each for each in known if _explains(each, one)]
        for each in by_people:
            over_at = one.over_at
            if each.context.end is None and over_at is not None and over_at > each.context.start:
                changes.ended.append((each.context_id, over_at))
        asked = [each for each in same if each.context.standing is Standing.PROPOSED]
        if by_people or any(each.context.standing is Standing.REFUSED for each in same):
            continue
        if not asked:
            changes.made.append(one)
            continue
        first = asked[0]
        kept.add(first.context_id)
        if _differs(first, one):
            changes.restated.append((first.context_id, one))
    for each in known:
        if (
            each.context.standing is Standing.PROPOSED
            and each.detector in detectors
            and each.context_id not in kept
            and each.context.interval.end > looked_back_to
        ):
            changes.withdrawn.append(each.context_id)
    return changes


def _touch(known: Known, one: Proposal) -> bool:
    end = known.context.interval.end
    if known.context.standing is Standing.REFUSED and known.context.end is None:
        end = known.answered_at + REFUSED_FOR
    return known.context.start < one.interval.end and one.start < end


def _explains(known: Known, one: Proposal) -> bool:
    """Tell whether what people said makes a proposal needless."""
    if known.context.standing not in (Standing.ENTERED, Standing.CONFIRMED) or not _touch(known, one):
        return False
    kinds = {known.context.kind, one.kind}
    return known.context.kind is one.kind or any(kinds <= alike for alike in _ALIKE)


def _differs(known: Known, one: Proposal) -> bool:
    context = known.context
    return (
        context.kind is not one.kind
        or abs(context.start - one.start) >= _SLOW_TO_CHANGE
        or (context.end is None) != (one.end is None)
        or abs(context.interval.end - one.interval.end) >= _SLOW_TO_CHANGE
        or round(context.confidence, 2) != round(one.confidence, 2)
    )

"""Which parts of life could be judged on a day, which are still learned, and which no sensor of the home shows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from analytics.baseline import LEAST_DAYS
from analytics.change.domains import DOMAINS, LOOKS, Domain
from analytics.contexts.effect import Contexts
from analytics.indicators import INDICATORS
from analytics.wellbeing.state import Part, Sight


def needed(kind: str) -> int:
    """Return on how many days before it an indicator must be known for a day to be judged by it."""
    return LEAST_DAYS + min(LOOKS[kind].scales) - 1


def parts_of(
    day: date,
    shown_by: Collection[str],
    known: Mapping[str, Sequence[date]],
    judged: Collection[Domain],
    contexts: Contexts,
) -> tuple[Part, ...]:
    """Return all parts of life on a day.

    `shown_by` are the indicators that the home's sensors can give, `known` the days with a verdict of each, `judged`
    what could be compared with what is usual.
    """
    return tuple(_part(domain, day, shown_by, known, contexts, is_judged=domain in judged) for domain in DOMAINS)


def _part(
    domain: Domain,
    day: date,
    shown_by: Collection[str],
    known: Mapping[str, Sequence[date]],
    contexts: Contexts,
    *,
    is_judged: bool,
) -> Part:
    kinds = tuple(kind for kind in DOMAINS[domain] if kind in shown_by)
    if not kinds:
        return Part(domain, Sight.NO_SENSOR, 0, 0, ())
    reasons = [
        contexts.excludes(kind, INDICATORS[kind].interval(day, contexts.zone)) if contexts.acting else None
        for kind in kinds
    ]
    context = next((each for each in reasons if each is not None), None)
    if is_judged:
        return Part(domain, Sight.JUDGED, 0, 0, kinds, context)
    if context is not None and None not in reasons:
        return Part(domain, Sight.CONTEXT, 0, 0, kinds, context)
    so_far, wanted = max(
        ((sum(each < day for each in known.get(kind, ())), needed(kind)) for kind in kinds),
        key=lambda progress: progress[0] / progress[1],
    )
    if so_far >= wanted:
        return Part(domain, Sight.NOT_SEEN, 0, 0, kinds, context)
    return Part(domain, Sight.LEARNING, so_far, wanted, kinds, context)

"""How the days of a home change, judged in a walk as the service judges them and kept as it stores them."""

from collections.abc import Collection, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from analytics.change import watch
from analytics.change.budget import threshold
from analytics.change.cohort import ALL, priors_of
from analytics.change.cohort import shipped as cohorts
from analytics.change.day import DomainDay
from analytics.change.reference import shipped
from analytics.contexts.effect import Contexts
from analytics.findings import Finding


class ChangesOfHome:
    """What the days of a home have come to in each domain so far."""

    def __init__(self, zone: ZoneInfo, budgets: Sequence[float]) -> None:
        self._zone = zone
        self._thresholds = {budget: threshold(shipped(), budget) for budget in budgets}
        self._priors = priors_of(cohorts(), ALL)  # nobody has said how old these people are
        self._seen: watch.Seen = {}

    def judged(self, days: Collection[date], known: watch.Known, contexts: Contexts) -> dict[float, list[Finding]]:
        """Look at days whose figures are new or different, and at those after them; return what each budget tells."""
        if not days:
            return {budget: [] for budget in self._thresholds}
        first = min(days)
        for day in sorted({first, *(day for values in known.values() for day in values if day > first)}):
            self._seen = {key: one for key, one in self._seen.items() if key[1] != day}
            self._seen |= {(one.strand, day): one for one in self._looked_at(known, day, contexts)}
        in_order = [self._seen[key] for key in sorted(self._seen, key=lambda key: key[1])]
        return {
            budget: watch.told(in_order, known, rarity, self._zone, lambda *_: (), first)
            for budget, rarity in self._thresholds.items()
        }

    def _looked_at(self, known: watch.Known, day: date, contexts: Contexts) -> list[DomainDay]:
        before = [one for one in self._seen.values() if one.day < day]
        return watch.looked_at(known, day, shipped(), contexts, before=before, priors=self._priors)

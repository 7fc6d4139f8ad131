"""What the walk through the test weeks comes to, in figures."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from analytics.learned.model import Learned
from cli.evaluate.tihm.outage import Outage
from cli.evaluate.tihm.protocol import Judged, Walked
from cli.evaluate.tihm.recorded import Person
from cli.evaluate.tihm.vital_signs import Recall

# Shares of the person-days that are alerted: the published alert rate, a third of it, and 0.25 alerts a home and week.
SHARES: Mapping[str, float] = {"21": 0.21, "7": 0.07, "budget": 0.036}
WEEK = 7
DRAWS, DRAWN_BY = 500, 1  # how often persons are drawn for an interval, by which seed


class Quality(NamedTuple):
    """Alerts on judged days against labels. A labelled day without a score counts as missed."""

    days: int
    labelled: int
    alerts: int
    hits: int

    @property
    def sensitivity(self) -> float | None:
        """Share of the labelled days that were alerted; None without any."""
        return self.hits / self.labelled if self.labelled else None

    @property
    def specificity(self) -> float | None:
        """Share of the other days that were not; None without any."""
        others = self.days - self.labelled
        return 1 - (self.alerts - self.hits) / others if others else None


def alerted(judged: Sequence[Judged], share: float) -> list[Judged]:
    """Return the days with the highest chances, `share` of the days that have one, over all test weeks together."""
    scored = [one for one in judged if one.chance is not None]
    ranked = sorted(scored, key=lambda one: (-(one.chance or 0.0), one.person, one.day))
    return ranked[: int(share * len(scored))]


def alerted_in_advance(walked: Walked, share: float) -> list[Judged]:
    """Return the days whose chance exceeds what `share` of the days of the weeks before their own exceeded."""
    found: list[Judged] = []
    for week in walked.weeks:
        earlier = walked.earlier[week.first]
        if not len(earlier):
            continue
        threshold = float(np.quantile(earlier, 1 - share))
        found.extend(
            one
            for one in walked.judged
            if 0 <= (one.day - week.first).days < WEEK and one.chance is not None and one.chance > threshold
        )
    return found


def quality(judged: Sequence[Judged], alerts: Iterable[Judged]) -> Quality:
    """Return how `alerts` meet the labels of the days `judged`."""
    days = set(judged)
    those = [one for one in alerts if one in days]
    return Quality(len(judged), sum(one.agitated for one in judged), len(those), sum(one.agitated for one in those))


def interval(judged: Sequence[Judged], share: float) -> tuple[float, float] | None:
    """Return the 90 % interval of the sensitivity when other persons had been recorded: the persons drawn anew (Efron).

    Days of one person go together, so that persons are drawn and not days; None without labelled days.
    """
    of: dict[str, list[Judged]] = {}
    for one in judged:
        of.setdefault(one.person, []).append(one)
    persons, chance = list(of), np.random.default_rng(DRAWN_BY)
    found = []
    for _ in range(DRAWS):
        drawn = [one for place in chance.integers(0, len(persons), len(persons)) for one in of[persons[place]]]
        chances = np.array([-1.0 if one.chance is None else one.chance for one in drawn])
        labelled = np.array([one.agitated for one in drawn])
        if labelled.any():
            alerts = np.argsort(-chances, kind="stable")[: int(share * np.count_nonzero(chances >= 0))]
            found.append(labelled[alerts].sum() / labelled.sum())
    if not found:
        return None
    low, high = np.quantile(found, (0.05, 0.95))
    return round(float(low), 3), round(float(high), 3)


def summary(
    tested: Sequence[Person],
    trained: Sequence[Person],
    walked: Walked,
    final: Learned,
    vital: Mapping[str, Recall],
    after: Outage | None,
) -> dict[str, Any]:
    """Return all figures as plain values; `docs/reference/learned.md` says what each is."""
    judged = walked.judged
    scored = [one for one in judged if one.chance is not None]
    chosen = {name: alerted(judged, share) for name, share in SHARES.items()}
    met = {name: quality(judged, alerts) for name, alerts in chosen.items()}
    figures: dict[str, Any] = {
        "persons": len(tested),
        "trained_with": len(trained),
        "until": walked.last.isoformat(),
        "person_days": len(judged),
        "scored_days": len(scored),
        "agitation_days": sum(one.agitated for one in judged),
        "agitation_days_without_score": sum(one.agitated for one in judged if one.chance is None),
        "agitation_labels_without_data": _without_data(tested, walked),
    }
    for name, one in met.items():
        figures |= {
            f"sensitivity_at_{name}": _round(one.sensitivity),
            f"specificity_at_{name}": _round(one.specificity),
        }
    return figures | {
        "sensitivity_90_percent_interval": {name: interval(judged, share) for name, share in SHARES.items()},
        "alerts": {name: one.alerts for name, one in met.items()},
        "alerts_per_home_week": _per_week(met["budget"]),
        "alerts_per_home_week_at": {name: _per_week(one) for name, one in met.items()},
        "threshold_from_earlier_weeks": {
            name: _in_advance(quality(judged, alerted_in_advance(walked, share)), len(scored))
            for name, share in SHARES.items()
        },
        "wellbeing_alerts_caused_by_outage": None if after is None else after.caused,
        "outage": None if after is None else after._asdict(),
        "vital_sign_recall": {kind: _share(one.found, one.labels) for kind, one in vital.items()},
        "vital_signs": {
            kind: one._asdict() | {"recall_where_measured": _share(one.found, one.measured)}
            for kind, one in vital.items()
        },
        "by_sex": _groups(tested, walked, chosen, lambda person: person.sex),
        "by_age_band": _groups(tested, walked, chosen, lambda person: person.band),
        "weeks": [
            {
                "first": week.first.isoformat(),
                "learned_from_days": week.model.days,
                "learned_from_labels": week.model.labelled,
                "weights": {trial.candidate.name: round(trial.weight, 3) for trial in week.trials},
            }
            for week in walked.weeks
        ],
        "detector": {"name": final.name, "version": final.version},
    }


def _without_data(tested: Sequence[Person], walked: Walked) -> int:
    judged = {(one.person, one.day) for one in walked.judged}
    return sum(
        (person.key, day) not in judged
        for person in tested
        for day in person.labelled
        if walked.weeks[0].first <= day <= walked.last
    )


def _groups(
    tested: Sequence[Person],
    walked: Walked,
    chosen: Mapping[str, Sequence[Judged]],
    group: Callable[[Person], str],
) -> dict[str, dict[str, Any]]:
    of = {person.key: group(person) for person in tested}
    found = {}
    for name in sorted(set(of.values())):
        days = [one for one in walked.judged if of[one.person] == name]
        figures: dict[str, Any] = {
            "persons": sum(value == name for value in of.values()),
            "person_days": len(days),
            "agitation_days": sum(one.agitated for one in days),
        }
        for share, alerts in chosen.items():
            met = quality(days, alerts)
            figures |= {
                f"sensitivity_at_{share}": _round(met.sensitivity),
                f"specificity_at_{share}": _round(met.specificity),
            }
        found[name] = figures
    return found


def _in_advance(met: Quality, scored: int) -> dict[str, float | None]:
    return {
        "alerted_share": _share(met.alerts, scored),
        "sensitivity": _round(met.sensitivity),
        "specificity": _round(met.specificity),
        "alerts_per_home_week": _per_week(met),
    }


def _per_week(met: Quality) -> float | None:
    return round(met.alerts / met.days * WEEK, 3) if met.days else None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)

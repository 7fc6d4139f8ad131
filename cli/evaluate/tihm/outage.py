"""The days without servers: what was said of the persons because of them, and what of the technology instead."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from analytics.findings import Finding, silence
from analytics.learned.days import silences
from analytics.learned.features import BLOCK, features
from cli.evaluate.tihm.protocol import Judged, Walked
from cli.evaluate.tihm.recorded import ONE_DAY, OUTAGE, Person, without
from gateway.recordings.tihm import ZONE


class Outage(NamedTuple):
    """What came of the outage: homes that lived the day before, findings, and wellbeing alerts that it caused.

    `on_days` are alerts on the days themselves, `day_after` those on the day after, `caused` those of both that would
    not have come without it: on its days any, on the day after any that does not come when its days are left out.
    """

    homes: int
    technical: int
    on_days: int
    day_after: int
    caused: int
    example: str


def outage(tested: Sequence[Person], walked: Walked, alerted: Collection[Judged]) -> Outage | None:
    """Return what came of the outage; None where the test weeks do not hold it."""
    first, last = OUTAGE
    after = last + ONE_DAY
    if not walked.weeks[0].first <= first or after > walked.last:
        return None
    living = [person for person in tested if _present(person, first - ONE_DAY)]
    findings = [finding for person in living for finding in technical(person, first, after)[:1]]
    on_days = [one for one in alerted if first <= one.day <= last]
    day_after = [one for one in alerted if one.day == after]
    lowest = min((one.chance for one in alerted if one.chance is not None), default=1.0)
    persons = {person.key: person for person in tested}
    changed = [one for one in day_after if _without_outage(persons[one.person], walked, after) < lowest]
    return Outage(
        len(living),
        len(findings),
        len(on_days),
        len(day_after),
        len(on_days) + len(changed),
        findings[0].explanation_en if findings else "",
    )


def technical(person: Person, first: date, after: date) -> list[Finding]:
    """Return the technical findings about a home that was silent from `first` until before the end of `after`."""
    return [
        silence(gap, ended=True, before=None, zone=ZONE)
        for gap in silences(person.readings, person.home, person.lived.days, (first, after), ZONE)
    ]


def _without_outage(person: Person, walked: Walked, day: date) -> float:
    """Return the chance of a day if the days of the outage had never been recorded."""
    other = without(person, *OUTAGE)
    rows = features(other.lived, person.labelled, walked.last)
    week = next(week for week in walked.weeks if 0 <= (day - week.first).days < BLOCK)
    chance = week.model.chances(rows[[list(other.lived.days).index(day)]])[0]
    return -1.0 if np.isnan(chance) else float(chance)


def _present(person: Person, day: date) -> bool:
    days = list(person.lived.days)
    return day in days and bool(person.lived.present[days.index(day)])

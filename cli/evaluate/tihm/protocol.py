"""The published protocol without its leak: five weeks back from the last day with agitation, each seen from before.

Palermo et al. (2023) scale each person's figures by the whole record; here nothing of a day or its judgement rests on a
later day, and labels are known from the beginning of the next week only (`analytics.learned.features`). The homes of
both folders teach, with the days before the week that is judged; only those of the tested folder are judged.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from analytics.learned import choice
from analytics.learned.features import BLOCK, features
from analytics.learned.model import Candidate, Examples, Learned, together
from analytics.learned.movement import Bools, Floats
from cli.evaluate.tihm.recorded import Person
from core.errors import VicinoError

WEEKS = 5


class EvaluationError(VicinoError):
    """The data do not allow the evaluation."""


class Week(NamedTuple):
    """A test week: its first day, how the candidates did on the weeks before it, and the model that judges it."""

    first: date
    trials: Sequence[choice.Trial]
    model: Learned


class Judged(NamedTuple):
    """A day of a person in the test weeks. `chance` is None where too little is known of it; so it is never alerted."""

    person: str
    day: date
    chance: float | None
    agitated: bool


class Walked(NamedTuple):
    """What the walk through the weeks came to: the test weeks, and every day judged.

    `earlier` are, for each test week, the chances of the days of the weeks before it, judged in the same manner: from
    them a threshold can be taken that knows nothing of the week.
    """

    last: date
    weeks: Sequence[Week]
    judged: Sequence[Judged]
    earlier: Mapping[date, Floats]


def last_day(tested: Sequence[Person]) -> date:
    """Return the last day with agitation; raises `EvaluationError` if there is none."""
    days = [day for person in tested for day in person.labelled]
    if not days:
        raise EvaluationError(
            "No day of these homes is labelled as agitation.", advice="name a folder with such labels"
        )
    return max(days)


def walk(
    tested: Sequence[Person],
    trained: Sequence[Person],
    last: date,
    candidates: Sequence[Candidate] = choice.POOLED,
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> Walked:
    """Judge the days of the five weeks up to `last`. A person of both folders counts once, as tested."""
    rows = {person.key: features(person.lived, person.labelled, last) for person in teaching(tested, trained)}
    examples = together([_examples(person, rows[person.key]) for person in teaching(tested, trained)])
    weeks, judged, earlier = [], [], {}
    for number in range(WEEKS, 0, -1):
        first = last - timedelta(days=BLOCK * number - 1)
        found = choice.trials(examples, first.toordinal(), candidates)
        believed = choice.pool(found)
        past = examples.where(examples.day < first.toordinal())
        if not past.labelled.any():
            raise EvaluationError(
                f"No day before {first} is labelled as agitation: there is nothing to learn from.",
                advice="choose a later --until, or add homes with --train",
            )
        model = Learned(believed).learn(past)
        weeks.append(Week(first, found, model))
        for person in tested:
            judged.extend(_judge(person, rows[person.key], first, model))
        before = choice.foretold(believed, examples, first.toordinal(), choice.THRESHOLD_WEEKS)
        earlier[first] = before[~np.isnan(before)]
        progress(WEEKS - number + 1, WEEKS)
    return Walked(last, weeks, judged, earlier)


def teaching(tested: Sequence[Person], trained: Sequence[Person]) -> list[Person]:
    """Return the persons who teach: those of both folders, each once, as tested where in both."""
    keys = {person.key for person in tested}
    return [*tested, *(person for person in trained if person.key not in keys)]


def examples_of(tested: Sequence[Person], trained: Sequence[Person], last: date) -> Examples:
    """Return the known days of everybody who teaches; the blocks of their label history end on `last`."""
    return together(
        [_examples(person, features(person.lived, person.labelled, last)) for person in teaching(tested, trained)]
    )


def _examples(person: Person, rows: Floats) -> Examples:
    known: Bools = np.any(person.lived.known, axis=1)
    labelled = np.array([day in person.labelled for day in person.lived.days], dtype=bool)
    ordinals = np.array([day.toordinal() for day in person.lived.days], dtype=np.int64)
    return Examples(rows, person.agitated, labelled, ordinals).where(known)


def _judge(person: Person, rows: Floats, first: date, model: Learned) -> list[Judged]:
    days = [row for row, day in enumerate(person.lived.days) if 0 <= (day - first).days < BLOCK and person.rows[row]]
    chances = model.chances(rows[days])
    return [
        Judged(
            person.key,
            person.lived.days[row],
            None if np.isnan(chance) else float(chance),
            person.lived.days[row] in person.labelled,
        )
        for row, chance in zip(days, chances, strict=True)
    ]

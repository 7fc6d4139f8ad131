"""How long something takes when some of it is not over yet. Pure: durations go in, figures come out.

An alert that is still open has not taken "its age until now": it takes longer. Leaving it out, or counting it as over,
makes slow answers look quick. It counts as what is known of it: that it took at least so long (Kaplan and Meier,
"Nonparametric Estimation from Incomplete Observations", Journal of the American Statistical Association 53, 1958).
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

MIDDLE, NEARLY_ALL = 0.5, 0.9


class Course(NamedTuple):
    """How long something took, in seconds; or, where it is not `over`, how long it has taken so far."""

    seconds: float
    over: bool


class Times(NamedTuple):
    """How many there are, how many of them are not over, and within how many seconds half and nine tenths are over.

    None where so many are not over that nobody can tell.
    """

    alerts: int
    not_over: int
    median_s: float | None
    p90_s: float | None


def times(courses: Iterable[Course]) -> Times:
    """Return the figures of some courses."""
    known = list(courses)
    return Times(len(known), sum(not each.over for each in known), quantile(known, MIDDLE), quantile(known, NEARLY_ALL))


def quantile(courses: Iterable[Course], share: float) -> float | None:
    """Return the smallest time by which at least `share` (above 0, at most 1) is over, as far as that can be told.

    What ends at the same time as another's course is broken off ends before it.
    """
    ordered = sorted(courses, key=lambda each: (each.seconds, not each.over))
    at_risk, going_on = len(ordered), 1.0
    for seconds, group in _together(ordered):
        ended = sum(each.over for each in group)
        going_on *= 1 - ended / at_risk
        at_risk -= len(group)
        # A product of fractions may miss the share by its last bit.
        if ended and going_on <= 1 - share + 1e-9:
            return seconds
    return None


def _together(ordered: Iterable[Course]) -> Iterator[tuple[float, list[Course]]]:
    for seconds, together in groupby(ordered, key=lambda each: each.seconds):
        yield seconds, list(together)

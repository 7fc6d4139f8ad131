"""For how long nobody usually is at home, by the longest absences of the person's own days.

An absence begins at the door to the outside and lasts until somebody moves inside. One stay in hospital does not make
long absences a habit, a day with the family does: a longest that stands alone counts as `ONCE` times the next, or as
`ONCE_AT_LEAST`. Below `FLOOR`, and before `ENOUGH` absences are known below `UNTIL_KNOWN`, an absence is nobody's
business.
"""

from collections.abc import Sequence
from typing import NamedTuple

from analytics.stillness.quiet import QuietDay, Where

HOUR = 60.0  # minutes
FLOOR = 6 * HOUR
UNTIL_KNOWN = 12 * HOUR
MOST = 36 * HOUR
ENOUGH = 10
MARGIN = 1.25
ONCE, ONCE_AT_LEAST = 2.0, 12 * HOUR


class Absences(NamedTuple):
    """How many are known, the longest, what is usual at most, and from what length on one is long (minutes)."""

    known: int
    longest: float
    usual: float
    limit: float


def absences(days: Sequence[QuietDay]) -> Absences:
    """Return what is usual by the absences that began on some days."""
    lasted = sorted(float(length) for day in days for length in day.lasted[day.where == Where.AWAY])
    longest = lasted[-1] if lasted else 0.0
    usual = lasted[-2] if len(lasted) > 1 else 0.0
    believed = min(longest, max(ONCE * usual, ONCE_AT_LEAST))
    floor = FLOOR if len(lasted) >= ENOUGH else UNTIL_KNOWN
    return Absences(len(lasted), longest, usual, min(MOST, max(floor, MARGIN * believed)))

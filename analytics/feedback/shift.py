"""By how much outcomes move the rarity from which on a change is told at a home.

With *p* the share of what was told that was a real need, there were (1 - p) / p false ones for each. A threshold that
is higher by s of rarity (-log10 of a share of calm days) is passed by 10^s times fewer calm days, and so by as many
fewer false ones. To bring the odds to those of `WANTED`,

    s = log10((1 - p) / p) - log10((1 - WANTED) / WANTED)

within the bounds. *p* is the mean of a Beta-Binomial posterior, shrunk twice (empirical Bayes; Efron and Morris, JASA
1975, 70:311): what was judged at the other homes of the organisation is drawn towards `WANTED`, and what was judged at
the home itself towards that. So without outcomes the shift is exactly 0, one outcome moves it by a tenth, and a home of
which nothing is known follows the others.

Comparable: Azure AI Metrics Advisor ("Provide anomaly feedback"), where "not an anomaly" moves what its learned
detection tells of that series, and never a limit that somebody has set. Likewise here: rules and quiet times are not
moved by anything but people, and what is explained or unclear moves nothing.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from analytics.change.domains import Strand

WANTED = 0.5  # share of what is told that is a real need
STRENGTH = 8.0  # outcomes that what is believed beforehand counts as
HIGHEST = 0.5  # three times fewer calm days are told
LOWEST = -0.3  # twice as many: the budget was priced without it
REMEMBERED = timedelta(days=365)


class Judged(NamedTuple):
    """How many of those told were a real need, and how many were false."""

    true: int = 0
    false: int = 0


def shift_of(own: Judged, others: Judged) -> float:
    """Return by how much the rarity from which on a change is told rises, by the outcomes of a home and of others."""
    usual = _shrunk(others, WANTED)
    share = _shrunk(own, usual)
    odds = math.log10((1 - share) / share) - math.log10((1 - WANTED) / WANTED)
    return round(max(LOWEST, min(HIGHEST, odds)), 4)


def _shrunk(judged: Judged, believed: float) -> float:
    return (judged.true + STRENGTH * believed) / (judged.true + judged.false + STRENGTH)


class Times(NamedTuple):
    """From when on outcomes about changes of one strand count, at a home and at the others, each in order."""

    own_true: Sequence[datetime] = ()
    own_false: Sequence[datetime] = ()
    others_true: Sequence[datetime] = ()
    others_false: Sequence[datetime] = ()


class Shifts(NamedTuple):
    """What outcomes come to at a home, at any time: a day that is judged again is judged by what was known then.

    Else an outcome would withdraw the very finding that it is about.
    """

    of: Mapping[Strand, Times]

    def at(self, strand: Strand, instant: datetime) -> float:
        """Return by how much the rarity rises from which on changes of a strand are told, as of an instant."""
        times = self.of.get(strand)
        if times is None:
            return 0.0
        own_true, own_false, others_true, others_false = (_known(each, instant) for each in times)
        return shift_of(Judged(own_true, own_false), Judged(others_true, others_false))


NO_SHIFTS = Shifts({})


def _known(times: Sequence[datetime], instant: datetime) -> int:
    """Return how many of some instants in order lie in the time before one that is remembered."""
    return bisect_right(times, instant) - bisect_right(times, instant - REMEMBERED)

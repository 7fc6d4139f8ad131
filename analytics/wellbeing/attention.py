"""In which order homes ask for somebody's attention, as far as no open alert says so already.

The order is read off line by line, so that it can be explained; the next line counts only among equals:

1. how the last day stands: red, yellow, not known, green. What cannot be seen now, or was not judged lately, is not
   known, however green its last day was. Of what is not known, first what nobody explains: not seen, no sensors, still
   learning, and last what a person or the system has named a reason for;
2. whether something is open that nobody has taken;
3. how far out of the ordinary, in halves of an order of magnitude; where nothing could be judged, as if it were at the
   limit, for nothing says that it is not;
4. for how many days it has stood so, the longest first;
5. whether the last three days are worse than the four before, by an order of magnitude of ten or more;
6. how many sensors are silent;
7. how sure that is: what stands out, the surest first; all else, the least sure first.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import NamedTuple

from analytics.wellbeing.state import Because, DayState, State

STEP = 0.5  # of the score, in orders of magnitude
RECENT, WEEK = 3, 7  # days
RISING = 1.0  # orders of magnitude between the means of the last days and of those before
FRESH = timedelta(days=2)  # yesterday is stated in the course of today


class Rank(IntEnum):
    """What decides first, the most pressing first."""

    RED = 0
    YELLOW = 1
    NOT_SEEN = 2
    NO_SENSORS = 3
    LEARNING = 4
    EXPLAINED = 5
    GREEN = 6


_OF_REASON = {
    Because.COVERAGE: Rank.NOT_SEEN,
    Because.SENSORS: Rank.NO_SENSORS,
    Because.LEARNING: Rank.LEARNING,
    Because.CONTEXT: Rank.EXPLAINED,
}
_OF_STATE = {State.RED: Rank.RED, State.YELLOW: Rank.YELLOW, State.GREEN: Rank.GREEN}


class Attention(NamedTuple):
    """What puts a home before another.

    `since` is for how many days it has stood as it does, more than a week where no day of it is known; `sure` (0 to 1)
    on which share of what could be known that rests; `score` is None where nothing could be judged.
    """

    rank: Rank
    untaken: int
    score: float | None
    since: int
    rising: bool
    silent: int
    sure: float

    @property
    def key(self) -> tuple[int, bool, int, int, bool, int, float]:
        """What homes are sorted by; the smallest asks first."""
        step = math.floor((self.score or 0.0) / STEP)
        stands_out = self.rank <= Rank.YELLOW
        sure = -self.sure if stands_out else self.sure
        return self.rank, not self.untaken, -step, -self.since, not self.rising, -self.silent, sure


_COLOURED = (State.RED, State.YELLOW)


@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """What is known of a home: its last day that is stated, and the days of the week up to it with state and score.

    Each is like itself alone, so that what follows from one can be looked up by it.
    """

    last: DayState
    days: Sequence[tuple[date, State, float | None]]


def attention(
    known: Known | None, today: date, *, is_blind: bool = False, untaken: int = 0, silent: int = 0
) -> Attention:
    """Return what puts a home before others.

    `is_blind` says that nothing can be seen of it now, `untaken` how many open alerts nobody has taken, `silent` how
    many of its sensors are. None is `known` of a home that was not stated within a week.
    """
    if known is None:
        return Attention(Rank.NOT_SEEN, untaken, None, WEEK + 1, rising=False, silent=silent, sure=0.0)
    last = known.last
    rank = _OF_STATE[last.state] if last.because is None else _OF_REASON[last.because]
    is_old = today - last.day > FRESH
    if (is_blind or is_old) and rank in (Rank.GREEN, Rank.NO_SENSORS, Rank.LEARNING):
        rank = Rank.NOT_SEEN
    return Attention(
        rank,
        untaken,
        last.score,
        _since(known.days),
        is_rising(known.days),
        silent,
        last.coverage * last.judged / max(1, last.shown),
    )


def is_rising(days: Sequence[tuple[date, State, float | None]]) -> bool:
    """Tell whether the last days are clearly worse than those of the week before them; days not judged are left out."""
    end = days[-1][0]
    recent = [score for day, _, score in days if score is not None and (end - day).days < RECENT]
    before = [score for day, _, score in days if score is not None and RECENT <= (end - day).days < WEEK]
    return bool(recent and before) and sum(recent) / len(recent) - sum(before) / len(before) >= RISING


def _since(days: Sequence[tuple[date, State, float | None]]) -> int:
    """Return for how many days in a row, up to the last, a home has stood as on the last; red and yellow are alike."""
    end, state, _ = days[-1]
    count = 0
    for back, (day, each, _) in enumerate(reversed(days)):
        if day != end - timedelta(days=back) or not _is_alike(each, state):
            break
        count += 1
    return count


def _is_alike(one: State, other: State) -> bool:
    return one is other or (one in _COLOURED and other in _COLOURED)

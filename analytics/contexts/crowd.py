"""How much each day looks as if there were more than one in the home, against the days of the same home before it.

A day is compared with those at least `LAG` days older, so that what begins is not learned before it can be told. On a
day on which a sensor was not seen, somebody seems to go other ways than ever, and fewer: it is not looked at and
teaches nothing, until it has been so for `MISSED_FOR` days, and is how the home is seen now.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from math import sqrt
from statistics import fmean, median
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analytics.contexts.traces import Move, Traces
from analytics.contexts.ways import Ways
from analytics.coverage import LIMIT
from analytics.frames import SECOND
from analytics.profiles.profile import hours_of

LAG = 5  # days
WAYS_DAYS = 10  # days on which the ways are learned before a day is looked at
USUAL_DAYS = 7  # days that were looked at before one is judged
REMEMBERED = 28
WINDOW = 4  # days that are looked at together
MORNING, NIGHT = 6, 23
EMPTY = 0.3  # of the usual moves: below, the home was empty or could not be seen
Z, TIMES, LEAST_A_DAY = 4.0, 2.0, 2.0
MORE_MOVES = 0.25
LESS_Z, LESS_TIMES = 2.0, 0.4  # where there are also far more moves than usual
OVER_AFTER = 3  # days without it
MISSED_FOR = 10  # days on end


class Usual(NamedTuple):
    """What is usual by day: mean and standard deviation of the rare moves and of all."""

    rare: float
    rare_spread: float
    moves: float
    moves_spread: float


class Crowd(NamedTuple):
    """A day: its rare moves, how many of them were by day and by night, and how many moves there were by day at all.

    `usual` is what was usual before (None: not known yet). `looked` says that the day could be looked at, `crowded`
    that there was more than one in the home, as on the days around it; `doubted`, that the day by itself looks as if
    that were over, which only the days after it will tell.
    """

    day: date
    rare: tuple[Move, ...]
    by_day: int
    by_night: int
    moves: int
    usual: Usual | None
    looked: bool
    crowded: bool
    doubted: bool = False


def crowds(days: Mapping[date, Traces], zone: ZoneInfo, left_out: Collection[date] = frozenset()) -> list[Crowd]:
    """Return the days in order; those `left_out` (a context is known of them) teach nothing."""
    return _Walk(zone, left_out).through(sorted(days.values(), key=lambda one: one.day))


class _Walk:
    """What is learned on the way through the days: ways, how many moves are usual, since when it is crowded."""

    def __init__(self, zone: ZoneInfo, left_out: Collection[date]) -> None:
        self._zone = zone
        self._left_out = left_out
        self._ways = Ways()
        self._taught = 0
        self._seen: list[tuple[Traces, Crowd]] = []
        self._whole: list[bool] = []  # whether all of the home was seen on each of them
        self._missed = 0  # days on end that it was not
        self._looked: list[int] = []  # which of them could be looked at, and beside what is usual
        self._next = 0
        self._moves: list[int] = []
        self._usual: list[Crowd] = []
        self._by_moves = False
        self._begun: int | None = None  # which day was the first that is crowded, where it still is

    def through(self, days: Sequence[Traces]) -> list[Crowd]:
        for one in days:
            self._learn_up_to(len(self._seen) - LAG)
            self._missed = 0 if one.known >= LIMIT else self._missed + 1
            self._whole.append(not 0 < self._missed <= MISSED_FOR)
            crowd = self._look(one)
            if crowd.looked and crowd.usual is not None:
                self._looked.append(len(self._seen))
            self._seen.append((one, crowd))
            self._judge()
        return [crowd for _, crowd in self._seen]

    def _learn_up_to(self, end: int) -> None:
        while self._next <= end:
            (one, crowd), whole = self._seen[self._next], self._whole[self._next]
            self._next += 1
            if crowd.crowded or one.day in self._left_out or not one.moves or not whole:
                continue
            if crowd.looked:
                self._usual.append(crowd)
            if self._is_lived_in(one):
                self._ways.learn(one.moves)
                self._moves.append(len(one.moves))
                self._taught += 1

    def _is_lived_in(self, one: Traces) -> bool:
        return not self._moves or len(one.moves) >= EMPTY * median(self._moves)

    def _look(self, one: Traces) -> Crowd:
        looked = self._taught >= WAYS_DAYS and self._is_lived_in(one) and self._whole[-1]
        rare = tuple(self._ways.rare(one.moves)) if looked else ()
        morning, night = (at / SECOND for at in hours_of(one.day, self._zone)[[MORNING, NIGHT]].tolist())
        by_day, moves = (_between(each, morning, night) for each in (rare, one.moves))
        return Crowd(one.day, rare, by_day, len(rare) - by_day, moves, self._what_is_usual(), looked, crowded=False)

    def _what_is_usual(self) -> Usual | None:
        before = self._usual[-REMEMBERED:]
        if len(before) < USUAL_DAYS:
            return None
        rare, moves = [each.by_day for each in before], [each.moves for each in before]
        return Usual(*_mean_and_spread(rare), *_mean_and_spread(moves))

    def _judge(self) -> None:
        """Mark the last days as crowded where they are; once they are, until there were some that are not."""
        last, looked = len(self._seen) - 1, self._looked
        is_looked_at = bool(looked) and looked[-1] == last
        if self._begun is not None:
            self._mark([last], crowded=True, doubted=self._is_doubted(last, self._begun, is_looked_at=is_looked_at))
            recent = looked[-OVER_AFTER:]
            if is_looked_at and len(recent) == OVER_AFTER and all(self._seen[each][1].doubted for each in recent):
                self._mark(list(range(self._doubted_since(recent[0]), last + 1)), crowded=False)
                self._begun = None
            return
        window = looked[-WINDOW:]
        if is_looked_at and len(window) == WINDOW and window[-1] - window[0] <= 2 * WINDOW:
            self._begun = self._begins(window)
            if self._begun is not None:
                self._mark(list(range(self._begun, last + 1)), crowded=True)

    def _is_doubted(self, last: int, begun: int, *, is_looked_at: bool) -> bool:
        """Tell whether the last day looks by itself as if nobody else were there any more.

        What is more is taken from the days that are not in doubt: at first there may be less of it than later. Which
        moves are rare cannot be told of a day that was not seen whole, how many there were can.
        """
        day = self._seen[last][1]
        usual = day.usual
        if usual is None or not (is_looked_at or (self._is_lived_in(self._seen[last][0]) and not self._whole[last])):
            # The morning of a day that goes on, a day away: they say neither that it is over nor that it goes on.
            return last > begun and self._seen[last - 1][1].doubted
        sure = [crowd for _, crowd in self._seen[begun:last] if crowd.looked and not crowd.doubted]
        if not sure:
            return False
        fewer = day.moves < (fmean(each.moves for each in sure) + usual.moves) / 2
        if self._by_moves or not is_looked_at:
            return fewer
        return fewer and day.by_day < (fmean(each.by_day for each in sure) + usual.rare) / 2

    def _doubted_since(self, index: int) -> int:
        while index and self._seen[index - 1][1].crowded and self._seen[index - 1][1].doubted:
            index -= 1
        return index

    def _begins(self, window: Sequence[int]) -> int | None:
        """Return which day of some was the first with more than one in the home; None if there was not."""
        usual = self._seen[window[-1]][1].usual
        if usual is None:
            return None
        # The day with most is left aside: one day out of the ordinary is a visit.
        rare = sorted(self._seen[each][1].by_day for each in window)[:-1]
        moves = sorted(self._seen[each][1].moves for each in window)[:-1]
        rare_error = sqrt(max(usual.rare_spread**2, usual.rare, 0.5) / len(rare))
        moves_error = sqrt(max(usual.moves_spread**2, usual.moves) / len(moves))
        rare_excess, moves_excess = fmean(rare) - usual.rare, fmean(moves) - usual.moves
        surely = rare_excess >= max(Z * rare_error, (TIMES - 1) * usual.rare, LEAST_A_DAY)
        together = rare_excess >= max(LESS_Z * rare_error, LESS_TIMES * usual.rare) and moves_excess >= max(
            Z * moves_error, LESS_TIMES * usual.moves
        )
        # Where a sensor between two rooms is dead, moves are rare, too; but there are not more of them.
        surely = surely and moves_excess >= MORE_MOVES * usual.moves
        if not surely and not together:
            return None
        self._by_moves = not surely
        level = (fmean(rare) + usual.rare) / 2 if surely else (fmean(moves) + usual.moves) / 2
        return next(each for each in window if self._figure(each) >= level)

    def _figure(self, index: int) -> int:
        crowd = self._seen[index][1]
        return crowd.moves if self._by_moves else crowd.by_day

    def _mark(self, indices: Sequence[int], *, crowded: bool, doubted: bool = False) -> None:
        for each in indices:
            traces, crowd = self._seen[each]
            self._seen[each] = (traces, crowd._replace(crowded=crowded, doubted=doubted))


def _between(moves: Sequence[Move], start: float, end: float) -> int:
    """Return how many moves, which are in order, lie from one instant to another."""
    return bisect_left(moves, end, key=_at) - bisect_left(moves, start, key=_at)


def _at(move: Move) -> int:
    return move.at


def _mean_and_spread(counts: Sequence[int]) -> tuple[float, float]:
    """Return the mean of some counts and their standard deviation, by whole numbers and so without loss."""
    number, total = len(counts), sum(counts)
    return total / number, sqrt(number * sum(each * each for each in counts) - total * total) / number

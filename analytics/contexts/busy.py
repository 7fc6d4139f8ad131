"""A day on which there is as much going about as if somebody else were there, before it is known who.

A guest who stays, somebody who moves in and an animal look the same on their first days, and so does the visit of which
the door told nothing. By day there are more rare moves than usual, and more moves at all: somebody who cannot sleep, or
walks about by night, is not taken for it. Once it has lasted for some days, `lasting` says what it is.
"""

from collections.abc import Collection, Sequence
from datetime import date
from math import sqrt
from zoneinfo import ZoneInfo

from analytics.contexts.crowd import Crowd, Usual
from analytics.contexts.kinds import ContextKind
from analytics.contexts.proposal import Proposal
from core.localtime import local_day

NAME = "busy_day"
RARE_Z, MOVES_Z = 1.5, 1.5
LEAST_SPREAD = 0.5  # of a variance: of few moves hardly anything is known
ACTING = 0.7


def busy_days(crowds: Sequence[Crowd], lasting: Collection[date], zone: ZoneInfo) -> list[Proposal]:
    """Return the days of `crowds` with signs of somebody else, in order, but for those of which it is known who."""
    return [_proposal(one, zone) for one in crowds if one.looked and one.day not in lasting and is_busy(one)]


def is_busy(one: Crowd) -> bool:
    """Tell whether a day has so many rare moves by day, and so many moves at all, as one person seldom makes."""
    if one.usual is None:
        return False
    rare = _z(one.by_day, one.usual.rare, one.usual.rare_spread)
    moves = _z(one.moves, one.usual.moves, one.usual.moves_spread)
    return rare >= RARE_Z and moves >= MOVES_Z


def _z(count: int, usual: float, spread: float) -> float:
    """Return how far a count lies above what is usual, in spreads, which are at least those of chance."""
    return (count - usual) / sqrt(max(spread**2, usual, LEAST_SPREAD))


def _proposal(one: Crowd, zone: ZoneInfo) -> Proposal:
    usual = one.usual or Usual(0.0, 0.0, 0.0, 0.0)
    evidence = {"moves": one.moves, "usual": round(usual.moves, 1), "rare": one.by_day}
    return Proposal(NAME, ContextKind.VISIT, *local_day(one.day, zone), ACTING, evidence)

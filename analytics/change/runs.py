"""From days that follow each other to one change: it begins once, goes on, and ends; it is told once."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from analytics.change.day import DomainDay
from analytics.change.domains import LONGEST, Pace, plainness

ONE_DAY = timedelta(days=1)
GAP = {Pace.SUDDEN: timedelta(days=3), Pace.SLOW: timedelta(days=14)}  # calm days within which it is the same change
# By how many orders of magnitude a day is rarer than what was told that what it says is news.
WORSE = 3.0
EXPLAINED = LONGEST * ONE_DAY  # as long as what was sudden stays in the mean of the longest stretch


class Run(NamedTuple):
    """A change in one domain, told as a change of `kind`: its first day, the one that shows it most, and the latest.

    It `begins` with the first of the days that its first sign speaks of, but not before an earlier change has ended.
    """

    kind: str
    begins: date
    first: DomainDay
    most: DomainDay
    last: DomainDay


def runs(days: Iterable[DomainDay], threshold: float) -> list[Run]:
    """Return the changes in one domain; `days` are those of the domain, in order, of both paces.

    A slow change is told only where no sudden one explains it.
    """
    rare = [one for one in unexplained(days, threshold) if one.rarity >= threshold]
    sudden = _of_one_pace([one for one in rare if one.pace is Pace.SUDDEN])
    slow = _of_one_pace([one for one in rare if one.pace is Pace.SLOW], sudden)
    return sorted([*sudden, *slow], key=lambda run: run.first.day)


def unexplained(days: Iterable[DomainDay], threshold: float) -> list[DomainDay]:
    """Return days of one domain without what is slow and has something sudden in the two weeks before it."""
    days = list(days)
    sudden = [one.day for one in days if one.pace is Pace.SUDDEN and one.rarity >= threshold]
    return [
        one
        for one in days
        if one.pace is Pace.SUDDEN or not any(one.day - EXPLAINED < each <= one.day for each in sudden)
    ]


def _of_one_pace(days: Sequence[DomainDay], others: Sequence[Run] = ()) -> list[Run]:
    """Return the changes of days that are rare, in order; they begin after `others` that began earlier have ended.

    What shows itself more plainly than before is another change: after nights of more visits to the bathroom somebody
    who goes out by night is news. So is what is far rarer than what was told and says something else: after a night of
    many visits to the bathroom, days turned into nights; or that what was less than usual is not done at all any more.
    """
    found: list[Run] = []
    for each in days:
        sign = each.plainest()
        before = found[-1] if found else None
        if (
            before is None
            or each.day - before.last.day > GAP[each.pace]
            or plainness(sign.kind) < plainness(before.kind)
            or (_says_something_else(each, before) and each.rarity >= _told(before) + WORSE)
        ):
            begins = each.day - (sign.days - 1) * ONE_DAY
            ended = [one.last.day for one in (*found, *others) if one.first.day < each.day]
            free = max(ended) + ONE_DAY if ended else begins
            found.append(Run(sign.kind, min(each.day, max(begins, free)), each, each, each))
        else:
            found[-1] = before._replace(most=max(before.most, each, key=lambda one: one.rarity), last=each)
    return found


def _says_something_else(day: DomainDay, run: Run) -> bool:
    sign = day.plainest()
    return sign.kind != run.kind or (sign.is_missing and not run.first.plainest().is_missing)


def _told(run: Run) -> float:
    """Return how rare that is as which a change was told; what else there was with it may be rarer, and is not said."""
    return max(
        sign.rarity
        for day in (run.first, run.most)
        for sign in day.signs
        if sign.kind == run.kind and sign.is_missing == run.first.plainest().is_missing
    )

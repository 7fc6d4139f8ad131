"""From days that follow each other to one change: it begins once, goes on, and ends; it is told once."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from analytics.change.day import DomainDay
from analytics.change.domains import plainness

ONE_DAY = timedelta(days=1)
GAP = timedelta(days=3)  # calm days within which a change that comes back is the same one


class Run(NamedTuple):
    """A change in one domain, told as a change of `kind`: its first day, the one that shows it most, and the latest.

    It `begins` with the first of the days that its first sign speaks of, but not before an earlier change has ended.
    """

    kind: str
    begins: date
    first: DomainDay
    most: DomainDay
    last: DomainDay


def runs(days: Sequence[DomainDay], threshold: float) -> list[Run]:
    """Return the changes in one domain; `days` are those of the domain, in order.

    What shows itself more plainly than before is another change: after nights of more visits to the bathroom somebody
    who goes out by night is news.
    """
    found: list[Run] = []
    for each in days:
        if each.rarity < threshold:
            continue
        sign = each.plainest(threshold)
        kind = sign.kind
        before = found[-1] if found else None
        if before is None or each.day - before.last.day > GAP or plainness(kind) < plainness(before.kind):
            begins = each.day - (sign.days - 1) * ONE_DAY
            free = begins if before is None else before.last.day + ONE_DAY
            found.append(Run(kind, min(each.day, max(begins, free)), each, each, each))
        else:
            found[-1] = before._replace(most=max(before.most, each, key=lambda one: one.rarity), last=each)
    return found

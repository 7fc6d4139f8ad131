"""Days that stand in an address: one, or the first and the last of a period."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import Query

Day = Annotated[str, Query(max_length=10)]


def day_in(written: str) -> date | None:
    """Return the day that is written as in 2026-03-16; None where it is none, as where a field was emptied."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def period(first: str, last: str, newest: date, usual: int, most: int) -> tuple[date, date]:
    """Return the first and the last day that are asked for: of `most` days at most, the last no later than `newest`.

    Where no last day is given it is `newest`; where no first one is, so many days as are `usual`.
    """
    until = max(min(day_in(last) or newest, newest), date.min + timedelta(days=most))
    since = min(day_in(first) or until - timedelta(days=usual - 1), until)
    return max(since, until - timedelta(days=most)), until

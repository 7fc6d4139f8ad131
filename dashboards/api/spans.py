"""How much may be asked for at once."""

from datetime import date, datetime, timedelta

from fastapi.exceptions import RequestValidationError

MOST_DAYS = 100


def days(first: date, last: date, most: int = MOST_DAYS) -> None:
    """Refuse days that end before they begin, and more than `most`; raises `RequestValidationError`."""
    _check((last - first).days, ("query", "last"), least=0, most=most)


def until(last: date, newest: date) -> None:
    """Refuse a last day after the newest of which anything can be told; raises `RequestValidationError`."""
    if last > newest:
        _refuse(("query", "last"), f"has to be {newest} or before")


def span(start: datetime, end: datetime) -> None:
    """Refuse an interval that ends before it begins or is too long; raises `RequestValidationError`."""
    if end <= start:
        _refuse(("query", "end"), "has to be after start")
    if end - start > timedelta(days=MOST_DAYS):
        _refuse(("query", "end"), f"at most {MOST_DAYS} days are asked for at once")


def _check(apart: int, where: tuple[str, str], least: int, most: int) -> None:
    if apart < least:
        _refuse(where, "has to be on or after first")
    if apart >= most:
        _refuse(where, f"at most {most} days are asked for at once")


def _refuse(where: tuple[str, str], what: str) -> None:
    raise RequestValidationError([{"loc": where, "msg": what, "type": "value_error"}])

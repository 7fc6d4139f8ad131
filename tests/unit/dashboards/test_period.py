"""A period in an address is never longer, later or earlier than there are days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.pages.period import day_in, period

NEWEST = date(2026, 3, 16)


def test_without_days_it_is_the_usual_one() -> None:
    assert period("", "", NEWEST, 28, 100) == (date(2026, 2, 17), NEWEST)


@given(st.dates(), st.dates())
def test_it_is_one_of_so_many_days_at_most_that_has_been(first: date, last: date) -> None:
    since, until = period(first.isoformat(), last.isoformat(), NEWEST, 28, 3_660)
    assert since <= until <= NEWEST
    assert until - since <= timedelta(days=3_660)
    if first <= last <= NEWEST and last - first <= timedelta(days=3_660) and first > date(11, 1, 15):
        assert (since, until) == (first, last)


@pytest.mark.parametrize("said", ["0001-01-01", "9999-12-31", "2026-02-30", "yesterday", ""])
def test_what_is_no_day_of_ours_breaks_nothing(said: str) -> None:
    since, until = period(said, said, NEWEST, 28, 3_660)
    assert since <= until <= NEWEST


def test_what_is_no_day_is_none() -> None:
    assert day_in("2026-02-30") is None
    assert day_in("2026-02-28") == date(2026, 2, 28)

"""Intervals of rates, and that nothing is told of one to four."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.pictures.rows import Row, rows_picture
from dashboards.research.numbers import FEW, arm, group, rate_interval
from dashboards.research.reads import Arm, Group
from dashboards.research.wording import summary
from dashboards.wording import Words


@pytest.mark.parametrize(
    # Exact limits of a Poisson count (half the quantiles of chi square), to which this comes close.
    ("events", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.025, 5.572), (5, 1.623, 11.668), (20, 12.217, 30.888), (100, 81.364, 121.627)],
)
def test_the_interval_of_a_rate_is_close_to_the_exact_one(events, low, high):
    found = rate_interval(events, 1.0)
    assert found[0] == pytest.approx(low, abs=0.06)
    assert found[1] == pytest.approx(high, abs=0.15)
    assert rate_interval(events, 10.0) == pytest.approx((found[0] / 10, found[1] / 10))


@given(st.integers(0, 10_000))
def test_an_interval_holds_what_was_counted_and_is_shorter_for_more(events):
    low, high = rate_interval(events, 1.0)
    assert 0 <= low <= events < high
    assert all(math.isfinite(end) for end in (low, high))


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_no_count_of_an_arm_tells_of_a_few(enrolled, left, agree):
    left, agree = min(left, enrolled), min(agree, enrolled)
    told = arm(Arm("S", "one", is_control=False, enrolled=enrolled, has_left=left, agree=agree))
    for count in (told["enrolled"], told["left"], told["agree"]):
        assert count is None or count == 0 or count >= FEW
    # Nor do those who do not agree, or have not left, as the difference.
    for name in ("agree", "left"):
        if told[name] is not None and told["enrolled"] is not None:
            assert not 0 < told["enrolled"] - told[name] < FEW


@given(st.integers(1, 60), st.integers(0, 40))
def test_no_count_of_a_cohort_tells_of_a_few(homes, more):
    told = group(Group(None, None, homes, homes + more))
    assert (told["homes"] is None) is (homes < FEW)
    assert told["persons"] is None or told["persons"] >= FEW


@pytest.mark.parametrize(
    "cohort", [[Group(None, None, 4, 4)], [Group("female", 80, 20, 20), Group(None, None, 3, 4)]], ids=["few", "rest"]
)
def test_no_total_tells_of_a_few(cohort):
    said = summary([group(each) for each in cohort], Words("en"))
    assert not re.search(r"[0-9]", said), said


def test_a_total_of_groups_that_are_told_is_said():
    cohort = [Group("female", 80, 20, 20), Group(None, None, 6, 9)]
    assert "26 homes with 29 persons" in summary([group(each) for each in cohort], Words("en"))


def test_a_value_that_is_not_told_is_named_and_not_drawn():
    drawn = rows_picture("x", [Row("a", "12", 12), Row("b", "fewer than 5", None)], title="t")
    assert drawn.count('class="told"') == 1
    assert "b: fewer than 5" in drawn
    ends = rows_picture("x", [Row("a", "1 (0 to 4)", 1, 0, 4)], title="t", whole=8)
    assert ('x2="50%"' in ends, 'cx="12.5%"' in ends) == (True, True)

"""How far the last days lie from what was usual before them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.change.absence_of import absence_of
from analytics.change.departure import departure, departures
from analytics.indicators.protocol import Direction

USUAL = [2.0, 3.0] * 15
figures = st.lists(st.one_of(st.just(math.nan), st.floats(0, 50)), min_size=0, max_size=90).map(np.array)


def days(*values: float) -> np.ndarray:
    return np.array([*USUAL, *values])


def test_one_day_is_a_robust_z() -> None:
    found = departure(days(9.0), 1, Direction.MORE, 0.5)
    assert found is not None
    assert found.usual.median == 2.5
    assert found.z == pytest.approx((9 - 2.5) / (1.4826 * 0.5))


def test_several_days_count_together_against_the_days_before_them() -> None:
    found = departure(days(9.0, 9.0, 9.0), 3, Direction.MORE, 0.5)
    assert found is not None
    assert (found.value, found.usual.median) == (9.0, 2.5)
    assert found.z == pytest.approx((9 - 2.5) / (1.4826 * 0.5) * math.sqrt(3))


@pytest.mark.parametrize(
    ("direction", "sign"),
    [(Direction.MORE, 1), (Direction.LATER, 1), (Direction.LESS, -1), (Direction.EARLIER, -1), (Direction.BOTH, 1)],
)
def test_it_is_positive_in_the_direction_that_matters(direction, sign) -> None:
    found = departure(days(9.0), 1, direction, 0.5)
    assert found is not None
    assert math.copysign(1, found.z) == sign


def test_where_both_directions_matter_less_counts_as_more() -> None:
    less = departure(days(-4.0), 1, Direction.BOTH, 0.5)
    assert less is not None
    assert less.z > 5


def test_a_few_quite_different_days_are_usual_too() -> None:
    """Ten equal days of eleven have no median deviation; the eleventh says how far a day may be off."""
    rare = np.array(([0.0] * 5 + [6.0]) * 5 + [6.0])
    found = departure(rare, 1, Direction.MORE, 0.5)
    assert found is not None
    assert found.z == pytest.approx(6 / (6 / 2.563))


@pytest.mark.parametrize("values", [[], [math.nan], [9.0, math.nan]])
def test_nothing_is_said_of_a_day_without_verdict(values) -> None:
    assert departure(days(*values) if values else np.array([]), 1, Direction.MORE, 0.5) is None


def test_nothing_is_said_of_a_window_that_is_mostly_missing() -> None:
    assert departure(days(*[math.nan] * 6, 9.0), 7, Direction.MORE, 0.5) is None
    assert departure(days(*[math.nan] * 3, *[9.0] * 4), 7, Direction.MORE, 0.5) is not None


def test_nothing_is_said_before_enough_is_known() -> None:
    assert departure(np.array([2.0] * 14), 1, Direction.MORE, 0.5) is None
    assert departure(np.array([2.0] * 15), 1, Direction.MORE, 0.5) is not None


@given(figures)
def test_it_never_fails_and_is_a_number(values) -> None:
    for found in departures(values, (1, 2, 3, 7, 14), Direction.BOTH, 0.5):
        assert math.isfinite(found.z)
        assert found.z >= 0
    missed = absence_of(values)
    assert missed is None or (missed.days > 0 and missed.rarity > 0)


@given(figures, st.floats(-100, 100))
def test_a_shift_of_all_days_changes_nothing(values, shift) -> None:
    before = departures(values, (1, 3), Direction.MORE, 0.5)
    after = departures(values + shift, (1, 3), Direction.MORE, 0.5)
    assert [one.z for one in after] == pytest.approx([one.z for one in before], abs=1e-6)


def test_days_in_a_row_without_what_is_usual() -> None:
    found = absence_of(np.array([1.0, 0.0] * 15 + [1.0] + [0.0] * 9))
    assert found is not None
    assert (found.days, found.usual_share, found.known) == (9, 0.516, 31)
    assert found.rarity == pytest.approx(-9 * math.log10(1 - 16.5 / 32))


def test_what_happened_today_is_not_missed() -> None:
    assert absence_of(np.array([1.0] * 30)) is None


def test_days_without_verdict_are_not_days_without_it() -> None:
    with_gap = absence_of(np.array([1.0] * 20 + [0.0, math.nan, math.nan, 0.0]))
    assert with_gap is not None
    assert with_gap.days == 2


def test_nothing_is_missed_before_it_is_known_to_be_usual() -> None:
    assert absence_of(np.array([1.0] * 13 + [0.0])) is None
    assert absence_of(np.array([0.0] * 40)) is None

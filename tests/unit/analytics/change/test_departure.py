"""How far the last days lie from what was usual before them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.change.absence_of import absence_of
from analytics.change.departure import Spread, departure, departures, moderated, spread_of_days, towards
from analytics.change.domains import Look
from analytics.indicators.protocol import Direction

USUAL = [2.0, 3.0] * 15
MORE = Look(Direction.MORE, (1, 2, 3, 7, 14), is_amount=False)
COUNT = Look(Direction.MORE, (1, 2, 3))
figures = st.lists(st.one_of(st.just(math.nan), st.floats(0, 50)), min_size=0, max_size=90).map(np.array)


def days(*values: float) -> np.ndarray:
    return np.array([*USUAL, *values])


def test_one_day_is_measured_by_the_spread_of_single_days() -> None:
    found = departure(days(9.0), 1, MORE, 0.1)
    assert found is not None
    assert (found.usual.median, found.usual.days) == (2.5, 28)
    spread = spread_of_days(np.array(USUAL[-28:]), MORE, 0.1)
    assert spread.spread == pytest.approx(0.5, abs=0.02)
    assert found.z == pytest.approx((9 - 2.5) / (spread.spread * math.sqrt(1 + 1 / 28)))


def test_several_days_count_together_against_the_days_before_them() -> None:
    one, three = departure(days(9.0), 1, MORE, 0.1), departure(days(9.0, 9.0, 9.0), 3, MORE, 0.1)
    assert one is not None
    assert three is not None
    assert (three.value, three.usual.median) == (9.0, 2.5)
    assert three.z / one.z == pytest.approx(math.sqrt((1 + 1 / 28) / (1 / 3 + 1 / 28)))


@pytest.mark.parametrize(
    ("direction", "sign"),
    [(Direction.MORE, 1), (Direction.LATER, 1), (Direction.LESS, -1), (Direction.EARLIER, -1), (Direction.BOTH, 1)],
)
def test_it_is_turned_into_the_direction_that_matters(direction, sign) -> None:
    assert math.copysign(1, towards(2.0, MORE._replace(direction=direction), 2)) == sign


def test_where_both_directions_matter_less_counts_as_more() -> None:
    both = MORE._replace(direction=Direction.BOTH)
    assert towards(-2.0, both, 2) == towards(2.0, both, 2) == 2.0


def test_more_may_matter_only_over_weeks() -> None:
    look = MORE._replace(direction=Direction.BOTH, more_from=7)
    assert towards(2.0, look, 3) == -2.0
    assert towards(-2.0, look, 3) == 2.0
    assert towards(2.0, look, 7) == 2.0


def test_a_few_quite_different_days_neither_spoil_what_is_usual_nor_are_they_nothing() -> None:
    calm = spread_of_days(np.array([2.0, 3.0] * 14), MORE, 0.1)
    with_some = spread_of_days(np.array([2.0, 3.0] * 13 + [40.0] * 2), MORE, 0.1)
    assert with_some.middle < 3.2
    assert calm.spread < with_some.spread < 3


def test_the_more_there_is_the_more_it_varies() -> None:
    few, many = np.array([0.0, 1.0, 2.0, 1.0] * 7), np.array([36.0, 49.0, 64.0, 49.0] * 7)
    assert spread_of_days(many, COUNT, 0.1).spread < 3 * spread_of_days(few, COUNT, 0.1).spread
    assert spread_of_days(many, MORE, 0.1).spread > 10 * spread_of_days(few, MORE, 0.1).spread


def test_days_that_happen_to_be_alike_are_drawn_towards_what_is_typical() -> None:
    alike = Spread(2.0, 0.1, 14)
    assert 0.1 < moderated(alike, 1.0) < 1.0
    assert moderated(alike._replace(days=28), 1.0) < moderated(alike, 1.0), "the more days, the less it counts"


@pytest.mark.parametrize("values", [[], [math.nan], [9.0, math.nan]])
def test_nothing_is_said_of_a_day_without_verdict(values) -> None:
    assert departure(days(*values) if values else np.array([]), 1, MORE, 0.5) is None


def test_nothing_is_said_of_a_window_that_is_mostly_missing() -> None:
    assert departure(days(*[math.nan] * 6, 9.0), 7, MORE, 0.5) is None
    assert departure(days(*[math.nan] * 3, *[9.0] * 4), 7, MORE, 0.5) is not None


def test_nothing_is_said_before_enough_is_known() -> None:
    assert departure(np.array([2.0] * 14), 1, MORE, 0.5) is None
    assert departure(np.array([2.0] * 15), 1, MORE, 0.5) is not None


@given(figures, st.sampled_from([MORE, COUNT]))
def test_it_never_fails_and_is_a_number(values, look) -> None:
    for found in departures(values, look, 0.5, 0.5):
        assert math.isfinite(found.z)
    missed = absence_of(values)
    assert missed is None or (missed.days > 0 and missed.rarity > 0)


@given(figures, st.floats(-100, 100))
def test_a_shift_of_all_days_changes_nothing(values, shift) -> None:
    before = departures(values, MORE, 0.5)
    after = departures(values + shift, MORE, 0.5)
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

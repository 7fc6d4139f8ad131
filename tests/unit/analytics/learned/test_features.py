from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.learned.features import BLOCK, HABIT_LEAST, NAMES, Lived, block_start, features
from tests.unit.analytics.learned.made import FIRST, lived

LAST = date(2019, 6, 29)
NAME = {name: place for place, name in enumerate(NAMES)}


@given(st.integers(-40, 200))
def test_blocks_are_weeks_that_end_with_the_last_day(back: int) -> None:
    day = LAST - timedelta(days=back)
    start = block_start(day, LAST)
    assert 0 <= (day - start).days < BLOCK
    assert (LAST - start).days % BLOCK == BLOCK - 1


def test_by_hand() -> None:
    days = [FIRST + timedelta(days=n) for n in range(9)]
    counts = np.zeros((9, 2, 6))
    counts[:, 0] = [0, 10, 20, 30, 40, 50]
    counts[8, 0] = 60
    home = Lived(days, counts, np.ones((9, 2)), np.ones(9, dtype=bool))
    table = features(home, [days[1]], days[-1])
    assert table[0, 0, NAME["transitions"]] == 150
    assert table[0, 0, NAME["sustained"]] == pytest.approx(30)  # of 20, 30, 40
    assert table[HABIT_LEAST - 1, 0, NAME["against_habit"]] == 0
    assert table[8, 0, NAME["against_habit"]] == 5  # 210 above the usual 150, by a spread of 3: as far as it goes
    assert table[0, 0, NAME["newcomer"]] == 1
    assert table[7, 0, NAME["newcomer"]] == pytest.approx(np.exp(-1))
    # The label of the second day is known from the third on, where a block begins.
    assert table[:2, 0, NAME["labelled_share"]].tolist() == [0, 0]
    assert table[2, 0, NAME["labelled_share"]] == pytest.approx(1 / 9)
    assert table[2:, 0, NAME["labelled_lately"]].tolist() == pytest.approx([np.exp(-n / 14) for n in range(1, 8)])


def test_a_part_that_is_not_known_has_no_features_and_teaches_nothing() -> None:
    home, _ = lived(40, 3)
    coverage = home.coverage.copy()
    coverage[20, 1] = 0.79
    counts = home.counts.copy()
    counts[20, 1] = 1000
    table = features(home._replace(coverage=coverage, counts=counts), [], home.days[-1])
    assert np.isnan(table[20, 1]).all()
    assert not np.isnan(table[20, 0]).any() or home.coverage[20, 0] < 0.8
    counts[20, 1] = 0
    again = features(home._replace(coverage=coverage, counts=counts), [], home.days[-1])
    assert np.array_equal(table, again, equal_nan=True)


def test_a_day_without_anything_is_not_known_however_good_its_coverage() -> None:
    home, _ = lived(10, 3)
    present = home.present.copy()
    present[4] = False
    assert not home._replace(present=present, coverage=np.ones((10, 2))).known[4].any()


@given(st.integers(0, 59), st.integers(0, 2**32 - 1))
def test_no_feature_knows_a_later_day(day: int, seed: int) -> None:
    home, busy = lived(60, seed)
    marked = [one for one, restless in zip(home.days, busy.any(axis=1), strict=True) if restless]
    whole = features(home, marked, home.days[-1])
    counts, coverage = home.counts.copy(), home.coverage.copy()
    counts[day + 1 :], coverage[day + 1 :] = 500, 1.0
    start = block_start(home.days[day], home.days[-1])
    changed = features(
        home._replace(counts=counts, coverage=coverage), [one for one in marked if one < start], home.days[-1]
    )
    assert np.array_equal(whole[day], changed[day], equal_nan=True)

from datetime import date, timedelta

import numpy as np
import pytest

from analytics.baseline import DAYS, LEAST_DAYS, baseline, known_before
from analytics.frames import History, history_of

DAY = date(2026, 3, 2)


def history(values: list[float]) -> History:
    """Values of the days before `DAY`, the last one being that of `DAY` itself."""
    days = [DAY - timedelta(days=len(values) - 1 - index) for index in range(len(values))]
    return history_of((day, value, 1.0) for day, value in zip(days, values, strict=True))


def test_by_hand() -> None:
    usual = baseline(np.array([0.0, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4, 5]), 0.5)
    assert usual is not None
    assert usual.median == 2
    assert usual.spread == pytest.approx(1.4826)
    assert (usual.low, usual.high, usual.days) == (1, 4, 14)


def test_too_few_days_say_nothing() -> None:
    assert baseline(np.ones(LEAST_DAYS - 1), 0.5) is None
    assert baseline(np.ones(LEAST_DAYS), 0.5) is not None


def test_somebody_perfectly_regular_keeps_a_spread() -> None:
    usual = baseline(np.ones(28), 0.5)
    assert usual is not None
    assert usual.spread == 0.5


def test_one_wild_day_moves_little() -> None:
    calm = np.tile([1.0, 2.0, 3.0], 9)
    usual, moved = baseline(calm, 0.5), baseline(np.append(calm, 60.0), 0.5)
    assert usual is not None
    assert moved is not None
    assert (moved.median, moved.high) == (usual.median, usual.high)


def test_the_day_itself_and_days_after_it_are_not_looked_at() -> None:
    assert list(known_before(history([1.0, 2.0, 99.0]), DAY)) == [1.0, 2.0]
    assert list(known_before(history([1.0, 2.0, 99.0]), DAY - timedelta(days=1))) == [1.0]


def test_days_without_verdict_are_passed_over_and_old_ones_forgotten() -> None:
    values = [7.0] * 40 + [float("nan")] * 10 + [1.0] * 20 + [0.0]
    known = known_before(history(values), DAY)
    assert len(known) == DAYS
    assert list(known) == [7.0] * 8 + [1.0] * 20
    assert len(known_before(history([7.0] + [float("nan")] * 60 + [0.0]), DAY)) == 0

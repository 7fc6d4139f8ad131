import numpy as np
import pytest

from analytics.detectors.sudden import Sudden


def test_by_hand() -> None:
    usual = Sudden(0.75, 2.0).learn(np.tile([1.0, 2.0, 3.0, 2.0], 7))
    # median 2, MAD 0.5: spread 0.75 by its floor; usual up to 3
    assert usual.score(5.0) == pytest.approx(1.0)
    assert usual.score(4.9) == pytest.approx(0.95)
    assert usual.score(0.0) == 0.0


def test_both_conditions_are_needed() -> None:
    regular = Sudden(0.1, 2.0).learn(np.ones(28))
    assert regular.score(2.0) == 0.5  # z is 10, but it is one more only
    restless = Sudden(0.75, 2.0).learn(np.tile([2.0, 4.0, 6.0, 8.0], 7))
    assert (restless.score(10.0) or 0) < 1  # two more, but within what varies anyway

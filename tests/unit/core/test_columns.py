"""Columns that go to PostgreSQL and come from it in one piece."""

import numpy as np

from core.columns import array_text


def test_numbers_are_written_as_an_array_without_loss_and_what_is_not_known_as_null() -> None:
    assert array_text([]) == "{}"
    assert array_text([3, 14, 15]) == "{3,14,15}"
    assert array_text(np.array([0.1, np.nan, 1e-7, 12.0])) == "{0.1,NULL,1e-07,12.0}"

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.hours import MINUTES, Hours


@given(st.integers(0, MINUTES - 1), st.integers(1, MINUTES))
def test_hours_are_read_as_they_are_written(start: int, end: int) -> None:
    if start != end:
        hours = Hours(start, end)
        assert Hours.parse(str(hours)) == hours


@pytest.mark.parametrize(
    "text", ["8", "08:00", "08:00-08:00", "24:00-08:00", "25:00-26:00", "08:60-09:00", "0:00-24:01"]
)
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no hours"):
        Hours.parse(text)


def test_nothing_said_is_the_whole_day_and_midnight_is_its_end() -> None:
    assert Hours.parse(" ") == Hours() == Hours.parse("00:00-24:00") == Hours.parse("0:00-0:00")
    assert Hours.parse("22:00-00:00") == Hours(1320, MINUTES)
    assert Hours.parse("22:00-06:00") == Hours(1320, 360)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vocabulary import BY_NAME, QUANTITIES, Kind, Retention
from gateway.restatement import DAY_MS, HOUR_MS, Told, worth_telling

quantities = st.sampled_from([quantity.name for quantity in QUANTITIES])
values = st.floats(0, 100)


@pytest.mark.parametrize(
    ("quantity", "value", "after_ms", "told"),
    [
        ("occupancy", 1, 1, True),  # the same state again is another movement
        ("sos_button", 1, 1, True),
        ("temperature", 1, HOUR_MS - 1, False),
        ("temperature", 1, HOUR_MS, True),
        ("temperature", 2, 1, True),
        ("battery", 1, DAY_MS - 1, False),
        ("battery", 1, DAY_MS, True),
        ("battery", 2, HOUR_MS - 1, False),
        ("battery", 2, HOUR_MS, True),
        ("link_quality", 2, 6 * HOUR_MS - 1, False),
        ("link_quality", 2, 6 * HOUR_MS, True),
        ("battery_low", 1, DAY_MS - 1, False),
        ("battery_low", 0, 1, True),
    ],
)
def test_what_is_told_after_a_one(quantity: str, value: float, after_ms: int, told: bool) -> None:
    assert worth_telling(quantity, value, 1_000 + after_ms, Told(1_000, 1)) is told


@given(quantities, values, st.integers(0, 2**42))
def test_the_first_value_of_a_series_is_always_told(quantity: str, value: float, at_ms: int) -> None:
    assert worth_telling(quantity, value, at_ms, None)


@given(quantities, values, values, st.integers(0, 2**42), st.integers(0, DAY_MS))
def test_what_tells_about_the_person_is_never_left_out(
    quantity: str, before: float, value: float, at_ms: int, after_ms: int
) -> None:
    known = BY_NAME[quantity]
    personal = known.retention is not Retention.TECHNICAL
    if personal and (known.kind in (Kind.STATE, Kind.EVENT) or value != before):
        assert worth_telling(quantity, value, at_ms + after_ms, Told(at_ms, before))


@given(quantities, values, values, st.integers(0, 2**42))
def test_nothing_stays_untold_for_more_than_a_day(quantity: str, before: float, value: float, at_ms: int) -> None:
    assert worth_telling(quantity, value, at_ms + DAY_MS, Told(at_ms, before))


@given(quantities, values, values, st.integers(0, 2**42), st.integers(1, 2**42))
def test_what_was_told_by_a_clock_that_was_ahead_silences_nothing(
    quantity: str, before: float, value: float, at_ms: int, ahead_ms: int
) -> None:
    assert worth_telling(quantity, value, at_ms, Told(at_ms + ahead_ms, before))

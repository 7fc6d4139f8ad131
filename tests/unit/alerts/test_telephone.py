import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.addresses.telephone import e164, takes_texts


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("333 123 4567", "+393331234567"),
        ("0523/123456", "+390523123456"),
        ("+39 333.123-4567", "+393331234567"),
        ("0044 7700 900123", "+447700900123"),
        ("(0523) 123456", None),
        ("+0523", None),
        ("112", None),
        ("", None),
        ("333 123 4567\nBcc: 1", None),
    ],
)
def test_numbers_as_people_write_them(written, number):
    assert e164(written) == number


@given(st.text(max_size=40))
def test_what_comes_out_is_a_number_or_nothing(written):
    number = e164(written)
    assert number is None or (number[0] == "+" and number[1:].isascii() and number[1:].isdigit() and len(number) <= 16)


def test_landlines_take_no_texts():
    assert takes_texts("+393331234567")
    assert takes_texts("+390523123456") is False
    assert takes_texts("+447700900123")

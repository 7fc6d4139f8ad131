"""One-time codes against the vectors of the RFCs, and over any time."""

from base64 import b32decode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import codes
from registry.one_time_codes import (
    STEP_S,
    address,
    as_text,
    code_of,
    new_secret,
    step_of,
    step_that_matches,
)

SECRET = b"12345678901234567890"  # of RFC 4226, appendix D, and RFC 6238, appendix B
VECTORS = (755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489)
INSTANTS = st.integers(1_600_000_000, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.parametrize(
    ("count", "expected"),
    list(
        enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"])
    ),
)
def test_the_vectors_of_rfc_4226(count: int, expected: int) -> None:
    assert code_of(SECRET, count) == str(expected)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238(seconds: int, expected: str) -> None:
    assert code_of(SECRET, step_of(datetime.fromtimestamp(seconds, UTC)), 8) == expected


@given(INSTANTS, st.integers(-5, 5), st.binary(min_size=20, max_size=20))
def test_a_code_is_taken_one_step_early_and_one_late_and_no_more(now: datetime, late: int, secret: bytes) -> None:
    shown = code_of(secret, step_of(now) + late)
    near = {code_of(secret, step_of(now) + each) for each in (-1, 0, 1)}
    found = step_that_matches(secret, shown, now)
    assert (found is not None) == (shown in near)
    if abs(late) <= 1 and len(near) == 3:
        assert found == step_of(now) + late


@given(st.text(max_size=12))
def test_whatever_is_typed_is_answered(text: str) -> None:
    now = datetime(2026, 3, 16, tzinfo=UTC)
    found = step_that_matches(SECRET, text, now)
    assert found is None or text in {code_of(SECRET, step_of(now) + each) for each in (-1, 0, 1)}


def test_a_step_lasts_half_a_minute() -> None:
    start = datetime(2026, 3, 16, 2, 12, tzinfo=UTC)
    assert step_of(start + timedelta(seconds=STEP_S - 1)) == step_of(start)
    assert step_of(start + timedelta(seconds=STEP_S)) == step_of(start) + 1


def test_what_an_app_is_given_holds_the_secret_and_whose_it_is() -> None:
    secret = new_secret()
    parts = urlsplit(address(secret, "anna@bobbio", "Vicino"))
    given_to_app = parse_qs(parts.query)
    assert (parts.scheme, parts.netloc, unquote(parts.path)) == ("otpauth", "totp", "/Vicino:anna@bobbio")
    assert b32decode(given_to_app["secret"][0]) == secret == b32decode(as_text(secret).replace(" ", ""))
    assert given_to_app["issuer"] == ["Vicino"]
    assert new_secret() != secret


def test_a_recovery_code_is_read_however_it_is_typed() -> None:
    code = codes.new_code()
    assert len(codes.letters_of(code)) == codes.LENGTH
    assert codes.digest(code) == codes.digest(f" {code.lower().replace('-', ' ')} ")
    assert codes.digest("O0I1L") == codes.digest("00111")

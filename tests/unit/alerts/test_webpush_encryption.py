"""What is sent to a browser is exactly what the standards say, and only that browser can read it."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.webpush.encryption import (
    CURVE,
    FILLED_TO,
    HEADER_BYTES,
    MOST_BYTES,
    RECORD_BYTES,
    TAG_BYTES,
    NotASubscriptionError,
    decode,
    encode,
    encrypt,
    point,
    seal,
)
from tests.integration.alerts.browser_keys import BrowserKeys

# RFC 8291 section 5 and appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
OUR_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIR_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
THEIR_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_y"
    "l95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decode(text)), CURVE)


def test_the_example_of_the_standard_comes_out_byte_for_byte() -> None:
    assert encode(seal(PLAIN, THEIR_PUBLIC, AUTH, private(OUR_PRIVATE), decode(SALT))) == BODY


def test_the_browser_of_the_tests_reads_the_example_of_the_standard() -> None:
    assert BrowserKeys(private(THEIR_PRIVATE), decode(AUTH)).open(decode(BODY)) == PLAIN


@given(st.binary(max_size=MOST_BYTES))
def test_the_browser_reads_whatever_is_sent_and_nobody_else_does(plain: bytes) -> None:
    browser, other = BrowserKeys.make(), BrowserKeys.make()
    sent = encrypt(plain, browser.p256dh, browser.auth)
    assert browser.open(sent) == plain
    assert len(sent) <= RECORD_BYTES
    with pytest.raises(InvalidTag):
        other.open(sent)


@given(st.binary(max_size=FILLED_TO), st.binary(max_size=FILLED_TO))
def test_the_length_does_not_tell_what_a_message_says(one: bytes, other: bytes) -> None:
    browser = BrowserKeys.make()
    lengths = {len(encrypt(plain, browser.p256dh, browser.auth)) for plain in (one, other)}
    assert lengths == {HEADER_BYTES + FILLED_TO + 1 + TAG_BYTES}


def test_what_is_too_long_is_refused() -> None:
    browser = BrowserKeys.make()
    with pytest.raises(ValueError, match="at most"):
        encrypt(bytes(MOST_BYTES + 1), browser.p256dh, browser.auth)


def test_each_message_has_a_key_and_a_salt_of_its_own() -> None:
    browser = BrowserKeys.make()
    assert len({encrypt(PLAIN, browser.p256dh, browser.auth)[:HEADER_BYTES] for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", AUTH),
        ("not base64!", AUTH),
        (encode(bytes(65)), AUTH),
        (encode(b"\x04" + bytes(64)), AUTH),
        (encode(point(private(OUR_PRIVATE).public_key())[:-1]), AUTH),
        (THEIR_PUBLIC, ""),
        (THEIR_PUBLIC, encode(bytes(15))),
        (THEIR_PUBLIC, "é" * 22),
    ],
)
def test_what_no_browser_has_given_is_no_subscription(p256dh: str, auth: str) -> None:
    with pytest.raises(NotASubscriptionError):
        encrypt(PLAIN, p256dh, auth)

"""The link of a message: only what was signed with the key, exactly as it was written, is taken for one."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from alerts.replies.links import Links
from alerts.replies.tokens import CHARACTERS, ReplyKeyError, key_of, read, sign

KEY = b"k" * 32
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
keys = st.binary(min_size=32, max_size=64)


@given(key=keys, message=st.uuids())
def test_what_was_signed_is_read(key, message):
    token = sign(key, message)
    assert len(token) == CHARACTERS
    assert read(key, token) == message


@given(key=keys, message=st.uuids(), bit=st.integers(0, CHARACTERS * 6 - 1))
def test_a_token_of_which_any_bit_was_turned_is_refused(key, message, bit):
    token = sign(key, message)
    place, within = divmod(bit, 6)
    turned = ALPHABET[ALPHABET.index(token[place]) ^ 1 << within]
    assert read(key, token[:place] + turned + token[place + 1 :]) is None


@given(key=keys, other=keys, message=st.uuids())
def test_another_key_signs_nothing(key, other, message):
    assert (read(other, sign(key, message)) is None) == (key != other)


@given(token=st.text(max_size=60) | st.text(ALPHABET, min_size=CHARACTERS, max_size=CHARACTERS))
def test_nothing_that_somebody_types_is_a_link_or_raises(token):
    assert read(KEY, token) is None


@pytest.mark.parametrize("change", [lambda t: t + "=", lambda t: t + "A", lambda t: t[:-1], lambda t: " " + t[1:]])
def test_it_has_one_spelling(change):
    assert read(KEY, change(sign(KEY, UUID(int=7)))) is None


def test_it_says_nothing_but_the_id_and_is_not_the_same_for_two_messages():
    assert sign(KEY, UUID(int=7)) != sign(KEY, UUID(int=8))
    links = Links("https://vicino.example.org/", KEY)
    assert links.reply(UUID(int=7)) == f"https://vicino.example.org/r/{sign(KEY, UUID(int=7))}"
    assert Links("https://vicino.example.org").reply(UUID(int=7)) == ""


def test_a_key_that_can_be_guessed_is_refused():
    assert key_of(None) is None
    assert key_of(SecretStr(" ")) is None
    assert key_of(SecretStr("x" * 32 + "\n")) == b"x" * 32
    with pytest.raises(ReplyKeyError, match="too short"):
        key_of(SecretStr("x" * 31))

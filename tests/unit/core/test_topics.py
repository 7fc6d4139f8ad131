import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import topics
from core.topics import Leaf


@given(st.from_regex(topics.KEY, fullmatch=True), st.sampled_from(Leaf))
def test_a_topic_is_parsed_into_what_it_was_made_of(gateway: str, leaf: Leaf) -> None:
    assert topics.parse(topics.topic(gateway, leaf)) == topics.Topic(gateway, leaf)


@given(st.text(max_size=60))
def test_no_text_makes_the_parser_raise(text: str) -> None:
    parsed = topics.parse(text)
    assert parsed is None or topics.topic(*parsed) == text


@pytest.mark.parametrize("key", ["", "A", "a/b", "+", "#", "$share", "a b", "a" * 64, "\n", "gw-1\n"])
def test_a_key_that_could_reach_other_topics_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="not a gateway key"):
        topics.topic(key, Leaf.READINGS)
    assert topics.parse(f"{topics.ROOT}/{key}/readings") is None


def test_subscriptions_can_be_shared() -> None:
    assert topics.subscription(Leaf.READINGS, share="ingest") == "$share/ingest/vicino/v1/gw/+/readings"
    assert topics.subscription(Leaf.STATUS) == "vicino/v1/gw/+/status"

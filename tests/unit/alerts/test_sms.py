from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.sms.limits import MOST_SEGMENTS, fitted, plain, segments
from alerts.channels.sms.message import compose
from alerts.channels.transport import Outgoing
from alerts.lifecycle import Family
from alerts.replies.links import Links

OUTGOING = Outgoing(
    public_id=UUID(int=1),
    alert_public_id=UUID(int=2),
    address="+393331234567",
    language="it",
    family=Family.SAFETY,
    kind="sos_button",
    municipality="Bobbio",
    opened_at=datetime(2026, 3, 3, 13, 2, tzinfo=UTC),
    step=0,
)
LINKS = Links("https://vicino.example.org", b"k" * 32)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("perché, può, così, più, là", 1),
        ("č" * 70, 1),
        ("č" * 71, 2),
        ("č" * 134, 2),
        ("č" * 135, 3),
        ("👵" * 35, 1),
        ("👵" * 36, 2),
    ],
)
def test_segments_are_counted_as_networks_do(text, count):
    assert segments(text) == count


def test_typography_does_not_halve_the_room():
    assert plain("L\u2019allarme \u2013 \u201cSOS\u201d È qui\u2026") == 'L\'allarme - "SOS" E qui...'
    assert plain("perché") == "perché"
    assert plain("Fortunată") == "Fortunata"


@given(st.text(max_size=600), st.sampled_from(["", LINKS.reply(UUID(int=1))]))
def test_whatever_is_said_fits_and_keeps_its_link_whole(text, link):
    said = fitted(text, link)
    assert segments(said) <= MOST_SEGMENTS
    assert said.endswith(link)


def test_operators_get_a_link_to_answer():
    said = compose(OUTGOING, LINKS)
    assert said == f"Vicino: Pulsante SOS premuto a Bobbio. {LINKS.reply(UUID(int=1))}"
    assert segments(said) == 1
    assert compose(OUTGOING, Links("https://v.org")).endswith(
        "https://v.org/alerts/00000000-0000-0000-0000-000000000002"
    )


def test_families_get_the_one_to_say_that_they_are_there_and_never_one_to_sign_in():
    said = compose(OUTGOING._replace(for_family=True), LINKS)
    assert said.endswith(LINKS.reply(UUID(int=1)))
    assert "http" not in compose(OUTGOING._replace(for_family=True), Links("https://v.org"))
    assert "112" in said
    assert segments(said) <= MOST_SEGMENTS

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.email.limits import SUBJECT_CHARACTERS, is_address, is_permanent
from alerts.channels.email.message import body, compose, subject
from alerts.channels.email.transport import MailServerError, parse
from alerts.channels.transport import Outgoing
from alerts.lifecycle import Family
from alerts.replies.links import Links

LINKS = Links("http://x", b"k" * 32)
OUTGOING = Outgoing(
    public_id=UUID(int=1),
    alert_public_id=UUID(int=2),
    address="anna@example.org",
    language="it",
    family=Family.SAFETY,
    kind="sos_button",
    municipality="Bobbio",
    opened_at=datetime(2026, 3, 3, 13, 2, tzinfo=UTC),
    step=0,
)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "Pulsante SOS premuto a Bobbio"),
        ({"language": "en"}, "SOS button pressed in Bobbio"),
        ({"step": 2, "language": "en"}, "SOS button pressed in Bobbio: nobody has taken charge yet"),
        ({"municipality": "", "language": "en"}, "SOS button pressed"),
        ({"family": Family.TECHNICAL, "kind": "battery"}, "Problema tecnico a Bobbio"),
    ],
)
def test_the_subject_says_what_and_roughly_where(changes, line):
    assert subject(OUTGOING._replace(**changes)) == line


def test_nothing_about_anybodys_health_leaves_by_mail():
    outgoing = OUTGOING._replace(family=Family.WELLBEING, kind="night_bathroom_visits", language="en")
    text = subject(outgoing) + body(outgoing, Links("https://vicino.example.org/"))
    assert "bathroom" not in text
    assert "Change in wellbeing in Bobbio" in text
    assert "https://vicino.example.org/alerts/00000000-0000-0000-0000-000000000002\n" in text


def test_a_repeated_message_is_the_same_bytes():
    assert compose(OUTGOING, "v@example.org", LINKS).as_bytes() == compose(OUTGOING, "v@example.org", LINKS).as_bytes()


@given(municipality=st.text(max_size=300))
def test_no_name_of_a_place_begins_a_header_or_spoils_the_message(municipality):
    content = compose(OUTGOING._replace(municipality=municipality), "v@example.org", LINKS).as_bytes()
    message = message_from_bytes(content, policy=default)
    assert message["To"] == "anna@example.org"
    assert message["Bcc"] is None
    assert len(message["Subject"]) <= SUBJECT_CHARACTERS


@pytest.mark.parametrize("text", ["a@b.it", "anna.rossi+vicino@posta.comune.it", "a@localhost"])
def test_addresses(text):
    assert is_address(text)


@pytest.mark.parametrize(
    "text", ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\nTo: c", "a@-b", "a@b.", "x" * 250 + "@b.it", "à@b.it"]
)
def test_no_addresses(text):
    assert not is_address(text)


def test_which_answers_are_final():
    assert [code for code in (250, 421, 450, 500, 550, 599) if is_permanent(code)] == [500, 550, 599]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost", ("localhost", 25, "none", "", "")),
        ("smtp://u:p@127.0.0.1:2525", ("127.0.0.1", 2525, "none", "u", "p")),
        ("smtps://u%40x:p%3Aw@mail.example.org", ("mail.example.org", 465, "tls", "u@x", "p:w")),
        ("smtp+starttls://mail.example.org", ("mail.example.org", 587, "starttls", "", "")),
    ],
)
def test_a_mail_servers_address(url, expected):
    assert parse(url) == expected


@pytest.mark.parametrize(
    "url", ["", "mail.example.org", "http://x", "smtp://", "smtp://x:port", "smtp://u:secret@mail.example.org"]
)
def test_what_is_none_is_refused_without_telling_the_password(url):
    with pytest.raises(MailServerError) as caught:
        parse(url)
    assert "secret" not in str(caught.value)

"""A real mail server that accepts, refuses, breaks off and dawdles."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from alerts.channels.email.transport import EmailTransport, parse
from alerts.channels.transport import Outgoing, TransportError
from alerts.lifecycle import Family
from alerts.replies.links import Links

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


def test_a_message_arrives_as_it_was_written(email, mailbox):
    email.send(OUTGOING)
    (received,) = mailbox.received
    assert received.to == ["anna@example.org"]
    assert received.message["Subject"] == "Pulsante SOS premuto a Bobbio"
    assert received.message["Message-ID"] == "<00000000-0000-0000-0000-000000000001@example.org>"
    assert "https://vicino.example.org/alerts/00000000-0000-0000-0000-000000000002" in received.message.get_payload()


@pytest.mark.parametrize(
    ("answer", "permanent", "uncertain"),
    [
        ("busy", False, False),
        ("unknown", True, False),
        ("refuse", True, False),
        ("reset", False, True),
        ("slow", False, True),
    ],
)
def test_what_the_server_does_decides_whether_it_is_tried_again(email, mailbox, answer, permanent, uncertain):
    mailbox.answer = answer
    with pytest.raises(TransportError) as caught:
        email.send(OUTGOING)
    assert (caught.value.permanent, caught.value.uncertain) == (permanent, uncertain)
    assert "anna" not in caught.value.reason
    assert mailbox.received == []


def test_no_server_is_tried_again(unused_port):
    transport = EmailTransport(parse(f"smtp://127.0.0.1:{unused_port}"), "v@example.org", Links("http://x"), 0.4)
    with pytest.raises(TransportError) as caught:
        transport.send(OUTGOING)
    assert not caught.value.permanent


@pytest.mark.parametrize(
    "address", ["", "anna", "anna@", "a b@example.org", "anna@example.org\nBcc: x@y.z", "è@example.org"]
)
def test_what_is_no_address_is_final(email, address):
    with pytest.raises(TransportError) as caught:
        email.send(OUTGOING._replace(address=address))
    assert caught.value.permanent


def test_a_server_that_does_not_encrypt_gets_nothing(smtp_url, mailbox):
    server = parse(smtp_url.replace("smtp://", "smtp+starttls://"))
    with pytest.raises(TransportError) as caught:
        EmailTransport(server, "v@example.org", Links("http://x"), 0.4).send(OUTGOING)
    assert not caught.value.permanent
    assert mailbox.received == []

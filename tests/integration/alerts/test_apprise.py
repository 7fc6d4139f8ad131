"""Messages by Apprise to a real server that accepts, refuses, dawdles and breaks off."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

from alerts.channels.apprise.transport import AppriseTransport
from alerts.channels.transport import Outgoing, TransportError
from alerts.lifecycle import Family
from alerts.replies.links import Links
from tests.integration.alerts.answering import RESET, SLOW, Answering, Reply, answering

SECRET = "json://anna:geheim@{host}/hook"
OUTGOING = Outgoing(
    public_id=UUID(int=1),
    alert_public_id=UUID(int=2),
    address="1",
    language="it",
    family=Family.SAFETY,
    kind="sos_button",
    municipality="Bobbio",
    opened_at=datetime(2026, 3, 3, 13, 2, tzinfo=UTC),
    step=0,
)


@pytest.fixture
def server() -> Iterator[Answering]:
    with answering() as found:
        found.reply = Reply(200)
        yield found


def channel(server: Answering, secret: str | None = SECRET, services: tuple[str, ...] = ("json",)) -> AppriseTransport:
    kept = {"1": secret.format(host=server.host)} if secret else {}
    return AppriseTransport(kept.get, services, Links("https://vicino.example.org"), timeout_s=0.6)


def test_a_message_arrives_and_names_nobody(server: Answering) -> None:
    channel(server).send(OUTGOING)
    (received,) = server.received
    assert received.json["title"] == "Pulsante SOS premuto a Bobbio"
    assert f"https://vicino.example.org/alerts/{UUID(int=2)}" in received.json["message"]
    assert received.json["type"] == "failure"


@pytest.mark.parametrize(
    ("reply", "permanent", "gone", "uncertain"),
    [
        (Reply(400), True, False, False),
        (Reply(401), True, False, False),
        (Reply(404), True, False, False),
        (Reply(410), True, True, False),
        (Reply(302, {"Location": "/elsewhere"}), True, False, False),
        (Reply(429), False, False, False),
        (Reply(500), False, False, False),
        (Reply(RESET), False, False, True),
        (Reply(SLOW), False, False, True),
    ],
)
def test_what_the_server_does_decides_what_becomes_of_it(
    server: Answering,
    reply: Reply,
    permanent: bool,
    gone: bool,
    uncertain: bool,
    capfd: pytest.CaptureFixture[str],
) -> None:
    server.reply = reply
    with pytest.raises(TransportError) as caught:
        channel(server, SECRET + "?retry=3&rto=20").send(OUTGOING)
    error = caught.value
    assert (error.permanent, error.gone, error.uncertain) == (permanent, gone, uncertain)
    assert len(server.received) == 1, "what is tried again is decided here, not in the library"
    told = error.reason + "".join(capfd.readouterr())
    for secret in ("geheim", "anna", server.host, "/hook"):
        assert secret not in told


def test_a_service_that_does_not_answer_takes_no_longer_than_it_may(server: Answering) -> None:
    server.reply = Reply(SLOW)
    began = time.monotonic()
    with pytest.raises(TransportError):
        channel(server, SECRET + "?rto=20&cto=20").send(OUTGOING)
    assert time.monotonic() - began < 3


def test_no_server_is_tried_again(unused_port: int, server: Answering) -> None:
    with pytest.raises(TransportError) as caught:
        channel(server, f"json://127.0.0.1:{unused_port}/").send(OUTGOING)
    assert not caught.value.permanent


@pytest.mark.parametrize(
    "secret", ["file:///etc/passwd", "jsons://example.org", "syslog://", "dbus://", "nonsense", "json://", "json:// "]
)
def test_only_services_that_are_allowed_get_anything(server: Answering, secret: str) -> None:
    with pytest.raises(TransportError) as caught:
        channel(server, secret).send(OUTGOING)
    assert caught.value.permanent
    assert secret not in caught.value.reason


def test_an_address_that_is_no_more_is_gone(server: Answering) -> None:
    with pytest.raises(TransportError) as caught:
        channel(server, None).send(OUTGOING)
    assert (caught.value.permanent, caught.value.gone) == (True, True)

"""Text messages, telephone calls and webhooks against a real HTTP server."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs
from uuid import UUID

import pytest

from alerts.channels.gateway import GatewayError, accepted_of
from alerts.channels.sms import transport as sms
from alerts.channels.sms.settings import SmsSettings
from alerts.channels.transport import Doubt, NoTransport, Outgoing, TransportError
from alerts.channels.voice import transport as voice
from alerts.channels.voice.settings import VoiceSettings
from alerts.channels.webhook import transport as webhook
from alerts.channels.webhook.message import SecretError
from alerts.channels.webhook.settings import WebhookSettings
from alerts.lifecycle import Family
from alerts.receipts.links import Callbacks
from alerts.replies.links import Links

KEY = b"k" * 32
LINKS = Links("https://vicino.example.org", KEY)
CALLBACKS = Callbacks("https://vicino.example.org", KEY)
SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
OUTGOING = Outgoing(
    public_id=UUID(int=1),
    alert_public_id=UUID(int=2),
    address="333 123 4567",
    language="en",
    family=Family.SAFETY,
    kind="sos_button",
    municipality="Bobbio",
    opened_at=datetime(2026, 3, 3, 13, 2, tzinfo=UTC),
    step=0,
)


@pytest.fixture
def text(http, clock):
    def made(**changes):
        settings = SmsSettings(sms_http_url=http.url + "/send", sms_timeout_s=0.4, **changes)
        return sms.from_settings(settings, LINKS, CALLBACKS, clock)

    return made


@pytest.fixture
def call(http, clock):
    settings = VoiceSettings(voice_http_url=http.url + "/call", voice_timeout_s=0.4)
    return voice.from_settings(settings, CALLBACKS, clock)


@pytest.fixture
def hook(http, clock):
    settings = WebhookSettings(webhook_secret=SECRET, webhook_timeout_s=0.4)
    return webhook.from_settings(settings, LINKS, CALLBACKS, clock)


def test_a_text_is_posted_as_the_gateway_wants_it(http, text):
    http.answer(200, b'{"messages": [{"status": 0, "id": "abc-1"}]}')
    transport = text(
        sms_http_template='{"recipients": ["{to}"], "body": "{text}", "ref": "{id}", "dlr": "{callback}"}',
        sms_http_authorisation="Bearer secret",
        sms_http_headers='{"X-Account": "7"}',
        sms_http_accepted="messages.0.status=0",
        sms_http_id="messages.0.id",
    )
    assert transport.send(OUTGOING) == "abc-1"
    received = http.last
    assert (received.method, received.path) == ("POST", "/send")
    assert received.headers["authorization"] == "Bearer secret"
    assert received.headers["x-account"] == "7"
    assert received.headers["idempotency-key"] == str(UUID(int=1))
    said = json.loads(received.body)
    assert said["recipients"] == ["+393331234567"]
    assert said["body"] == f"Vicino: SOS button pressed in Bobbio. {LINKS.reply(UUID(int=1))}"
    assert said["ref"] == str(UUID(int=1))
    assert said["dlr"] == CALLBACKS.of(UUID(int=1))
    assert LINKS.reply(UUID(int=1)).rpartition("/")[2] != said["dlr"].rpartition("/")[2]


def test_a_text_may_go_as_a_form(http, text):
    text(sms_http_form="form", sms_http_method="PUT").send(OUTGOING)
    assert http.last.method == "PUT"
    assert parse_qs(http.last.body.decode())["to"] == ["+393331234567"]


@pytest.mark.parametrize("body", [b'{"status": "REJECTED +39333"}', b'{"status": null}', b"[]"])
def test_a_gateway_that_says_no_in_its_answer_has_not_accepted(http, text, body):
    http.answer(200, body)
    with pytest.raises(TransportError) as caught:
        text(sms_http_accepted="status=OK;queued").send(OUTGOING)
    assert caught.value.permanent
    assert "333" not in caught.value.reason


@pytest.mark.parametrize("body", [b"", b"<html>OK</html>", b'{"status": "O', b"\xff", b"[" * 50_000])
def test_an_acceptance_that_cannot_be_read_is_a_doubt(http, text, body):
    http.answer(200, body)
    assert text(sms_http_accepted="status=OK;queued").send(OUTGOING) is Doubt.UNREAD
    assert text(sms_http_id="id").send(OUTGOING) is None


def test_a_call_says_which_digit_takes_charge(http, call):
    call.send(OUTGOING)
    said = json.loads(http.last.body)
    assert said["to"] == "+393331234567"
    assert said["text"] == ("This is a call from Vicino. SOS button pressed in Bobbio. To take charge of it, press 1.")
    assert said["callback"] == CALLBACKS.of(UUID(int=1))
    call.send(OUTGOING._replace(for_family=True))
    assert "press 1" not in json.loads(http.last.body)["text"]


def test_a_webhook_is_signed_so_that_anybody_with_the_secret_can_check_it(http, hook, clock):
    http.answer(204, b"")
    hook.send(OUTGOING._replace(address=http.url + "/vicino"))
    received = http.last
    name, timestamp = received.headers["webhook-id"], received.headers["webhook-timestamp"]
    assert (name, timestamp) == (str(UUID(int=1)), str(int(clock.now().timestamp())))
    signed = f"{name}.{timestamp}.".encode() + received.body
    expected = base64.b64encode(hmac.new(b"s" * 32, signed, hashlib.sha256).digest()).decode()
    assert received.headers["webhook-signature"] == f"v1,{expected}"
    said = json.loads(received.body)
    assert (said["type"], said["data"]["version"], said["data"]["person"]) == ("alert.notification", 1, {})


def test_a_webhook_that_is_repeated_is_the_same_body_later_signed(http, hook, clock):
    message = OUTGOING._replace(address=http.url)
    hook.send(message)
    clock.advance(60)
    hook.send(message)
    first, second = http.received
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_a_receiver_that_is_gone_says_so(http, hook):
    http.answer(410)
    with pytest.raises(TransportError) as caught:
        hook.send(OUTGOING._replace(address=http.url))
    assert (caught.value.permanent, caught.value.gone) == (True, True)


def test_a_webhook_never_goes_unprotected(hook):
    with pytest.raises(TransportError) as caught:
        hook.send(OUTGOING._replace(address="http://example.org/hook"))
    assert caught.value.permanent


@pytest.mark.parametrize("mood", ["silent", "reset", "close"])
def test_what_is_not_answered_is_uncertain_on_every_channel(http, text, call, hook, mood):
    http.mood = mood
    for transport, address in ((text(), OUTGOING.address), (call, OUTGOING.address), (hook, http.url)):
        with pytest.raises(TransportError) as caught:
            transport.send(OUTGOING._replace(address=address))
        assert (caught.value.permanent, caught.value.uncertain) == (False, True)


@pytest.mark.parametrize(("status", "permanent"), [(429, False), (503, False), (400, True), (302, True)])
def test_what_is_refused_is_so_on_every_channel(http, text, call, hook, status, permanent):
    http.answer(status, Retry_After="7", Location=http.url + "/elsewhere")
    for transport, address in ((text(), OUTGOING.address), (call, OUTGOING.address), (hook, http.url)):
        with pytest.raises(TransportError) as caught:
            transport.send(OUTGOING._replace(address=address))
        assert (caught.value.permanent, caught.value.retry_after_s) == (permanent, None if permanent else 7.0)
    assert len(http.received) == 3


@pytest.mark.parametrize("address", ["", "call me", "12"])
def test_what_is_no_number_is_final(http, text, call, address):
    for transport in (text(), call):
        with pytest.raises(TransportError) as caught:
            transport.send(OUTGOING._replace(address=address))
        assert caught.value.permanent
    assert http.received == []


def test_what_is_not_set_up_says_so(clock):
    unset = (
        sms.from_settings(SmsSettings(), LINKS, CALLBACKS, clock),
        voice.from_settings(VoiceSettings(), CALLBACKS, clock),
        webhook.from_settings(WebhookSettings(), LINKS, CALLBACKS, clock),
    )
    assert all(isinstance(transport, NoTransport) for transport in unset)


@pytest.mark.parametrize(
    "changes",
    [
        {"sms_http_url": "http://sms.example.org"},
        {"sms_http_template": "no JSON"},
        {"sms_http_template": "[]"},
        {"sms_http_headers": '{"X": "a\\nb"}'},
        {"sms_http_accepted": "status"},
    ],
)
def test_settings_that_cannot_be_used_are_refused_at_once(clock, changes):
    settings = SmsSettings(**({"sms_http_url": "https://sms.example.org"} | changes))
    with pytest.raises(GatewayError):
        sms.from_settings(settings, LINKS, CALLBACKS, clock)


def test_a_secret_that_is_too_short_is_refused(clock):
    for secret in ("short", "whsec_c2hvcnQ=", "whsec_?"):
        with pytest.raises(SecretError):
            webhook.from_settings(WebhookSettings(webhook_secret=secret), LINKS, CALLBACKS, clock)
    assert accepted_of("") is None

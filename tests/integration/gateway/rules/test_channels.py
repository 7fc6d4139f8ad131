"""Each way to tell a contact, against a real server or a serial line on which something speaks like a modem."""

import hashlib
import hmac
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from core.clock import SystemClock
from core.errors import VicinoError
from gateway.rules.channels.channel import ChannelError, Text
from gateway.rules.channels.http_gateway import HttpGateway
from gateway.rules.channels.sms_modem import SmsModem
from gateway.rules.channels.webhook import Webhook

TEXT = Text("+39333123456", "Perché così? È {to} l'età…", "gw-1", "sos_button", 1_700_000_000_000, False)
TEMPLATE = '{"message": {"recipients": ["{to}"], "body": "Vicino: {text}"}, "flash": true}'


def test_a_webhook_is_signed_over_time_and_body(web: Any) -> None:
    Webhook("s3cret", lambda: 1_700_000_001).send(TEXT._replace(address=f"{web.url}/hook?x=1"))
    (request,) = web.requests
    assert request.path == "/hook?x=1"
    assert json.loads(request.body) == {
        "gateway": "gw-1", "quantity": "sos_button", "at_ms": 1_700_000_000_000, "withdrawn": False, "text": TEXT.words,
    }  # fmt: skip
    signed = request.headers["x-vicino-timestamp"].encode() + b"." + request.body
    expected = "sha256=" + hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest()
    assert request.headers["x-vicino-signature"] == expected
    assert request.headers["x-vicino-timestamp"] == "1700000001"


def test_without_a_secret_nothing_goes_unsigned(web: Any) -> None:
    with pytest.raises(ChannelError, match="no secret"):
        Webhook(None, lambda: 0).send(TEXT._replace(address=web.url))
    assert web.requests == []


@pytest.mark.parametrize(
    ("status", "permanent"), [(500, False), (503, False), (429, False), (408, False), (404, True), (302, True)]
)
def test_which_answers_are_final(web: Any, status: int, permanent: bool) -> None:
    web.answers = [status]
    with pytest.raises(ChannelError) as raised:
        Webhook("s", lambda: 0).send(TEXT._replace(address=web.url))
    assert (raised.value.reason, raised.value.permanent) == (f"status {status}", permanent)
    # A redirect is not followed.
    assert len(web.requests) == 1


def test_nobody_there_is_no_final_answer() -> None:
    with pytest.raises(ChannelError) as raised:
        Webhook("s", lambda: 0).send(TEXT._replace(address="http://127.0.0.1:9/x"))
    assert not raised.value.permanent


def test_an_http_gateway_is_filled_in_as_json(web: Any) -> None:
    HttpGateway(f"{web.url}/sms", TEMPLATE, "json", "Bearer t0ken").send(TEXT)
    (request,) = web.requests
    assert json.loads(request.body) == {
        "message": {"recipients": ["+39333123456"], "body": f"Vicino: {TEXT.words}"}, "flash": True,
    }  # fmt: skip
    assert request.headers["authorization"] == "Bearer t0ken"


def test_or_as_a_form(web: Any) -> None:
    HttpGateway(f"{web.url}/sms", '{"to": "{to}", "text": "{text}", "sender": "Vicino"}', "form", None).send(TEXT)
    (request,) = web.requests
    assert parse_qs(request.body.decode()) == {"to": [TEXT.address], "text": [TEXT.words], "sender": ["Vicino"]}
    assert "authorization" not in request.headers


@pytest.mark.parametrize("template", ["", "[]", '"{text}"'])
def test_a_template_that_is_none_is_said_at_the_start(template: str) -> None:
    with pytest.raises(VicinoError, match="JSON object"):
        HttpGateway("http://127.0.0.1:9", template, "json", None)


def test_without_an_http_gateway_it_says_so() -> None:
    with pytest.raises(ChannelError, match="no HTTP gateway"):
        HttpGateway("", TEMPLATE, "json", None).send(TEXT)


def test_a_modem_sends_accents(modem: Any, read_text: Callable[..., Any]) -> None:
    sms = SmsModem(modem.device, SystemClock())
    sms.send(TEXT)
    sms.send(TEXT)
    assert len(modem.messages) == 2
    assert read_text(modem.messages[:1]) == ("39333123456", TEXT.words)
    assert "AT+CMGF=0" in modem.commands


def test_a_modem_sends_long_messages_in_parts(modem: Any, read_text: Callable[..., Any]) -> None:
    words = "à" * 66 + "🏠" * 40 + "fine"
    SmsModem(modem.device, SystemClock()).send(TEXT._replace(words=words, address="+4915112345678"))
    assert len(modem.messages) == 3
    assert read_text(modem.messages) == ("4915112345678", words)


def test_a_modem_that_refuses_says_why(modem: Any) -> None:
    modem.refuse = "+CMS ERROR: 331"
    with pytest.raises(ChannelError, match="CMS ERROR: 331") as raised:
        SmsModem(modem.device, SystemClock()).send(TEXT)
    assert not raised.value.permanent
    modem.refuse = ""
    SmsModem(modem.device, SystemClock()).send(TEXT)
    assert len(modem.messages) == 1


def test_a_modem_that_was_left_in_the_middle_of_a_message_is_brought_back(modem: Any) -> None:
    line = os.open(modem.device, os.O_RDWR | os.O_NOCTTY)
    os.write(line, b"AT+CM")
    os.close(line)
    SmsModem(modem.device, SystemClock()).send(TEXT)
    assert len(modem.messages) == 1


def test_no_modem_a_silent_one_and_no_serial_line(modem: Any, tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="no modem is set"):
        SmsModem(None, SystemClock()).send(TEXT)
    with pytest.raises(ChannelError, match="not there"):
        SmsModem(tmp_path / "ttyUSB9", SystemClock()).send(TEXT)
    (tmp_path / "file").write_text("")
    with pytest.raises(ChannelError, match="no serial line"):
        SmsModem(tmp_path / "file", SystemClock()).send(TEXT)
    modem.silent = True
    with pytest.raises(ChannelError, match="does not answer"):
        SmsModem(modem.device, SystemClock()).send(TEXT)

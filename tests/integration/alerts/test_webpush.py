"""A real push service that takes messages, refuses, dawdles and breaks off, and browsers that read what they get."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from alerts.channels.transport import Outgoing, TransportError
from alerts.channels.webpush.transport import WebPushTransport
from alerts.channels.webpush.vapid import VapidKey
from alerts.lifecycle import Family
from alerts.reach.repository import Device
from alerts.replies.links import Links
from core.clock import SimulatedClock
from tests.integration.alerts.answering import RESET, SLOW, Answering, Reply, answering
from tests.integration.alerts.browser_keys import BrowserKeys

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
KEY = VapidKey.make()
LINKS = Links("https://vicino.example.org", b"k" * 32)
OUTGOING = Outgoing(
    public_id=UUID(int=1),
    alert_public_id=UUID(int=2),
    address="anna",
    language="it",
    family=Family.SAFETY,
    kind="sos_button",
    municipality="Bobbio",
    opened_at=NOW,
    step=0,
)


class Kept:
    """Devices in memory."""

    def __init__(self, *devices: Device) -> None:
        self.devices = list(devices)

    def at(self, address: str) -> list[Device]:
        assert address == "anna"
        return list(self.devices)

    def forget(self, device: Device) -> None:
        self.devices.remove(device)


@pytest.fixture
def service() -> Iterator[Answering]:
    with answering() as server:
        yield server


def device(service: Answering, browser: BrowserKeys, number: int = 1) -> Device:
    return Device(number, f"{service.url}/send/{number}", browser.p256dh, browser.auth)


def transport(service: Answering, kept: Kept) -> WebPushTransport:
    return WebPushTransport(
        kept, KEY, "mailto:vicino@example.org", LINKS, [service.host], SimulatedClock(NOW), timeout_s=0.5
    )


def test_the_browser_reads_what_was_sent_and_the_service_does_not(service: Answering) -> None:
    browser = BrowserKeys.make()
    transport(service, Kept(device(service, browser))).send(OUTGOING)
    (received,) = service.received
    message = json.loads(browser.open(received.body))
    assert message["title"] == "Pulsante SOS premuto"
    assert message["path"] == f"/alerts/{UUID(int=2)}"
    assert message["receipt"] == str(UUID(int=1))
    assert message["urgent"] is True
    assert message["reply"] == LINKS.reply_path(UUID(int=1))
    in_clear = received.body + repr(received.headers).encode() + received.path.encode()
    for word in ("SOS", "Bobbio", str(UUID(int=1)), str(UUID(int=2))):
        assert word.encode() not in in_clear
    assert received.headers["content-encoding"] == "aes128gcm"


@pytest.mark.parametrize(
    ("family", "urgency", "kept_s"),
    [
        (Family.SAFETY, "high", 900),
        (Family.WELLBEING, "normal", 4 * 3600),
        (Family.TECHNICAL, "low", 12 * 3600),
    ],
)
def test_what_is_pressing_wakes_the_device_and_does_not_wait_for_long(
    service: Answering, family: Family, urgency: str, kept_s: int
) -> None:
    transport(service, Kept(device(service, BrowserKeys.make()))).send(OUTGOING._replace(family=family))
    headers = service.received[0].headers
    assert (headers["urgency"], headers["ttl"]) == (urgency, str(kept_s))
    assert headers["topic"] == UUID(int=2).hex
    assert len(headers["topic"]) <= 32


def test_the_service_can_check_who_sent_it(service: Answering) -> None:
    transport(service, Kept(device(service, BrowserKeys.make()))).send(OUTGOING)
    said = dict(part.strip().split("=", 1) for part in service.received[0].headers["authorization"][6:].split(","))
    signed, _, signature = said["t"].rpartition(".")
    raw, point = (base64.urlsafe_b64decode(text + "==") for text in (signature, said["k"]))
    claims = json.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
    assert claims["aud"] == service.url
    assert claims["exp"] - NOW.timestamp() <= 24 * 3600
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point).verify(
        encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])), signed.encode(), ec.ECDSA(SHA256())
    )


@pytest.mark.parametrize(
    ("reply", "permanent", "gone", "uncertain", "retry_after_s"),
    [
        (Reply(404), True, True, False, None),
        (Reply(410), True, True, False, None),
        (Reply(400), True, False, False, None),
        (Reply(401), True, False, False, None),
        (Reply(403, body=b'{"reason":"BadJwtToken"}'), True, False, False, None),
        (Reply(413), True, False, False, None),
        (Reply(307, {"Location": "http://127.0.0.1:1/elsewhere"}), True, False, False, None),
        (Reply(429, {"Retry-After": "17"}), False, False, False, 17.0),
        (Reply(429, {"Retry-After": "Tue, 03 Mar 2026 13:03:00 GMT"}), False, False, False, 60.0),
        (Reply(429), False, False, False, None),
        (Reply(500), False, False, False, None),
        (Reply(503, {"Retry-After": "5"}), False, False, False, 5.0),
        (Reply(RESET), False, False, True, None),
        (Reply(SLOW), False, False, True, None),
    ],
)
def test_what_the_service_answers_decides_what_becomes_of_it(
    service: Answering, reply: Reply, permanent: bool, gone: bool, uncertain: bool, retry_after_s: float | None
) -> None:
    service.reply = reply
    kept = Kept(device(service, BrowserKeys.make()))
    with pytest.raises(TransportError) as caught:
        transport(service, kept).send(OUTGOING)
    error = caught.value
    assert (error.permanent, error.gone, error.uncertain) == (permanent, gone, uncertain)
    assert error.retry_after_s == retry_after_s
    assert bool(kept.devices) is not gone
    assert "/send/" not in error.reason
    assert service.host not in error.reason


def test_no_service_is_tried_again(unused_port: int) -> None:
    browser = BrowserKeys.make()
    kept = Kept(Device(1, f"http://127.0.0.1:{unused_port}/send/1", browser.p256dh, browser.auth))
    channel = WebPushTransport(
        kept, KEY, "mailto:a@example.org", LINKS, [f"127.0.0.1:{unused_port}"], SimulatedClock(NOW), timeout_s=0.5
    )
    with pytest.raises(TransportError) as caught:
        channel.send(OUTGOING)
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)


def test_every_device_is_told_and_one_that_is_gone_hides_no_other(service: Answering) -> None:
    browsers = [BrowserKeys.make() for _ in range(3)]
    kept = Kept(*(device(service, browser, number) for number, browser in enumerate(browsers)))
    service.decide = lambda received: Reply(410) if received.path == "/send/1" else None
    transport(service, kept).send(OUTGOING)
    assert {received.path for received in service.received} == {"/send/0", "/send/1", "/send/2"}
    assert [each.device_id for each in kept.devices] == [0, 2]
    for received in service.received:
        browsers[int(received.path[-1])].open(received.body)


def test_a_service_that_hangs_does_not_hold_up_the_other_devices(service: Answering) -> None:
    kept = Kept(*(device(service, BrowserKeys.make(), number) for number in range(4)))
    service.decide = lambda received: Reply(SLOW) if received.path != "/send/3" else None
    transport(service, kept).send(OUTGOING)
    assert len(service.received) == 4


def test_where_one_device_may_yet_be_reached_the_message_waits(service: Answering) -> None:
    kept = Kept(*(device(service, BrowserKeys.make(), number) for number in range(2)))
    service.decide = lambda received: Reply(410) if received.path == "/send/0" else Reply(503, {"Retry-After": "9"})
    with pytest.raises(TransportError) as caught:
        transport(service, kept).send(OUTGOING)
    assert (caught.value.permanent, caught.value.gone, caught.value.retry_after_s) == (False, False, 9.0)
    assert [each.device_id for each in kept.devices] == [1]


def test_whoever_has_no_device_left_is_reached_otherwise(service: Answering) -> None:
    with pytest.raises(TransportError) as caught:
        transport(service, Kept()).send(OUTGOING)
    assert (caught.value.permanent, caught.value.gone) == (True, True)
    assert service.received == []


def test_nothing_goes_to_a_host_that_is_no_push_service(service: Answering) -> None:
    browser = BrowserKeys.make()
    kept = Kept(Device(1, f"{service.url}/send/1", browser.p256dh, browser.auth))
    channel = WebPushTransport(
        kept, KEY, "mailto:a@example.org", LINKS, ["*.push.example.org"], SimulatedClock(NOW), timeout_s=0.5
    )
    with pytest.raises(TransportError) as caught:
        channel.send(OUTGOING)
    assert caught.value.permanent
    assert service.received == []


def test_a_message_that_is_repeated_has_the_same_name_at_the_service(service: Answering) -> None:
    channel = transport(service, Kept(device(service, BrowserKeys.make())))
    channel.send(OUTGOING)
    channel.send(OUTGOING)
    channel.send(OUTGOING._replace(public_id=UUID(int=9)))
    first, again, other = (received.headers["idempotency-key"] for received in service.received)
    assert first == again != other

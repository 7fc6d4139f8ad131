"""Reading what a gateway says about itself."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.messages import GatewayStatus, encode
from ingest.mqtt5 import Delivery
from ingest.repository import Refused
from ingest.status import read_status

TOPIC = "vicino/v1/gw/home-1/status"


def read(payload, topic=TOPIC):
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return read_status(Delivery(topic, raw, [], 1, 1))


def test_a_status_is_read():
    status = GatewayStatus(online=True, boot="b", queued=3)
    assert read(encode(status)) == ("home-1", status)


@pytest.mark.parametrize(
    ("payload", "topic", "reason"),
    [
        (b"", TOPIC, "status"),
        (b"\xff", TOPIC, "status"),
        ({"online": True}, TOPIC, "status"),
        ({"online": "yes", "boot": "b"}, TOPIC, "status"),
        ({"online": True, "boot": ""}, TOPIC, "status"),
        ({"online": True, "boot": "b\x00"}, TOPIC, "status"),
        ({"online": True, "boot": "b", "queued": -1}, TOPIC, "status"),
        ({"online": True, "boot": "b", "thinned": 2**63}, TOPIC, "status"),
        ({"online": True, "boot": "b", "uptime_s": -0.5}, TOPIC, "status"),
        ({"online": True, "boot": "b", "at": "2026-03-01T12:00:00"}, TOPIC, "status"),
        ({"online": True, "boot": "b"}, "vicino/v1/gw/home-1/readings", "topic"),
        (b" " * 16_385, TOPIC, "oversized"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_a_reason(payload, topic, reason):
    refused = read(payload, topic)
    assert isinstance(refused, Refused)
    assert (refused.rejection.reason, refused.gateway) == (reason, "home-1")


@given(st.binary(max_size=100), st.just(TOPIC) | st.text(max_size=40))
def test_noise_is_refused_and_raises_nothing(payload, topic):
    assert isinstance(read(payload, topic), Refused)

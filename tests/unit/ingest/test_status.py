"""Reading what a gateway says about itself."""

import json
from datetime import UTC, datetime, timedelta, timezone

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
        ({"online": True, "boot": "b", "at": "0001-01-01T00:00:00+01:00"}, TOPIC, "status"),
        ({"online": True, "boot": "b", "oldest_unsent": "0001-01-01T00:30:00+01:00"}, TOPIC, "status"),
        ({"online": True, "boot": "b", "at": "9999-12-31T23:59:59-01:00"}, TOPIC, "status"),
        ({"online": True, "boot": "b", "at": "2100-01-01T00:00:00Z"}, TOPIC, "status"),
        ({"online": True, "boot": "b", "unreachable": ["x" * 65]}, TOPIC, "status"),
        ({"online": True, "boot": "b", "unreachable": [f"s{n}" for n in range(21)]}, TOPIC, "status"),
        (
            {"online": True, "boot": "b", "update": {"result": "confirmed", "at": "2026-03-01T12:00:00"}},
            TOPIC,
            "status",
        ),
        ({"online": True, "boot": "b"}, "vicino/v1/gw/home-1/readings", "topic"),
        (b" " * 16_385, TOPIC, "oversized"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_a_reason(payload, topic, reason):
    refused = read(payload, topic)
    assert isinstance(refused, Refused)
    assert (refused.rejection.reason, refused.gateway) == (reason, "home-1")


ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(timezones=ZONES)


@given(INSTANTS | st.none(), INSTANTS | st.none())
def test_only_times_that_everybody_can_read_again_are_taken(at, oldest_unsent):
    status = GatewayStatus(online=True, boot="b", at=at, oldest_unsent=oldest_unsent)
    since, until = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    possible = all(since <= each < until for each in (at, oldest_unsent) if each is not None)
    assert isinstance(read(encode(status)), Refused) is not possible


@given(st.binary(max_size=100), st.just(TOPIC) | st.text(max_size=40))
def test_noise_is_refused_and_raises_nothing(payload, topic):
    assert isinstance(read(payload, topic), Refused)

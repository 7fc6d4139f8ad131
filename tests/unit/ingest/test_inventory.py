"""Reading what a gateway has found."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.messages import MOST_INVENTORY_BYTES, FoundDevice, Inventory, encode
from ingest.inventory import read_inventory
from ingest.mqtt5 import Delivery
from ingest.repository import Refused

TOPIC = "vicino/v1/gw/home-1/inventory"


def read(payload, topic=TOPIC):
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return read_inventory(Delivery(topic, raw, [], 1, 1))


def test_an_inventory_is_read():
    inventory = Inventory([FoundDevice("0x1", "hall", quantities=["occupancy"], unmapped={"mode": "home"})])
    assert read(encode(inventory)) == ("home-1", inventory)


@pytest.mark.parametrize(
    ("payload", "topic", "reason"),
    [
        (b"", TOPIC, "inventory"),
        (b"\xff", TOPIC, "inventory"),
        ({"devices": [{}]}, TOPIC, "inventory"),
        ({"devices": [{"key": "x" * 301}]}, TOPIC, "inventory"),
        ({"devices": [{"key": "a\0b"}]}, TOPIC, "inventory"),
        ({"devices": [{"key": "a", "unmapped": {"x": "\0"}}]}, TOPIC, "inventory"),
        ({"devices": [{"key": "a", "exposes": ["x"] * 501}]}, TOPIC, "inventory"),
        ({"devices": [{"key": "a"}] * 1001}, TOPIC, "inventory"),
        (b" " * (MOST_INVENTORY_BYTES + 1), TOPIC, "oversized"),
        ({"devices": [], "left_out": -1}, TOPIC, "inventory"),
        ({"devices": []}, "vicino/v1/gw/home-1/status", "topic"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_its_reason(payload, topic, reason):
    found = read(payload, topic)
    assert isinstance(found, Refused)
    assert found.rejection.reason == reason


@given(st.binary(max_size=60) | st.recursive(st.none() | st.text() | st.integers(), st.lists, max_leaves=5))
def test_whatever_comes_is_read_or_refused(payload):
    found = read(payload)
    assert isinstance(found, Refused) or found[0] == "home-1"

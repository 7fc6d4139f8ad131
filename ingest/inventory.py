"""What gateways have found in their homes: read with care, stored whole, installed or not."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from psycopg import Connection
from psycopg.rows import DictRow

from core import topics
from core.messages import MOST_DEVICES, MOST_INVENTORY_BYTES, MOST_WORDS, FoundDevice, Inventory, decode_inventory
from ingest import repository
from ingest.mqtt5 import Delivery
from ingest.repository import Refused
from ingest.told import refused
from ingest.validate import Reason

LANE = "inventory"
MOST_LEFT_OUT = 2**31 - 1
LONGEST_TEXT = 300


def store(connection: Connection[DictRow], delivery: Delivery, received_at: datetime) -> Refused | None:
    """Store an inventory; return it, with the reason, if it cannot be stored."""
    found = read_inventory(delivery)
    if isinstance(found, Refused):
        return found
    gateway, inventory = found
    if repository.record_inventory(
        connection, gateway, inventory.devices, received_at, left_out=min(inventory.left_out, MOST_LEFT_OUT)
    ):
        return None
    return refused(delivery, Reason.UNKNOWN_GATEWAY, "No gateway of this key is registered.")


def read_inventory(delivery: Delivery) -> tuple[str, Inventory] | Refused:
    """Return the gateway's key and what it has found, or why that cannot be stored. Pure."""
    topic = topics.parse(delivery.topic)
    if topic is None or topic.leaf is not topics.Leaf.INVENTORY:
        return refused(delivery, Reason.TOPIC, "The topic is not one on which an inventory is sent.")
    if len(delivery.payload) > MOST_INVENTORY_BYTES:
        return refused(delivery, Reason.OVERSIZED, f"An inventory has at most {MOST_INVENTORY_BYTES} bytes.")
    try:
        inventory = decode_inventory(delivery.payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return refused(delivery, Reason.INVENTORY, f"The message is no inventory: {error}")
    if fault := next(_faults(inventory), None):
        return refused(delivery, Reason.INVENTORY, fault)
    return topic.gateway, inventory


def _faults(inventory: Inventory) -> Iterator[str]:
    if inventory.left_out < 0:
        yield "It says that fewer than no devices were left out."
    if len(inventory.devices) > MOST_DEVICES:
        yield f"An inventory has at most {MOST_DEVICES} devices."
    for number, device in enumerate(inventory.devices):
        if max(len(device.exposes), len(device.quantities), len(device.unmapped)) > MOST_WORDS:
            yield f"Device {number} lists more than {MOST_WORDS} properties."
        if any(len(text) > LONGEST_TEXT or "\0" in text for text in _texts(device)):
            yield f"Device {number} has a text that is too long or cannot be stored."


def _texts(device: FoundDevice) -> Iterator[str]:
    yield from (device.key, device.name, device.vendor, device.model, device.description, device.system)
    yield from (*device.exposes, *device.quantities, *device.unmapped, *device.unmapped.values())

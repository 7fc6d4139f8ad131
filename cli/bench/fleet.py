"""Gateways that exist for a measurement only, and the messages they would send, in the gateways' own encoding."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core import senml, topics
from core.messages import BatchProperties
from core.senml import CONTENT_TYPE, Measurement
from core.topics import Leaf
from core.vocabulary import BY_ID, Kind, Quantity
from devices.reads import Series
from ingest import mqtt5
from registry.document import Device, Document, Home, Organisation

BOOT = "0123456789abcdef0123456789abcdef"
STEP_MS = 500  # between two readings of a gateway
# What a home of the default mix reports most: movement, doors, climate, a plug.
DEVICES = (
    *(Device(f"0x00124b000000000{number}", quantities=("occupancy",)) for number in range(6)),
    *(Device(f"0x00158d000000000{number}", quantities=("contact",)) for number in range(2)),
    *(Device(f"0x00158d000000001{number}", quantities=("temperature", "humidity")) for number in range(2)),
    Device("0xa4c1380000000000", quantities=("power", "link_quality")),
    Device("0xa4c1380000000001", quantities=("sos_button",)),
)

Keys = npt.NDArray[np.int64]


class Source(NamedTuple):
    """A series of a gateway."""

    series_id: int
    name: str
    quantity: Quantity


class Packet(NamedTuple):
    """A PUBLISH as bytes; its id, two bytes at `id_at`, is the sender's to fill in.

    `sequence` is the number of its batch, `due_s` when it is to be sent, in seconds after the start.
    """

    gateway: int
    content: bytes
    id_at: int
    sequence: int
    due_s: float


class Load(NamedTuple):
    """What is to be sent, and the keys of its readings: series and milliseconds since 1970, a row each."""

    packets: Sequence[Packet]
    keys: Keys


def document(gateways: int) -> Document:
    """Return the description of so many homes with one gateway each."""
    owner = Organisation("bench", "Bench", "service")
    keys = [gateway_key(number) for number in range(gateways)]
    homes = tuple(Home(key, owner.key, "Bench", gateway=key, devices=DEVICES) for key in keys)
    return Document(organisations=(owner,), homes=homes)


def gateway_key(number: int) -> str:
    """Return the key of a gateway of the fleet."""
    return f"bench-{number:05d}"


def sources(registered: Sequence[Series], *, safety: bool = False) -> Mapping[str, Sequence[Source]]:
    """Return the series of each gateway that are about safety, or those that are not."""
    found: dict[str, list[Source]] = {}
    for series in registered:
        if series.series_id is None or series.name is None or series.quantity_id is None:
            continue
        quantity = BY_ID[series.quantity_id]
        if quantity.safety is safety:
            found.setdefault(series.gateway_key, []).append(Source(series.series_id, series.name, quantity))
    return found


def load(
    registered: Mapping[str, Sequence[Source]],
    leaf: Leaf,
    *,
    messages: int,
    readings: int,
    ends_at: datetime,
    step_ms: int = STEP_MS,
    every_s: float = 0.0,
) -> Load:
    """Return `messages` messages of `readings` readings each, the gateways taking turns; no key comes twice.

    The last reading is at `ends_at`; those before it follow each other at `step_ms` within their gateway. With
    `every_s` the messages are due one after the other at that distance; without, all at once.
    """
    chance = random.Random(messages)  # noqa: S311 - values, not secrets
    gateways = sorted(registered)
    turns = -(-messages // len(gateways))
    start_ms = round(ends_at.timestamp() * 1000) - turns * readings * step_ms
    packets: list[Packet] = []
    keys = np.empty((messages * readings, 2), np.int64)
    for number in range(messages):
        turn, gateway = divmod(number, len(gateways))
        own = registered[gateways[gateway]]
        batch: list[Measurement] = []
        for place in range(readings):
            index = turn * readings + place
            source = own[index % len(own)]
            at_ms = start_ms + index * step_ms
            keys[number * readings + place] = source.series_id, at_ms
            value = _value(source.quantity, index // len(own), chance)
            batch.append(Measurement(source.name, at_ms, value, source.quantity.unit))
        content = _content(gateways[gateway], leaf, turn, batch)
        packets.append(Packet(gateway, content, mqtt5.id_position(content), turn, number * every_s))
    return Load(packets, keys)


def _value(quantity: Quantity, turn: int, chance: random.Random) -> float:
    if quantity.kind is Kind.STATE:
        return float(turn % 2)
    return round(chance.uniform(20, 60), 1)


def _content(key: str, leaf: Leaf, sequence: int, batch: Sequence[Measurement]) -> bytes:
    properties = BatchProperties(BOOT, sequence, float(sequence), "synced").as_user_properties()
    topic = topics.topic(key, leaf)
    return mqtt5.publish(topic, senml.encode(batch), properties, content_type=CONTENT_TYPE)

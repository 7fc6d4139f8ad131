"""The topic grammar, and who publishes and reads what. Topics carry gateway keys only, never a person."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

ROOT = "vicino/v1/gw"
# Here ingest says that it listens (again). What was sent before may have been for nobody.
LISTENING = "vicino/v1/ingest/listening"
# Here the pages hand over a new password of a gateway, for the process of `devices` to tell the broker.
ADMISSION = "vicino/v1/devices/admission"
# Where homes share the service's broker: below it is what their bridges say, each home below its gateway's key.
HOME_ROOT = "home"
KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


_LONGEST = len(ROOT) + 63 + 20  # with the longest key and leaf


class Leaf(StrEnum):
    """The last level of a gateway's topic."""

    URGENT = "urgent"
    READINGS = "readings"
    BACKFILL = "backfill"
    STATUS = "status"
    INVENTORY = "inventory"
    STORED = "stored"
    CONFIG = "config"


class Party(StrEnum):
    """Who speaks over the broker."""

    GATEWAY = "gateway"
    INGEST = "ingest"
    DEVICES = "devices"
    DASHBOARDS = "dashboards"


class Traffic(NamedTuple):
    """Who alone publishes something, and who may read it. A gateway does either on its own topics only."""

    publisher: Party
    readers: frozenset[Party]


# The one place that says so: the broker's access control is made from it.
TRAFFIC: Mapping[Leaf, Traffic] = MappingProxyType(
    {
        Leaf.URGENT: Traffic(Party.GATEWAY, frozenset({Party.INGEST})),
        Leaf.READINGS: Traffic(Party.GATEWAY, frozenset({Party.INGEST})),
        Leaf.BACKFILL: Traffic(Party.GATEWAY, frozenset({Party.INGEST})),
        Leaf.STATUS: Traffic(Party.GATEWAY, frozenset({Party.INGEST, Party.DEVICES})),
        Leaf.INVENTORY: Traffic(Party.GATEWAY, frozenset({Party.INGEST})),
        Leaf.STORED: Traffic(Party.INGEST, frozenset({Party.GATEWAY})),
        Leaf.CONFIG: Traffic(Party.DEVICES, frozenset({Party.GATEWAY})),
    }
)
SERVICE_TRAFFIC: Mapping[str, Traffic] = MappingProxyType(
    {
        LISTENING: Traffic(Party.INGEST, frozenset({Party.GATEWAY})),
        ADMISSION: Traffic(Party.DASHBOARDS, frozenset({Party.DEVICES})),
    }
)

# What the broker keeps of a gateway, and says again to whoever subscribes.
RETAINED: tuple[Leaf, ...] = (Leaf.STATUS, Leaf.INVENTORY, Leaf.CONFIG)
LANES: tuple[Leaf, ...] = (Leaf.URGENT, Leaf.READINGS, Leaf.BACKFILL)


class Topic(NamedTuple):
    """A parsed topic."""

    gateway: str
    leaf: Leaf


def topic(gateway: str, leaf: Leaf) -> str:
    """Return the topic of one leaf of `gateway`.

    Raises `ValueError` if `gateway` is not a key: lower-case letters, digits, dot, underscore and hyphen.
    """
    if not KEY.fullmatch(gateway):
        raise ValueError(f"{gateway!r} is not a gateway key: use a-z, 0-9, '.', '_' and '-', at most 63 of them.")
    return f"{ROOT}/{gateway}/{leaf}"


def client_id(gateway: str) -> str:
    """Return the only name under which a gateway may connect: nobody else can take over its session."""
    return f"vicino-gateway-{gateway}"


def subscription(leaf: Leaf, share: str | None = None) -> str:
    """Return the filter that matches `leaf` of every gateway, shared among the clients of group `share`."""
    pattern = f"{ROOT}/+/{leaf}"
    return f"$share/{share}/{pattern}" if share else pattern


def parse(text: str) -> Topic | None:
    """Return the parts of a topic, or None if it does not follow the grammar."""
    return _parse(text) if len(text) <= _LONGEST else None


# The same few thousand topics come over and over; none that is remembered is long.
@lru_cache(maxsize=16_384)
def _parse(text: str) -> Topic | None:
    root, _, rest = text.rpartition(f"{ROOT}/")
    gateway, _, leaf = rest.partition("/")
    if root or not KEY.fullmatch(gateway) or leaf not in set(Leaf):
        return None
    return Topic(gateway, Leaf(leaf))

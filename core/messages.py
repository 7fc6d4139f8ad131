"""The messages between gateway and service that are not readings, and the properties that readings carry.

What a service tells a gateway to do is in `core.gateway_config`.
"""

from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from core.gateway_config import GatewayConfig, decode_config

__all__ = [
    "MOST_DEVICES",
    "MOST_INVENTORY_BYTES",
    "MOST_WORDS",
    "SCHEMA",
    "BatchProperties",
    "ClockState",
    "FoundDevice",
    "GatewayConfig",
    "GatewayStatus",
    "GatewayUpdate",
    "Inventory",
    "Stored",
    "decode_config",
    "decode_inventory",
    "decode_status",
    "decode_stored",
    "encode",
]

SCHEMA = "1"
# An inventory is no larger than this, as the service takes it.
MOST_DEVICES = 1_000
MOST_INVENTORY_BYTES = 1_048_576
MOST_WORDS = 500  # exposed properties, quantities, or values that nobody can read, of one device

ClockState = Literal["synced", "unsynced"]


class BatchProperties(NamedTuple):
    """The MQTT 5 user properties of a batch of readings.

    A batch is named by gateway, `boot` and `sequence`. `monotonic_s` is the gateway's monotonic time in seconds
    when the batch was sealed, `clock` whether its wall clock was synchronised then.
    """

    boot: str
    sequence: int
    monotonic_s: float
    clock: ClockState

    def as_user_properties(self) -> list[tuple[str, str]]:
        """Return the properties as MQTT wants them."""
        return [
            ("schema", SCHEMA),
            ("boot", self.boot),
            ("seq", str(self.sequence)),
            ("mono", f"{self.monotonic_s:.3f}"),
            ("clock", self.clock),
        ]

    @classmethod
    def from_user_properties(cls, properties: list[tuple[str, str]]) -> "BatchProperties":
        """Return the properties of a received message.

        Raises `ValueError` if one is missing, malformed or of another schema.
        """
        found = dict(properties)
        if found.get("schema") != SCHEMA:
            raise ValueError(f"The message says schema {found.get('schema')!r}; {SCHEMA!r} is known.")
        try:
            boot, sequence, clock = found["boot"], int(found["seq"]), found["clock"]
            monotonic_s = float(found["mono"])
        except (KeyError, ValueError) as error:
            raise ValueError(f"The message's user properties are incomplete or malformed: {error}") from error
        if clock not in ("synced", "unsynced") or not 0 < len(boot) <= 64 or not 0 <= sequence < 2**62:  # noqa: PLR2004
            raise ValueError("The message's user properties are out of their range.")
        return cls(boot, sequence, monotonic_s, "synced" if clock == "synced" else "unsynced")


class GatewayUpdate(msgspec.Struct, omit_defaults=True):
    """What became of a gateway's last update: `result` is "on trial", "confirmed", "rolled back" or "refused".

    `version` is the one it was about, where that is known, `reason` why it was refused or rolled back.
    """

    result: str
    version: str = ""
    reason: str = ""
    at: datetime | None = None


class GatewayStatus(msgspec.Struct, omit_defaults=True):
    """What a gateway says about itself, retained; its last will is the same with `online` false.

    `queued` counts readings in the outbox that are not yet stored by the service; `oldest_unsent` is the time
    of the oldest of them. `thinned` counts level readings given up because the outbox was full.
    `at` is the time that a reading would be given at this instant, `uptime_s` the monotonic clock at the same
    instant, the one that batches of this `boot` carry. `trouble` says what keeps the outbox from taking all that
    comes: nothing, "outbox full", "disk full" or "disk broken". `unheard` counts messages that came without guarantee
    of delivery (QoS 0) in this boot while there was no room to keep them. `config` is the version of the configuration
    in force, which confirms it; `config_trouble` says why the latest one was refused, if it was. `unreachable` names
    the systems whose broker it has no connection to, or whose bridge says that it is offline: their devices are not
    heard, and what they say may be waiting there.
    `told` counts how often the gateway has told a contact itself in this boot.
    `mains_lost` and `mains_back` are when mains last failed and came back while this machine went on by its battery,
    None if that was not seen.
    `update` says what became of the last update of its program, if it installs its own.
    """

    online: bool
    boot: str
    at: datetime | None = None
    queued: int = 0
    oldest_unsent: datetime | None = None
    thinned: int = 0
    clock: ClockState = "synced"
    version: str = ""
    uptime_s: float = 0.0
    power: Literal["mains", "battery", "unknown"] = "unknown"
    trouble: str = ""
    unheard: int = 0
    config: str = ""
    config_trouble: str = ""
    unreachable: list[str] = []
    told: int = 0
    mains_lost: datetime | None = None
    mains_back: datetime | None = None
    update: GatewayUpdate | None = None


class Stored(msgspec.Struct):
    """The service's word to a gateway that batches of one boot are committed in the database."""

    boot: str
    sequences: list[int]


class FoundDevice(msgspec.Struct, omit_defaults=True):
    """A device as its gateway finds it: what it is, what it measures, and what of it nobody can read yet.

    `name` is what the installer called it on the spot. `exposes` are the properties its own system declares,
    `quantities` those of the vocabulary that it reports, with a channel where it has several of the same
    ("power/l1"), as in the names of its series, `unmapped` the properties seen that map to none of
    them, with the last value as text. `system` is the one it was found by, as in the gateway's settings.
    """

    key: str
    name: str = ""
    vendor: str = ""
    model: str = ""
    description: str = ""
    exposes: list[str] = []
    quantities: list[str] = []
    unmapped: dict[str, str] = {}
    system: str = ""


class Inventory(msgspec.Struct, omit_defaults=True):
    """What a gateway has found in its home, retained; `left_out` counts the devices that there was no room for."""

    devices: list[FoundDevice] = []
    left_out: int = 0


def encode(message: msgspec.Struct) -> bytes:
    """Return `message` as JSON."""
    return msgspec.json.encode(message)


def decode_status(payload: bytes) -> GatewayStatus:
    """Return a gateway's status; raises `msgspec.MsgspecError` if the bytes are none."""
    return msgspec.json.decode(payload, type=GatewayStatus)


def decode_stored(payload: bytes) -> Stored:
    """Return the service's acknowledgement; raises `msgspec.MsgspecError` if the bytes are none."""
    return msgspec.json.decode(payload, type=Stored)


def decode_inventory(payload: bytes) -> Inventory:
    """Return what a gateway has found; raises `msgspec.MsgspecError` if the bytes are no inventory."""
    return msgspec.json.decode(payload, type=Inventory)

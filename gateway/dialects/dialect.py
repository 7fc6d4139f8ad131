"""What a source needs to know of a system whose messages it reads."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol, runtime_checkable

from core.messages import FoundDevice
from devices.decoders.decoded import Measurement, Refusal


class Said(NamedTuple):
    """What one message says of one device.

    `key` is the device's in the names of its series, `at` the system's own time of the report, where it can be
    trusted, `others` what of the message is not mapped to any quantity. `identity` is the same when the same report is
    heard again, as an advertisement that is repeated or that several receivers hear; "" if the message does not tell.
    `ago_s` is how long before its arrival the report was made, if the system says that instead of `at`.
    """

    key: str
    measurements: tuple[Measurement, ...]
    at: datetime | None = None
    others: Mapping[str, Any] = {}
    identity: str = ""
    ago_s: float = 0.0


class Dialect(Protocol):
    """One system on a broker. It may remember what it has read, and nothing else: no clock, no disk, no network."""

    @property
    def name(self) -> str:
        """What the system is called in settings, in names of sessions and in notes."""

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """The topic filters it speaks on."""

    def is_note(self, topic: str) -> bool:
        """Tell whether the latest message on `topic` is needed to understand others.

        It is then remembered across restarts and read again before anything else. An empty one is forgotten.
        """

    def read(self, topic: str, payload: bytes) -> Sequence[Said | Refusal]:
        """Return what a message says of which devices, and what of it cannot be used."""

    def devices(self) -> Sequence[FoundDevice]:
        """Return the devices it has heard of, with what they declare; those that nothing describes have no key."""


@runtime_checkable
class Bridged(Protocol):
    """A dialect that hears its devices through a program beside the broker, which says whether it is there."""

    @property
    def online(self) -> bool:
        """Whether that program is there, as it, or its last will, said last; true until it has said anything."""


@runtime_checkable
class Remembering(Protocol):
    """A dialect that remembers more across restarts than the messages it calls notes."""

    def memory(self) -> bytes:
        """Return what is to be remembered; it is kept when what was read is safe."""

    def recall(self, memory: bytes) -> None:
        """Take up what was remembered, before anything is read."""

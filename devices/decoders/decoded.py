"""What every decoder returns: the measurements of one message and what else it says, or why it cannot be used."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple


class Measurement(NamedTuple):
    """One value in the unit of its quantity; `channel` is "" but for devices that have several of the same."""

    quantity: str
    value: float
    channel: str = ""


class Decoded(NamedTuple):
    """A decoded message. `at` is the source's own time (UTC) if it says one; `others` is all that is not mapped."""

    measurements: tuple[Measurement, ...]
    others: Mapping[str, Any]
    at: datetime | None


class Refusal(NamedTuple):
    """A message that cannot be used: a `reason` from a small list (oversized, syntax, shape, ...), and details."""

    reason: str
    detail: str

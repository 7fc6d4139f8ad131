"""JSON from the network, read without trusting any of it."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from devices.decoders.decoded import Refusal

MAXIMUM_BYTES = 64 * 1024
_FIRST_S, _LAST_S = 1_577_836_800, 7_258_118_400  # the years 2020 to 2199
_FURTHEST = 1e300
_ADDRESS = re.compile(r"(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}")


def read_json(payload: bytes, limit: int = MAXIMUM_BYTES) -> Any:
    """Return what a JSON message says, or a `Refusal` why it cannot be read."""
    if len(payload) > limit:
        return Refusal("oversized", f"The message has {len(payload)} bytes; {limit} are read.")
    try:
        return msgspec.json.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Refusal("syntax", f"The message is not JSON: {error}")


def read_object(payload: bytes, limit: int = MAXIMUM_BYTES) -> dict[str, Any] | Refusal:
    """Return the JSON object in a message, or why there is none."""
    found = read_json(payload, limit)
    if isinstance(found, dict | Refusal):
        return found
    return Refusal("shape", "The message is not a JSON object.")


def number(value: Any) -> float | None:
    """Return `value` if it is a finite number, or a text that is one, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and abs(found) < _FURTHEST else None


def flag(value: Any) -> float | None:
    """Return true and 1 as 1, false and 0 as 0; None for all else."""
    return float(value) if isinstance(value, bool | int | float) and value in (0, 1) else None


def text(value: Any) -> str:
    """Return `value` if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def plain_text(payload: bytes) -> str:
    """Return a short message as text, without the space around it."""
    return payload[:200].decode(errors="replace").strip()


def part(found: Any, *names: str) -> dict[str, Any]:
    """Return the object that lies under `names`, one within the other; an empty one if there is none."""
    value = found
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, dict) else {}


def hardware_address(value: Any) -> str:
    """Return a MAC address as 12 hexadecimal digits, "" if it is none."""
    said = text(value).strip().lower()
    return said.replace(":", "").replace("-", "") if _ADDRESS.fullmatch(said) else ""


def unix_time(value: Any) -> datetime | None:
    """Return the instant of seconds since 1970; None if it is none, or of a clock that was never set."""
    seconds = None if isinstance(value, str) else number(value)
    if seconds is None or not _FIRST_S <= seconds < _LAST_S:
        return None
    return datetime.fromtimestamp(round(seconds, 3), UTC)

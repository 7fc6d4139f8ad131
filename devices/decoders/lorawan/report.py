"""What a LoRaWAN network server says of one device, whichever server it is."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from core.topics import KEY
from devices.decoders.decoded import Measurement
from devices.decoders.payload import text

MAXIMUM_BYTES = 256 * 1024
_FIRST_INSTANT, _LAST_INSTANT = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# The signal-to-noise ratio in dB at which each spreading factor can just be received (Semtech SX1276, table 13).
_FLOOR_DB = {5: -2.5, 6: -5.0, 7: -7.5, 8: -10.0, 9: -12.5, 10: -15.0, 11: -17.5, 12: -20.0}
_BEST_MARGIN_DB = 30.0
_BEST_QUALITY = 255.0


class Device(NamedTuple):
    """A device as its network server knows it. `models` are texts that may name its model, the surest first."""

    key: str
    name: str
    models: tuple[str, ...]
    vendor: str = ""


class Frame(NamedTuple):
    """What the device itself has sent.

    `counter` counts its frames within a `session`; `decoded` is what the server made of `payload`, None if nothing.
    `normalized` are measurements in the schema of the LoRaWAN device repository, if the server has made them.
    """

    session: str
    counter: int
    port: int
    payload: bytes
    decoded: Mapping[str, Any] | None = None
    normalized: tuple[Mapping[str, Any], ...] = ()


class Earlier(NamedTuple):
    """What was measured at an earlier time than the message that repeats it."""

    at: datetime
    measurements: tuple[Measurement, ...]


class Report(NamedTuple):
    """One message. `identity` is the same when the same message comes again, "" if the server does not tell.

    `at` is when the server heard the device. `measurements` are those of the server itself: radio and battery.
    """

    device: Device
    at: datetime | None
    identity: str
    measurements: tuple[Measurement, ...] = ()
    others: Mapping[str, Any] = {}
    frame: Frame | None = None
    earlier: tuple[Earlier, ...] = ()


def device_key(said: Any) -> str:
    """Return a device's key in the names of its series, "" if what was said cannot be one."""
    key = text(said).lower()
    return key if KEY.fullmatch(key) else ""


def whole(value: Any) -> int:
    """Return a whole number; 0 where it is missing: both servers leave out what is zero."""
    try:
        return int(value) if isinstance(value, int | str) and not isinstance(value, bool) else 0
    except ValueError:
        return 0


def number(value: Any) -> float | None:
    """Return `value` if it is a finite number, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e300 and math.isfinite(value) else None  # noqa: PLR2004 - beyond any reading


def instant(value: Any) -> datetime | None:
    """Return the instant that an RFC 3339 text says (nanoseconds are cut), None if it says none."""
    try:
        found = datetime.fromisoformat(text(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if _FIRST_INSTANT <= found < _LAST_INSTANT else None


def radio(receptions: Any, spreading_factor: int) -> tuple[Measurement, ...]:
    """Return signal strength and link quality of the gateway that heard a frame best.

    Link quality runs from 0 (the noise in which this spreading factor is just lost) to 255 (30 dB above it).
    """
    heard = [each for each in receptions if isinstance(each, dict)] if isinstance(receptions, Sequence) else []
    strengths = [rssi for each in heard if (rssi := number(each.get("rssi"))) is not None]
    # A ratio of exactly 0 dB is left out of the message; one without any strength was not measured.
    ratios = [number(each.get("snr", 0.0)) for each in heard if "rssi" in each]
    known = [ratio for ratio in ratios if ratio is not None]
    measured = [Measurement("signal_strength", max(strengths))] if strengths else []
    floor_db = _FLOOR_DB.get(spreading_factor)
    if known and floor_db is not None:
        quality = (max(known) - floor_db) / _BEST_MARGIN_DB * _BEST_QUALITY
        measured.append(Measurement("link_quality", float(round(min(max(quality, 0.0), _BEST_QUALITY)))))
    return tuple(measured)

"""SenML (RFC 8428, JSON) as devices of one's own send it: the neutral form of readings.

Unlike on the wire to the service, times may be relative to the arrival (RFC 8428, section 4.5.3): negative for what was
measured before. Units are those of our vocabulary (UCUM) or of the SenML registry, where they can be converted.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from core.senml import LATEST, RELATIVE_BELOW, Record
from core.vocabulary import BY_NAME
from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.payload import MAXIMUM_BYTES
from devices.decoders.units import kelvin_to_celsius

_VERSION = 10
_MOST_RECORDS = 500
_OLDEST_S = 366 * 86_400.0
_CHANNEL = re.compile(r"[A-Za-z0-9._-]{1,40}")

# Units of the SenML registry (RFC 8428 and 8798): the UCUM unit they are converted to, and how.
_UNITS: Mapping[str, tuple[str, Callable[[float], float]]] = {
    "K": ("Cel", kelvin_to_celsius),
    "%RH": ("%", lambda value: value),
    "%EL": ("%", lambda value: value),
    "/": ("%", lambda value: value * 100),
    "beat/min": ("/min", lambda value: value),
    "Pa": ("hPa", lambda value: value / 100),
    "ppm": ("[ppm]", lambda value: value),
    "kW": ("W", lambda value: value * 1000),
    "mW": ("W", lambda value: value / 1000),
    "mV": ("V", lambda value: value / 1000),
    "J": ("kW.h", lambda value: value / 3_600_000),
    "Wh": ("kW.h", lambda value: value / 1000),
    "kWh": ("kW.h", lambda value: value),
    "g": ("kg", lambda value: value / 1000),
    "l": ("m3", lambda value: value / 1000),
    "dBm": ("dB[mW]", lambda value: value),
}


class Dated(NamedTuple):
    """A measurement; `device` is "" if the record does not name one.

    It was measured `at` an instant, or `ago_s` seconds before the message came.
    """

    device: str
    measurement: Measurement
    at: datetime | None
    ago_s: float


class Unmapped(NamedTuple):
    """A record that is none of our quantities."""

    device: str
    name: str
    value: float | str


_decoder = msgspec.json.Decoder(list[Record])


def decode(payload: bytes) -> list[Dated | Unmapped | Refusal] | Refusal:
    """Return the records of a pack, or why it cannot be used at all."""
    if len(payload) > MAXIMUM_BYTES:
        return Refusal("oversized", f"The message has {len(payload)} bytes; {MAXIMUM_BYTES} are read.")
    try:
        records = _decoder.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Refusal("syntax", f"The message is not a SenML pack: {error}")
    if any(record.bver != _VERSION for record in records):
        return Refusal("version", "The pack is of a SenML version that is not known.")
    if len(records) > _MOST_RECORDS:
        return Refusal("oversized", f"The pack has {len(records)} records; {_MOST_RECORDS} are read.")
    return list(_resolved(records))


def _resolved(records: list[Record]) -> Iterator[Dated | Unmapped | Refusal]:
    base_name, base_time, base_unit, base_value = "", 0.0, "", 0.0
    for record in records:
        base_name, base_unit = record.bn or base_name, record.bu or base_unit
        base_time, base_value = record.bt or base_time, record.bv or base_value
        if record.v is None and record.vb is None and record.vs is None:
            if record.n:
                yield Refusal("value", "A record has no value.")
            continue
        value = float(record.vb) if record.vb is not None else record.v
        resolved = Record(n=base_name + record.n, u=record.u or base_unit, t=base_time + record.t, vs=record.vs)
        resolved.v = None if value is None else value + base_value if record.v is not None else value
        yield _read(resolved)


def _read(record: Record) -> Dated | Unmapped | Refusal:
    parts = record.n.split("/")
    if parts[0] in BY_NAME:
        device = ""
    else:
        device, parts = parts[0], parts[1:]
    named = bool(parts) and parts[0] in BY_NAME and len(parts) <= 2 and all(map(_CHANNEL.fullmatch, parts[1:]))  # noqa: PLR2004
    if not named or record.v is None:
        value = record.vs if record.v is None else record.v
        return Unmapped(device, "/".join(parts), "" if value is None else value)
    when = _when(record.t)
    if when is None:
        return Refusal("time", "A time lies in the future or too far back.")
    converted = _converted(record.v, record.u, BY_NAME[parts[0]].unit)
    if converted is None:
        return Refusal("unit", f"{record.u[:20]!r} is no unit of {parts[0]}.")
    return Dated(device, Measurement(parts[0], converted, parts[1] if len(parts) > 1 else ""), *when)


def _when(seconds: float) -> tuple[datetime | None, float] | None:
    if not math.isfinite(seconds):
        return None
    if RELATIVE_BELOW <= seconds <= LATEST:
        return datetime.fromtimestamp(seconds, UTC), 0.0
    return (None, -seconds) if -_OLDEST_S <= seconds <= 0 else None


def _converted(value: float, unit: str, wanted: str) -> float | None:
    if unit in ("", wanted):
        converted = value
    else:
        target, convert = _UNITS.get(unit, ("", float))
        if target != wanted:
            return None
        converted = round(convert(value), 6)
    return converted if math.isfinite(converted) else None

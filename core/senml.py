"""SenML packs (RFC 8428, JSON) as gateways send them.

A record's name is `{device}/{quantity}` or `{device}/{quantity}/{channel}`, unique within the gateway that the
topic names. Units are UCUM codes of the vocabulary. Times are absolute: seconds since 1970 with millisecond
precision; the relative times of RFC 8428 (below 2**28) are refused, because a pack may wait in an outbox for
weeks. Base fields (`bn`, `bt`, `bu`, `bv`) are resolved as the RFC says.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from core.errors import VicinoError

RELATIVE_BELOW = 2**28
LATEST = 2**40  # seconds; later ones are no times
CONTENT_TYPE = "application/senml+json"


class SenmlError(VicinoError):
    """The bytes are not a SenML pack that Vicino understands."""


class Record(msgspec.Struct, omit_defaults=True, gc=False):
    """One SenML record, as it stands on the wire (labels of RFC 8428, section 4.3)."""

    bn: str = ""
    bt: float = 0.0
    bu: str = ""
    bv: float = 0.0
    bver: int = 10
    n: str = ""
    u: str = ""
    v: float | None = None
    vb: bool | None = None
    vs: str | None = None
    t: float = 0.0


class Plain(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A SenML record with no other labels than those that `encode` writes, as nearly all that come are."""

    n: str
    v: float
    bn: str = ""
    bt: float = 0.0
    u: str = ""
    t: float = 0.0


class Measurement(NamedTuple):
    """One resolved record: full name, instant in milliseconds since 1970, value, unit ("" if none was given)."""

    name: str
    at_ms: int
    value: float
    unit: str


# The same as a plain tuple, which is made in a third of the time: one is made for every reading that comes in.
Resolved = tuple[str, int, float, str]


class Fault(NamedTuple):
    """A record of an otherwise readable pack that cannot be used, and why; name and value as far as it has them."""

    position: int
    reason: str
    detail: str
    name: str = ""
    value: float | None = None


_decoder = msgspec.json.Decoder(list[Record])
_plain_decoder = msgspec.json.Decoder(list[Plain])
_encoder = msgspec.json.Encoder()


def encode(measurements: Iterable[Measurement]) -> bytes:
    """Return the pack of `measurements` as JSON; the same measurements always give the same bytes."""
    records: list[dict[str, object]] = []
    base_name = ""
    base_ms = 0
    for name, at_ms, value, unit in measurements:
        device, slash, rest = name.partition("/")
        record: dict[str, object] = {}
        if device + slash != base_name:
            base_name = device + slash
            record["bn"] = base_name
        if not records:
            base_ms = at_ms - at_ms % 1000
            record["bt"] = base_ms // 1000
        record["n"] = rest
        if unit != "1":
            record["u"] = unit
        record["v"] = int(value) if value == int(value) and abs(value) < 2**53 else value
        offset = at_ms - base_ms
        if offset:
            record["t"] = offset // 1000 if offset % 1000 == 0 else offset / 1000
        records.append(record)
    return _encoder.encode(records)


def plain(payload: bytes) -> list[Plain] | None:
    """Return the records of a pack, not resolved, if it is written as `encode` does; None says nothing about it."""
    try:
        return _plain_decoder.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def decode(payload: bytes) -> tuple[list[Resolved], list[Fault]]:
    """Return the measurements of a pack, as plain tuples, and the records that cannot be used.

    Raises `SenmlError` if the bytes are no JSON, no array of records, or of a SenML version we do not know.
    """
    try:
        records = _decoder.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SenmlError(f"The message is not a SenML pack: {error}") from error
    return _resolve(records)


def _resolve(records: Sequence[Record]) -> tuple[list[Resolved], list[Fault]]:
    measurements: list[Resolved] = []
    faults: list[Fault] = []
    base_name, base_time, base_unit, base_value = "", 0.0, "", 0.0
    for index, record in enumerate(records):
        if record.bver != 10:  # noqa: PLR2004 - the one version of RFC 8428
            raise SenmlError(f"The pack says SenML version {record.bver}; version 10 is known.")
        if record.bn:
            base_name = record.bn
        base_time = record.bt or base_time
        base_unit = record.bu or base_unit
        base_value = record.bv or base_value
        value = record.v
        if value is not None:
            value += base_value
        elif record.vb is not None:
            value = float(record.vb)
        seconds = base_time + record.t
        # One comparison lets the usual record through; what is not a number fails it, too.
        if value is not None and RELATIVE_BELOW <= seconds <= LATEST and -math.inf < value < math.inf:
            at_ms = round(seconds * 1000)
            measurements.append((base_name + record.n, at_ms, value, record.u or base_unit))
        elif value is not None or not _is_base_only(record):
            faults.append(_fault(index, value, seconds)._replace(name=base_name + record.n, value=value))
    return measurements, faults


def _fault(index: int, value: float | None, seconds: float) -> Fault:
    if value is None:
        return Fault(index, "value", "The record carries no number and no boolean.")
    if not math.isfinite(value):
        return Fault(index, "value", "The value is not a finite number.")
    if not math.isfinite(seconds) or abs(seconds) > LATEST:
        return Fault(index, "time", "The time is not a usable number of seconds.")
    return Fault(index, "time", "Relative times are not accepted: say when, in seconds since 1970.")


def _is_base_only(record: Record) -> bool:
    return record.vs is None and not record.n and bool(record.bn or record.bt or record.bu or record.bv)

"""Judging one message: which of its readings are stored, and what is rejected for which reason. Pure.

Every record of a message ends as exactly one accepted reading or in exactly one rejection. A call for help among what
is rejected is a call nevertheless: somebody pressed, or something burns, whatever is wrong with the record.
"""

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from core import senml, topics
from core.messages import BatchProperties
from core.vocabulary import BY_NAME, Flag
from ingest.mqtt5 import Delivery
from ingest.series import SAFETY_ROUTE, Series

EARLIEST_MS = 946_684_800_000  # 2000-01-01: clocks that were never set start before it


class Reason(StrEnum):
    """Why something was not stored."""

    TOPIC = "topic"
    PROPERTIES = "properties"
    OVERSIZED = "oversized"
    SYNTAX = "syntax"
    RECORD = "record"
    TIME = "time"
    UNIT = "unit"
    VALUE = "value"
    UNKNOWN_GATEWAY = "unknown gateway"
    UNKNOWN_SERIES = "unknown series"
    FOREIGN_SERIES = "foreign series"
    CONFLICT = "conflict"
    AFTER_RETENTION = "after retention"
    STATUS = "status"


class Reading(NamedTuple):
    """One accepted reading; `at_ms` is in milliseconds since 1970, `value` in the unit of its quantity."""

    series: Series
    at_ms: int
    value: float
    flags: int


class Call(NamedTuple):
    """A call for help in a record that cannot be stored; `series_id` is None where its series is not registered."""

    series_id: int | None
    home_id: int
    quantity_id: int
    value: float


class Rejection(NamedTuple):
    """`records` records of a message that cannot be stored, for one reason; `detail` tells the first of them.

    `calls` are the calls for help among them, one for each home, series and quantity.
    """

    reason: Reason
    detail: str
    records: int
    calls: tuple[Call, ...] = ()


class Verdict(NamedTuple):
    """What becomes of a message. `batch` is None where its properties cannot be read."""

    delivery: Delivery
    gateway: str | None
    batch: BatchProperties | None
    readings: Sequence[Reading]
    rejections: Sequence[Rejection]

    @property
    def misses(self) -> bool:
        """Whether something may only have been registered since the directory was read."""
        return any(rejection.reason in _REGISTRABLE for rejection in self.rejections)

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls for help in the message, whether they can be stored or not."""
        accepted = {
            Call(series.series_id, series.home_id, series.quantity_id, value)
            for series, _, value, _ in self.readings
            if series.route == SAFETY_ROUTE and value
        }
        return (*accepted, *(call for rejection in self.rejections for call in rejection.calls))

    @property
    def unregistered(self) -> bool:
        """Whether the message is of no registered gateway, so that nothing of it can be stored until it is one."""
        return any(rejection.reason is Reason.UNKNOWN_GATEWAY for rejection in self.rejections)


class Limits(NamedTuple):
    """What is accepted: payloads of so many bytes, times so many milliseconds ahead of the clock."""

    payload_bytes: int
    ahead_ms: int


class Registered(Protocol):
    """What is known of gateways and their series."""

    def of_gateway(self, key: str) -> Mapping[str, Series] | None:
        """Return the series of a gateway by name, or None if there is no such gateway."""

    def home_of(self, key: str) -> int | None:
        """Return the home in which a gateway stands, or None if there is no such gateway."""

    def is_elsewhere(self, name: str) -> bool:
        """Tell whether some gateway has a series of this name."""


_REGISTRABLE = frozenset({Reason.UNKNOWN_GATEWAY, Reason.UNKNOWN_SERIES, Reason.FOREIGN_SERIES})


def judge(delivery: Delivery, registered: Registered, now_ms: int, limits: Limits) -> Verdict:
    """Return what becomes of one message that was received at `now_ms`, in milliseconds since 1970."""
    topic = topics.parse(delivery.topic)
    gateway = topic.gateway if topic else None
    batch: BatchProperties | None = None
    measurements: Sequence[senml.Measurement] = ()
    faults: Sequence[senml.Fault] = ()
    refused: Rejection | None = None
    try:
        batch = BatchProperties.from_user_properties(delivery.user_properties)
    except ValueError as error:
        refused = Rejection(Reason.PROPERTIES, str(error), 1)
    if topic is None or topic.leaf not in topics.LANES:
        refused = Rejection(Reason.TOPIC, "The topic is not one on which readings are sent.", 1)
    elif len(delivery.payload) > limits.payload_bytes:
        refused = Rejection(
            Reason.OVERSIZED, f"{len(delivery.payload)} bytes; at most {limits.payload_bytes} are accepted.", 1
        )
    elif refused is None:
        try:
            measurements, faults = senml.decode(delivery.payload)
        except senml.SenmlError as error:
            refused = Rejection(Reason.SYNTAX, str(error), 1)
    if refused is not None or gateway is None or batch is None:
        return Verdict(delivery, gateway, batch, (), (refused,) if refused else ())
    series, home_id = registered.of_gateway(gateway), registered.home_of(gateway)
    if series is None or home_id is None:
        unknown = Rejection(
            Reason.UNKNOWN_GATEWAY, "No gateway of this key is registered.", len(measurements) + len(faults)
        )
        return Verdict(delivery, gateway, batch, (), (unknown,))
    flags = Flag.NONE if batch.clock == "synced" else Flag.UNSYNCHRONISED
    here = _Here(home_id, series, registered)
    readings, rejections = _sorted_out(measurements, faults, here, int(flags), now_ms + limits.ahead_ms)
    return Verdict(delivery, gateway, batch, readings, rejections)


class _Here(NamedTuple):
    """Where a message comes from: the home of its gateway, that gateway's series, and all others."""

    home_id: int
    series: Mapping[str, Series]
    registered: Registered

    def call(self, name: str, value: float | None) -> tuple[Call, ...]:
        """Return the call for help that a record says, if it says one."""
        known = self.series.get(name)
        quantity = BY_NAME.get(name.partition("/")[2].partition("/")[0])
        if not value or not math.isfinite(value) or quantity is None or not quantity.safety:
            return ()
        return (Call(known.series_id if known else None, self.home_id, quantity.id, value),)


def _sorted_out(
    measurements: Sequence[senml.Measurement], faults: Sequence[senml.Fault], here: _Here, flags: int, latest_ms: int
) -> tuple[list[Reading], list[Rejection]]:
    readings: list[Reading] = []
    rejected: dict[Reason, Rejection] = {}
    for fault in faults:
        reason = Reason.TIME if fault.reason == "time" else Reason.VALUE if fault.reason == "value" else Reason.RECORD
        _add(rejected, reason, f"Record {fault.position}: {fault.detail}", here.call(fault.name, fault.value))
    for name, at_ms, value, unit in measurements:
        known = here.series.get(name)
        if known is None:
            _add(rejected, *_unknown(name, here.registered), here.call(name, value))
        elif unit != known.unit and not (unit == "" and known.unit == "1"):
            detail = f"{name}: the unit is {unit!r}; {known.unit!r} is accepted."
            _add(rejected, Reason.UNIT, detail, here.call(name, value))
        elif not EARLIEST_MS <= at_ms <= latest_ms:
            _add(rejected, Reason.TIME, f"{name}: the time {at_ms} ms cannot be right.", here.call(name, value))
        else:
            plausible = known.minimum <= value <= known.maximum and not (known.binary and value not in (0, 1))
            readings.append(Reading(known, at_ms, value, flags if plausible else flags | Flag.OUT_OF_RANGE.value))
    return readings, list(rejected.values())


def _unknown(name: str, registered: Registered) -> tuple[Reason, str]:
    if registered.is_elsewhere(name):
        return Reason.FOREIGN_SERIES, f"{name}: belongs to another gateway, not to this one."
    return Reason.UNKNOWN_SERIES, f"{name}: no such series is registered."


def _add(rejected: dict[Reason, Rejection], reason: Reason, detail: str, calls: tuple[Call, ...]) -> None:
    first = rejected.get(reason)
    if first is None:
        rejected[reason] = Rejection(reason, detail, 1, calls)
        return
    known = {call[:3] for call in first.calls}
    new = tuple(call for call in calls if call[:3] not in known)
    rejected[reason] = first._replace(records=first.records + 1, calls=first.calls + new)

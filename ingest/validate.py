"""Judging one message: which of its readings are stored, and what is rejected for which reason. Pure.

Every record of a message ends as exactly one accepted reading or in exactly one rejection. A call for help among what
is rejected is a call nevertheless: somebody pressed, or something burns, whatever is wrong with the record.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Protocol

from core import senml, topics
from core.messages import BatchProperties
from core.vocabulary import BY_NAME, Flag, Retention
from ingest.mqtt5 import Delivery
from ingest.reading import BINARY, UNLIKELY, Accepted, Reading
from ingest.series import ROUTES, SAFETY_ROUTE, Place, Places, Series, SeriesTable

EARLIEST_MS = 946_684_800_000  # 2000-01-01: clocks that were never set start before it
LONGEST_NAME = 256  # of a series that is not registered
_EVENTS = ROUTES.index(Retention.EVENT)  # where safety readings lie, too
_DOUBTFUL = Flag.UNSYNCHRONISED.value
# Twice as fast as calling the class, for the one line that runs for every reading that comes in.
_new = tuple.__new__


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
    INVENTORY = "inventory"
    FLOOD = "flood"


Caller = tuple[int | None, int, int, str]


class Call(NamedTuple):
    """A call for help in a record that cannot be stored.

    `series_id` is None where the gateway has no such series, and `name` then says which was meant: the device may be of
    another home than `home_id`, that of the gateway. `at_ms` is when it was, in milliseconds since 1970; None where
    nobody knows better than when it was received.
    """

    series_id: int | None
    home_id: int
    quantity_id: int
    value: float
    at_ms: int | None = None
    name: str = ""

    @property
    def caller(self) -> Caller:
        """Whose call it is, as far as the message says."""
        return self.series_id, self.home_id, self.quantity_id, self.name


class Rejection(NamedTuple):
    """`records` records of a message that cannot be stored, for one reason; `detail` tells the first of them.

    `calls` are the calls for help among them, the latest of each series.
    """

    reason: Reason
    detail: str
    records: int
    calls: tuple[Call, ...] = ()


class Verdict(NamedTuple):
    """What becomes of a message. `batch` is None where its properties cannot be read.

    `shift_ms` is what must be added to the times of its readings to have true ones: None where they are true, or where
    nobody knows. It changes no key. `is_ahead` says that a time in it lies further ahead of our clock than is accepted.
    """

    delivery: Delivery
    gateway: str | None
    batch: BatchProperties | None
    readings: Sequence[Reading]
    rejections: Sequence[Rejection]
    shift_ms: int | None = None
    is_ahead: bool = False

    @property
    def misses(self) -> bool:
        """Whether something may only have been registered since the directory was read."""
        return any(rejection.reason in _REGISTRABLE for rejection in self.rejections)

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls for help in the message, whether they can be stored or not."""
        accepted = _latest(
            Call(
                reading.series_id,
                reading.home_id,
                reading.quantity_id,
                reading.value,
                None if reading.flags & _DOUBTFUL else reading.at_ms,
            )
            for reading in self.readings
            if reading.route == SAFETY_ROUTE and reading.value
        )
        return (*accepted, *(call for rejection in self.rejections for call in rejection.calls))

    @property
    def unregistered(self) -> bool:
        """Whether the message is of no registered gateway, so that nothing of it can be stored until it is one."""
        return any(rejection.reason is Reason.UNKNOWN_GATEWAY for rejection in self.rejections)


class Limits(NamedTuple):
    """What is accepted: payloads of so many bytes, times so many milliseconds ahead of the clock.

    `kept_ms` says for each of `ROUTES` how long its readings are kept, in milliseconds, 0 for ever: what is older when
    it comes would be deleted at once, and figures computed of it would not be those of what was there before.
    """

    payload_bytes: int
    ahead_ms: int
    kept_ms: tuple[int, ...] = (0,) * len(ROUTES)

    def since_ms(self, route: int, now_ms: int) -> int:
        """Return the earliest time that is kept of a route, in milliseconds since 1970."""
        kept_ms = self.kept_ms[_EVENTS if route == SAFETY_ROUTE else route]
        return max(EARLIEST_MS, now_ms - kept_ms) if kept_ms else EARLIEST_MS

    def since_ms_of_all(self, now_ms: int) -> int:
        """Return the time from which on everything is kept, in milliseconds since 1970."""
        return max(self.since_ms(route, now_ms) for route in range(len(ROUTES)))


class Registered(Protocol):
    """What is known of gateways and their series."""

    @property
    def table(self) -> SeriesTable:
        """All series by position."""

    def places_of(self, key: str) -> Places | None:
        """Return where the series of a gateway stand in `table`, or None if there is no such gateway."""

    def of_gateway(self, key: str) -> Mapping[str, Series] | None:
        """Return the series of a gateway by name, or None if there is no such gateway."""

    def home_of(self, key: str) -> int | None:
        """Return the home in which a gateway stands, or None if there is no such gateway."""

    def is_elsewhere(self, name: str) -> bool:
        """Tell whether some gateway has a series of this name."""


_FAULTS_OF_TIME = {
    Reason.TIME: "the time {} ms cannot be right.",
    Reason.AFTER_RETENTION: "the time {} ms is further back than readings are kept.",
}
_REGISTRABLE = frozenset({Reason.UNKNOWN_GATEWAY, Reason.UNKNOWN_SERIES, Reason.FOREIGN_SERIES})


def judge(delivery: Delivery, registered: Registered, now_ms: int, limits: Limits) -> Verdict:
    """Return what becomes of one message that was received at `now_ms`, in milliseconds since 1970."""
    topic = topics.parse(delivery.topic)
    gateway = topic.gateway if topic else None
    batch: BatchProperties | None = None
    measurements: Sequence[senml.Resolved] = ()
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
    elif refused is None and batch is not None:
        flags = Flag.NONE if batch.clock == "synced" else Flag.UNSYNCHRONISED
        accepted = _all_accepted(delivery.payload, topic.gateway, registered, int(flags), _times(now_ms, limits))
        if accepted is not None:
            return Verdict(delivery, topic.gateway, batch, accepted, ())
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
    here = _Here(home_id, series, registered, now_ms if flags is Flag.NONE else None)
    times = _times(now_ms, limits)
    readings, rejections = _sorted_out(measurements, faults, here, int(flags), times)
    is_ahead = any(rejection.reason is Reason.TIME for rejection in rejections) and any(
        at_ms > times.until_ms for _, at_ms, _, _ in measurements
    )
    return Verdict(delivery, gateway, batch, readings, rejections, is_ahead=is_ahead)


def _all_accepted(payload: bytes, gateway: str, registered: Registered, flags: int, times: "_Times") -> Accepted | None:
    """Return the readings of a message in which nothing can be wrong, in a third of the time; None if something may be.

    Nothing is rejected here: whatever is out of the ordinary is left to be looked at record by record.
    """
    places = registered.places_of(gateway)
    records = senml.plain(payload) if places else None
    if not places or not records:
        return None
    own: Mapping[str, Place] | None = None
    base_s = 0.0
    positions: list[int] = []
    at_ms: list[float] = []
    values: list[float] = []
    for record in records:
        if record.bn:
            own = places.get(record.bn)
        if record.bt:
            base_s = record.bt
        place = own.get(record.n) if own else None
        if place is None or record.u != place[1]:
            return None
        positions.append(place[0])
        at_ms.append((base_s + record.t) * 1000)
        values.append(record.v)
    if not (times.since_ms <= min(at_ms) and max(at_ms) <= times.until_ms):
        return None
    return Accepted(registered.table, positions, at_ms, values, flags)


class _Here(NamedTuple):
    """Where a message comes from: the home of its gateway, that gateway's series, and all others.

    `until_ms` is when it was received, None where the gateway does not trust its own clock.
    """

    home_id: int
    series: Mapping[str, Series]
    registered: Registered
    until_ms: int | None

    def call(self, name: str, value: float | None, at_ms: int | None = None) -> tuple[Call, ...]:
        """Return the call for help that a record says, if it says one."""
        known = self.series.get(name)
        quantity = BY_NAME.get(name.partition("/")[2].partition("/")[0])
        if not value or not math.isfinite(value) or quantity is None or not quantity.safety:
            return ()
        if at_ms is not None and (self.until_ms is None or not EARLIEST_MS <= at_ms <= self.until_ms):
            at_ms = None
        if known is not None:
            return (Call(known.series_id, self.home_id, quantity.id, value, at_ms),)
        return (Call(None, self.home_id, quantity.id, value, at_ms, name[:LONGEST_NAME]),)


class _Times:
    """Which times are accepted of a message that was received at `now_ms`."""

    def __init__(self, now_ms: int, limits: Limits) -> None:
        self._now_ms = now_ms
        self._limits = limits
        self.since_ms = limits.since_ms_of_all(now_ms)
        self.until_ms = now_ms + limits.ahead_ms

    def fault(self, route: int, at_ms: int) -> Reason | None:
        """Return why a time outside of what is accepted of all cannot be accepted of this route; None if it can."""
        if not EARLIEST_MS <= at_ms <= self.until_ms:
            return Reason.TIME
        return Reason.AFTER_RETENTION if at_ms < self._limits.since_ms(route, self._now_ms) else None


# All messages of a commit are judged at the same instant.
@lru_cache(maxsize=8)
def _times(now_ms: int, limits: Limits) -> _Times:
    return _Times(now_ms, limits)


def _sorted_out(
    measurements: Sequence[senml.Resolved], faults: Sequence[senml.Fault], here: _Here, flags: int, times: _Times
) -> tuple[list[Reading], list[Rejection]]:
    readings: list[Reading] = []
    rejected: dict[Reason, Rejection] = {}
    for fault in faults:
        reason = Reason.TIME if fault.reason == "time" else Reason.VALUE if fault.reason == "value" else Reason.RECORD
        _add(rejected, reason, f"Record {fault.position}: {fault.detail}", here.call(fault.name, fault.value))
    since_ms, until_ms, registered = times.since_ms, times.until_ms, here.series
    for name, at_ms, value, unit in measurements:
        known = registered.get(name)
        if known is None:
            _add(rejected, *_unknown(name, here.registered), here.call(name, value, at_ms))
            continue
        series_id, home_id, quantity_id, expected, minimum, maximum, binary, route = known
        if unit != expected and not (unit == "" and expected == "1"):
            detail = f"{name}: the unit is {unit!r}; {expected!r} is accepted."
            _add(rejected, Reason.UNIT, detail, here.call(name, value, at_ms))
            continue
        if not since_ms <= at_ms <= until_ms and (late := times.fault(route, at_ms)):
            _add(rejected, late, f"{name}: {_FAULTS_OF_TIME[late].format(at_ms)}", here.call(name, value, at_ms))
            continue
        plausible = minimum <= value <= maximum and not (binary and value not in BINARY)
        readings.append(
            _new(
                Reading,
                (series_id, at_ms, value, flags if plausible else flags | UNLIKELY, route, home_id, quantity_id),
            )
        )
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
    merged = tuple(_latest((*first.calls, *calls))) if calls else first.calls
    rejected[reason] = first._replace(records=first.records + 1, calls=merged)


def _latest(calls: Iterable[Call]) -> Iterable[Call]:
    """Return the latest call of each series; one without a time is as late as can be."""
    found: dict[Caller, Call] = {}
    for call in calls:
        key = call.caller
        before = found.get(key)
        if before is None or (before.at_ms is not None and (call.at_ms is None or call.at_ms > before.at_ms)):
            found[key] = call
    return found.values()

"""LoRaWAN by a network server: each message is one report of one device, dated by the server.

The same message that comes again, by its server's own mark, says nothing new. Frames are numbered by the device: how
many were lost before one that came is told with it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from core.messages import FoundDevice
from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.lorawan.fields import Mapped, measure
from devices.decoders.lorawan.payloads.models import DECODERS, catalogued, known
from devices.decoders.lorawan.report import Device, Earlier, Frame, Report
from gateway.dialects.dialect import Said

_MOST_DEVICES = 2_000
_MOST_REMEMBERED = 4_000
# A counter that falls by more has begun again without a new session; by less, a frame has been overtaken.
_OVERTAKEN = 64
_MOST_MISSED = 65_535

Understand = Callable[[str, bytes], Report | Refusal | None]
PayloadDecoder = Callable[[Device, Frame], Mapping[str, Any] | Refusal]


class _Counted(NamedTuple):
    session: str
    counter: int


class Lorawan:
    """One network server. `understand` reads its messages, `decode` what the bytes of a device mean.

    `mine` tells, by a device's key, whether it is one to be told of among those found.
    """

    def __init__(
        self,
        name: str,
        subscriptions: tuple[str, ...],
        understand: Understand,
        decode: PayloadDecoder,
        *,
        mine: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self.name = name
        self.subscriptions = subscriptions
        self._understand = understand
        self._decode = decode
        self._mine = mine
        self._devices: dict[str, Device] = {}
        self._read: dict[str, None] = {}
        self._counted: dict[str, _Counted] = {}
        self._repeated: dict[str, tuple[Earlier, ...]] = {}

    def is_note(self, topic: str) -> bool:  # noqa: ARG002 - no message is needed to understand another
        """Tell that each message explains itself."""
        return False

    def read(self, topic: str, payload: bytes) -> Sequence[Said | Refusal]:
        """Return what a message says of its device: what was earlier first."""
        report = self._understand(topic, payload)
        if report is None:
            return ()
        if isinstance(report, Refusal):
            return (report,)
        if report.device.key in self._devices or len(self._devices) < _MOST_DEVICES:
            self._devices[report.device.key] = report.device
        return () if self._is_known(report.identity) else tuple(self._said(report))

    def devices(self) -> Sequence[FoundDevice]:
        """Return the devices that were heard."""
        return [
            FoundDevice(
                key=device.key,
                name=device.name,
                vendor=device.vendor,
                model=known(device.models, DECODERS) or next(iter(device.models), ""),
                description=next(iter(device.models), ""),
            )
            for device in self._devices.values()
            if self._mine(device.key)
        ]

    def memory(self) -> bytes:
        """Return what is to be remembered across restarts: the last frame of each device."""
        return msgspec.json.encode(self._counted)

    def recall(self, memory: bytes) -> None:
        """Take up what was remembered; what cannot be read is none."""
        try:
            self._counted = msgspec.json.decode(memory, type=dict[str, _Counted])
        except msgspec.MsgspecError:
            self._counted = {}

    def _is_known(self, identity: str) -> bool:
        if not identity:
            return False
        if identity in self._read:
            return True
        self._read[identity] = None
        if len(self._read) > _MOST_REMEMBERED:
            del self._read[next(iter(self._read))]
        return False

    def _said(self, report: Report) -> Iterator[Said | Refusal]:
        key, at, frame = report.device.key, report.at, report.frame
        decoded: Mapped | Refusal | None = None if frame is None else self._measured(report.device, frame)
        mapped = decoded.meant(catalogued(report.device.models)) if isinstance(decoded, Mapped) else Mapped((), (), {})
        if isinstance(decoded, Refusal):
            yield decoded
        # A server repeats what it knows with each message; a device repeats what it kept only when it is asked to.
        known = self._repeated.get(key) == report.earlier
        if not known and (key in self._repeated or len(self._repeated) < _MOST_DEVICES):
            self._repeated[key] = report.earlier
        for earlier in (*(() if known else report.earlier), *mapped.earlier):
            yield Said(key, earlier.measurements, earlier.at)
        measurements = _first((*mapped.measurements, *report.measurements))
        others = {**report.others, **mapped.others}
        if frame is not None:
            measurements = (*measurements, *self._missed(key, frame))
            if isinstance(decoded, Refusal):
                others |= {"payload": frame.payload.hex(), "port": frame.port}
        yield Said(key, measurements, at, others)

    def _measured(self, device: Device, frame: Frame) -> Mapped | Refusal | None:
        """Return what the device measured: as its server decoded it, else as its bytes mean here."""
        server = _together(
            [*(measure(each, normalized=True) for each in frame.normalized), measure(frame.decoded or {})]
        )
        if server.measurements or server.earlier or not frame.payload or frame.port == 0:
            return server
        ours = self._decode(device, frame)
        if isinstance(ours, Refusal):
            return server if frame.decoded else ours
        return _together([measure(ours), server])

    def _missed(self, key: str, frame: Frame) -> tuple[Measurement, ...]:
        """Return how many frames were lost since the latest that came, if any were."""
        before = self._counted.get(key)
        same = before is not None and before.session == frame.session
        if before is not None and same and 0 <= before.counter - frame.counter <= _OVERTAKEN:
            return ()
        if before is not None or len(self._counted) < _MOST_DEVICES:
            self._counted[key] = _Counted(frame.session, frame.counter)
        missed = frame.counter - before.counter - 1 if before is not None and same else 0
        return (Measurement("missed_reports", float(min(missed, _MOST_MISSED))),) if missed > 0 else ()


def _first(measurements: Iterable[Measurement]) -> tuple[Measurement, ...]:
    """Return one measurement of each series: what comes first is nearer to the device."""
    found: dict[tuple[str, str], Measurement] = {}
    for measurement in measurements:
        found.setdefault((measurement.quantity, measurement.channel), measurement)
    return tuple(found.values())


def _together(parts: Sequence[Mapped]) -> Mapped:
    return Mapped(
        _first(measurement for each in parts for measurement in each.measurements),
        tuple(earlier for each in parts for earlier in each.earlier),
        {name: value for each in parts for name, value in each.others.items()},
    )

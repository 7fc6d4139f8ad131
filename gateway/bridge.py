"""What a Zigbee2MQTT bridge says, turned into readings. Pure: messages go in, readings and an inventory come out.

When a value was measured is told by `gateway.course`, whether it is worth telling by `gateway.restatement`.
"""

from collections.abc import Callable

from core.messages import FoundDevice, Inventory
from core.vocabulary import BY_NAME
from devices.decoders.zigbee2mqtt import Discovered, Measurement, Refusal, State, decode_devices, decode_state
from gateway.course import Course, Report
from gateway.outbox import Reading
from gateway.restatement import Told, worth_telling
from gateway.stamping import LastReading

_MOST_UNKNOWN = 200
_TEXT = 80
# Topics below a device's that are not its state.
_SIDE_TOPICS = ("availability", "set", "get")


class Bridge:
    """One bridge. `last` tells what the outbox remembers of a series."""

    def __init__(self, base: str, last: Callable[[str], LastReading | None]) -> None:
        self._prefix = f"{base}/"
        self._last = last
        self._courses: dict[str, Course] = {}
        self._told: dict[str, Told] = {}
        self._devices: dict[str, Discovered] = {}
        self._quantities: dict[str, set[str]] = {}
        self._unmapped: dict[str, dict[str, str]] = {}
        self.unknown: dict[str, int] = {}
        self.refused: dict[str, int] = {}

    def is_devices(self, topic: str) -> bool:
        """Tell whether `topic` is where the bridge lists its devices."""
        return topic == f"{self._prefix}bridge/devices"

    def take(self, topic: str, payload: bytes, now_ms: int, *, restated: bool, connection: int = 0) -> list[Reading]:
        """Return the readings of a message that arrived at `now_ms`; `restated` if the broker had kept it.

        `connection` tells the connections to the broker apart: what comes by another one may have waited.
        """
        name = topic.removeprefix(self._prefix)
        if not topic.startswith(self._prefix) or not payload:
            return []
        if self.is_devices(topic):
            self._learn(payload)
            return []
        device = self._devices.get(name)
        if device is None:
            self._note_unknown(name)
            return []
        state = decode_state(payload, device.units, device.meanings)
        if isinstance(state, Refusal):
            self.refuse(state.reason)
            return []
        key = key_of(device)
        said_ms = round(state.at.timestamp() * 1000) if state.at else None
        report = Report(now_ms, said_ms, restated, connection)
        readings = [self._reading(key, measurement, report) for measurement in dict.fromkeys(state.measurements)]
        self._note_unmapped(key, state)
        return [reading for reading in readings if reading is not None]

    def refuse(self, reason: str) -> None:
        """Count a message that could not be used; `reason` is one of a small list."""
        self.refused[reason] = self.refused.get(reason, 0) + 1

    def inventory(self) -> Inventory:
        """Return what was found: the listed devices, then names that no list explains."""
        listed = [
            FoundDevice(
                key=key_of(device),
                name=device.friendly_name,
                vendor=device.vendor,
                model=device.model,
                description=device.description,
                exposes=[*(exposed.property for exposed in device.exposes), *device.others],
                quantities=sorted(
                    {exposed.quantity for exposed in device.exposes} | self._quantities.get(key_of(device), set())
                ),
                unmapped=self._unmapped.get(key_of(device), {}),
            )
            for device in self._devices.values()
        ]
        return Inventory([*listed, *(FoundDevice(key="", name=name) for name in sorted(self.unknown))])

    def _learn(self, payload: bytes) -> None:
        found = decode_devices(payload)
        if isinstance(found, Refusal):
            self.refuse(found.reason)
            return
        self._devices = {device.friendly_name: device for device in found.devices}
        for name in list(self.unknown):
            if name in self._devices:
                del self.unknown[name]
        if found.unusable:
            self.refused["device"] = self.refused.get("device", 0) + found.unusable

    def _reading(self, key: str, measurement: Measurement, report: Report) -> Reading | None:
        quantity, value, channel = measurement
        name = f"{key}/{quantity}/{channel}" if channel else f"{key}/{quantity}"
        self._quantities.setdefault(key, set()).add(quantity)
        counted = self._course(name, quantity).take(value, report)
        if counted is None:
            return None
        measured_ms = report.now_ms if counted.at_ms is None else counted.at_ms
        if not worth_telling(quantity, value, measured_ms, self._told.get(name)):
            return None
        self._told[name] = Told(measured_ms, value)
        return Reading(name, value, BY_NAME[quantity].unit, counted.at_ms, counted.said_ms)

    def _course(self, name: str, quantity: str) -> Course:
        course = self._courses.get(name)
        if course is None:
            last = self._last(name)
            course = self._courses[name] = Course(last, safety=BY_NAME[quantity].safety)
            if last is not None:
                self._told[name] = Told(last.source_ms, last.value)
        return course

    def _note_unknown(self, name: str) -> None:
        device, _, side = name.rpartition("/")
        if name.startswith("bridge/") or (side in _SIDE_TOPICS and device in self._devices):
            return
        if name in self.unknown or len(self.unknown) < _MOST_UNKNOWN:
            self.unknown[name] = self.unknown.get(name, 0) + 1

    def _note_unmapped(self, key: str, state: State) -> None:
        if state.others:
            noted = self._unmapped.setdefault(key, {})
            for name, value in state.others.items():
                noted[name[:_TEXT]] = str(value)[:_TEXT]


def key_of(device: Discovered) -> str:
    """Return a device's key in the names of its series."""
    return device.address.lower().replace("/", "-")

"""Two-state sensors recorded as intervals of activity, as Ordóñez and van Kasteren did."""

from collections import defaultdict
from typing import Any, NamedTuple

from core.places import RoomKind
from gateway.recordings.recording import ActiveInterval, RecordedHome, TrackBuilder, changes

_ROOM_KINDS: dict[str, RoomKind] = {**{str(kind): kind for kind in RoomKind}, "toilet": RoomKind.BATHROOM}
# Only their beginning is an event of its own; how long the sensor held it says nothing.
_EVENTS = frozenset({"toilet_flush", "vibration"})
# The vocabulary says 1 for a closed contact; these sensors were active while something was open.
_INVERTED = frozenset({"contact"})


class IntervalSensor(NamedTuple):
    """A sensor of a recording: what it is, where it is, what it measures."""

    key: str
    name: str
    room: str
    place: str
    quantity: str


class IntervalHome:
    """Collects the intervals of one home. An interval of a sensor that was recorded twice counts once."""

    def __init__(self, key: str, name: str, timezone: str, model: str) -> None:
        self._key, self._name, self._timezone, self._model = key, name, timezone, model
        self._intervals: dict[IntervalSensor, set[ActiveInterval]] = defaultdict(set)
        self.identical = 0

    def add(self, sensor: IntervalSensor, start_ms: int, end_ms: int) -> None:
        """Add an interval; raises `ValueError` if it ends before it starts."""
        if end_ms < start_ms:
            raise ValueError("the interval ends before it starts")
        interval = ActiveInterval(start_ms, end_ms)
        self.identical += interval in self._intervals[sensor]
        self._intervals[sensor].add(interval)

    def build(self) -> RecordedHome:
        """Return the home with its readings."""
        builder = TrackBuilder()
        for sensor, intervals in self._intervals.items():
            name = f"{sensor.key}/{sensor.quantity}"
            if sensor.quantity in _EVENTS:
                for start_ms in sorted({interval.start_ms for interval in intervals}):
                    builder.add(start_ms, name, 1.0, "1")
            else:
                for at_ms, active in changes(sorted(intervals)):
                    builder.add(at_ms, name, float(active != (sensor.quantity in _INVERTED)), "1")
        track, _ = builder.build(states=True)
        return RecordedHome(self._entry(), track)

    def _entry(self) -> dict[str, Any]:
        sensors = sorted(self._intervals)
        rooms = sorted({sensor.room for sensor in sensors})
        return {
            "key": self._key,
            "name": self._name,
            "timezone": self._timezone,
            "rooms": [
                {"key": room, "kind": str(_ROOM_KINDS.get(room, RoomKind.OTHER)), "name": room.capitalize()}
                for room in rooms
            ],
            "persons": [{"key": self._key, "name": self._name}],
            "gateway": f"gw-{self._key}",
            "devices": [
                {
                    "key": sensor.key, "name": sensor.name, "model": self._model, "room": sensor.room,
                    "place": sensor.place, "quantities": [sensor.quantity],
                }
                for sensor in sensors
            ],
        }  # fmt: skip

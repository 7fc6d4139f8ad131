"""What happens to a sensor: somebody presses it, it dies, it is stuck, its battery runs down.

`changed["sensor"]` is the device's key. A stuck sensor goes on reporting, but one thing of what it reports stays as it
was. A battery falls by one of the curves that cells have, and what the device says of it is as coarse as real ones are.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from core.localtime import Interval
from simulator import chance
from simulator.events.event import Event, Passage
from simulator.habits import milliseconds
from simulator.plan import Role, Sensor
from simulator.resident import LivedDay
from simulator.sensors import CHECK_IN, Signal, Value
from simulator.zigbee2mqtt import RawMessage

# What a form of being stuck holds, at which value, and in which role it can happen.
FORMS: dict[str, tuple[str, Value, Role]] = {
    "blind": ("occupancy", False, Role.MOTION),
    "held": ("occupancy", True, Role.MOTION),
    "closed": ("contact", True, Role.FRIDGE),
    "open": ("contact", False, Role.FRIDGE),
    "door": ("contact", True, Role.DOOR),
    "frozen": ("temperature", 0.0, Role.CLIMATE),
    "bed": ("occupancy", True, Role.BED),
}
FROZEN = ("temperature", "humidity")
LOW = 10  # percent at which devices that say so call their battery low
WEAK = 6  # percent below which a device misses more and more of its reports


def sos(home: str, at: datetime) -> Event:
    """Return: the SOS button is pressed at an instant."""
    return Event("sos", home, at, at, {"presses": 1})


def sensor_dead(home: str, sensor: Sensor, start: datetime, end: datetime) -> Event:
    """Return: a sensor says nothing any more, though its battery was good."""
    return Event("sensor_dead", home, start, end, {"sensor": sensor.key})


def sensor_stuck(home: str, sensor: Sensor, start: datetime, end: datetime, form: str) -> Event:
    """Return: a sensor is stuck in one of `FORMS`."""
    return Event("sensor_stuck", home, start, end, {"sensor": sensor.key, "form": form})


def battery_decay(home: str, sensor: Sensor, start: datetime, empty: datetime, end: datetime, **more: float) -> Event:
    """Return: a battery falls from `start`, is empty at `empty`, and the sensor silent from then to `end`.

    `more`: `from_percent` at the start; `knee`, the share of the time after which a lithium cell drops (1: it falls
    evenly); `step`, to how many percent the device rounds.
    """
    shape = {"from_percent": 80.0, "knee": 1.0, "step": 1.0} | more
    lasts = (empty - start) / timedelta(seconds=1)
    return Event("battery_decay", home, start, end, {"sensor": sensor.key, "lasts_s": lasts, **shape})


def pressed(event: Event, sensors: tuple[Sensor, ...], day: LivedDay, signals: list[Signal]) -> list[Signal]:
    """Add the press of the button."""
    at = milliseconds(event.start)
    presses = [
        Signal(at, index, "action", "emergency")
        for index, sensor in enumerate(sensors)
        if sensor.role is Role.SOS and day.start <= at < day.end
    ]
    return sorted([*signals, *presses], key=lambda signal: (signal.at, signal.sensor))


def insensitive(event: Event, sensors: tuple[Sensor, ...], day: LivedDay, signals: list[Signal]) -> list[Signal]:
    """Leave of a stuck sensor its check-ins alone; one that is stuck in another state than at rest says so once."""
    start, end = milliseconds(event.start), milliseconds(event.end)
    stuck = {index for index, sensor in enumerate(sensors) if sensor.key == event.changed["sensor"]}
    name, value, _role = FORMS[str(event.changed["form"])]
    kept = [
        signal
        for signal in signals
        if signal.sensor not in stuck or signal.property == CHECK_IN or not start <= signal.at < end
    ]
    if event.changed["form"] in ("held", "open") and day.start <= start < day.end:
        kept += [Signal(start, index, name, value) for index in stuck]
        kept.sort(key=lambda signal: (signal.at, signal.sensor))
    return kept


def silent(event: Event, base: str, sensors: tuple[Sensor, ...]) -> Passage:
    """Return how messages pass while a sensor is dead: its own do not."""
    return _of_sensor(event, base, sensors, lambda _: None)


def gone(event: Event, sensor: Sensor) -> Interval | None:
    """Return from when to when a sensor says nothing."""
    return Interval(event.start, event.end) if sensor.key == event.changed["sensor"] else None


def empty(event: Event, sensor: Sensor) -> Interval | None:
    """Return from when to when the battery of a sensor is empty."""
    begin = event.start + timedelta(seconds=float(event.changed["lasts_s"]))
    return Interval(begin, event.end) if sensor.key == event.changed["sensor"] and begin < event.end else None


def held(event: Event, base: str, sensors: tuple[Sensor, ...]) -> Passage:
    """Return how messages pass while a sensor is stuck: with the value that it holds."""
    name, value, _ = FORMS[str(event.changed["form"])]
    first: dict[str, Value] = {}

    def hold(message: RawMessage) -> RawMessage:
        state = msgspec.json.decode(message.payload)
        if name == "temperature":
            for each in FROZEN:
                state[each] = first.setdefault(each, state[each])
        else:
            state[name] = value
        return message._replace(payload=msgspec.json.encode(state))

    return _of_sensor(event, base, sensors, hold)


def drained(event: Event, base: str, sensors: tuple[Sensor, ...]) -> Passage:
    """Return how messages pass while a battery runs down: with its charge, then fewer, then none."""
    start, lasts_s = event.start, float(event.changed["lasts_s"])
    top, knee, step = (float(event.changed[name]) for name in ("from_percent", "knee", "step"))

    def drain(message: RawMessage) -> RawMessage | None:
        used = (message.at - start).total_seconds() / lasts_s
        charge = top * _left(used, knee)
        luck = chance.number(event.home, message.topic, message.at, "weak") / 2**64
        if used >= 1 or (charge < WEAK and luck < 0.6 * (1 - charge / WEAK)):
            return None
        state = msgspec.json.decode(message.payload)
        percent = max(1, round(charge / step) * step)
        for name, said in (("battery", int(percent)), ("voltage", 2100 + round(9 * charge)),
                           ("battery_low", percent <= LOW)):  # fmt: skip
            if name in state:
                state[name] = said
        return message._replace(payload=msgspec.json.encode(state))

    return _of_sensor(event, base, sensors, drain)


def _left(used: float, knee: float) -> float:
    """Return which share of its charge a cell has left: a fifth is used before the knee, the rest after it."""
    if knee >= 1:
        return max(0.0, 1 - used)
    return 1 - 0.2 * used / knee if used < knee else max(0.0, 0.8 * (1 - used) / (1 - knee))


def _of_sensor(
    event: Event, base: str, sensors: tuple[Sensor, ...], change: Callable[[RawMessage], RawMessage | None]
) -> Passage:
    topics = {f"{base}/{sensor.friendly_name}" for sensor in sensors if sensor.key == event.changed["sensor"]}
    start, end = event.start, event.end

    def passage(message: RawMessage) -> RawMessage | None:
        return change(message) if message.topic in topics and start <= message.at < end else message

    return passage

"""What happens to the gateway, its power and its line."""

from datetime import datetime

from core.localtime import Interval
from simulator.events.event import Event, Passage
from simulator.plan import Sensor
from simulator.zigbee2mqtt import RawMessage

# Forms of a gateway that fails by itself: its program ends and is started again; it is gone until another one stands
# there; somebody switches it off in an orderly way; its radio hears nothing any more while it goes on itself.
FORMS = ("crash", "gone", "shutdown", "radio")
_OFF = frozenset({"gone", "shutdown"})


def gateway_silent(home: str, start: datetime, end: datetime) -> Event:
    """Return: the gateway has no power, and nothing leaves the home."""
    return Event("gateway_silent", home, start, end, {"gateways": 1})


def gateway_offline(home: str, start: datetime, end: datetime, form: str) -> Event:
    """Return: the gateway fails by itself, in one of `FORMS`."""
    return Event("gateway_offline", home, start, end, {"form": form})


def power_cut(home: str, start: datetime, end: datetime, *, battery_s: float, router: bool) -> Event:
    """Return: the home has no mains. The gateway goes on for `battery_s` seconds; the `router` may fail at once."""
    return Event("power_cut", home, start, end, {"battery_s": battery_s, "router": int(router)})


def line_cut(home: str, start: datetime, end: datetime) -> Event:
    """Return: the gateway cannot reach the service; it keeps what it hears."""
    return Event("line_cut", home, start, end, {"lines": 1})


def is_off(event: Event, at: datetime) -> bool:
    """Tell whether the gateway, and the bridge on it, does nothing at `at`."""
    if not event.start <= at < event.end:
        return False
    if event.name == "power_cut":
        return (at - event.start).total_seconds() >= float(event.changed["battery_s"])
    return event.name == "gateway_silent" or (event.name == "gateway_offline" and event.changed["form"] in _OFF)


def is_deaf(event: Event, at: datetime) -> bool:
    """Tell whether the bridge hears no sensor at `at`; with a radio that has failed it still says so itself."""
    return not_received(event, None) is not None and event.start <= at < event.end


def not_received(event: Event, _: Sensor | None) -> Interval | None:
    """Return from when to when the radio of the gateway receives nothing, from no sensor."""
    failed = event.name == "gateway_offline" and event.changed["form"] == "radio"
    return Interval(event.start, event.end) if failed else None


def unpowered(event: Event, sensor: Sensor) -> Interval | None:
    """Return from when to when a sensor has no mains."""
    return Interval(event.start, event.end) if sensor.model.mains else None


def unheard(event: Event, _: str, __: tuple[Sensor, ...]) -> Passage:
    """Return how messages pass while the gateway takes in nothing: not at all, but for what the bridge itself says."""

    def passage(message: RawMessage) -> RawMessage | None:
        lost = is_off(event, message.at) or (is_deaf(event, message.at) and not message.retain)
        return None if lost else message

    return passage


def without_mains(event: Event, base: str, sensors: tuple[Sensor, ...]) -> Passage:
    """Return how messages pass in a power cut: those of devices on mains do not, and in the end none."""
    topics = {f"{base}/{sensor.friendly_name}" for sensor in sensors if sensor.model.mains}

    def passage(message: RawMessage) -> RawMessage | None:
        lost = message.topic in topics and event.start <= message.at < event.end
        return None if lost or is_off(event, message.at) else message

    return passage

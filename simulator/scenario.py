"""Scripted events and their ground truth.

An event changes a home at one of four stages, and a scenario is one function at one of them:

* `INTENTIONS`: what the person means to do on a day (more visits to the bathroom, no going out, ...)
* `LIVES`: what really happened (a fall, ...)
* `SIGNALS`: what the sensors notice (a button pressed, a sensor stuck, ...)
* `SILENCES`: what never leaves the home (a gateway without power, ...)

The event itself is the ground truth: what, where, from when to when, and how much.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from simulator.habits import Intentions, Person, milliseconds, spread_visits
from simulator.plan import Role, Sensor
from simulator.resident import LivedDay, Posture, Stay, Thing, Use
from simulator.sensors import Signal

Amount = int | float | str


class Event(NamedTuple):
    """Something out of the ordinary in `home` from `start` until `end` (UTC); `changed` tells what, in figures."""

    name: str
    home: str
    start: datetime
    end: datetime
    changed: Mapping[str, Amount]


def sos(home: str, at: datetime) -> Event:
    """Return: the SOS button is pressed at an instant."""
    return Event("sos", home, at, at, {"presses": 1})


def night_bathroom(home: str, bed: datetime, wake: datetime, visits: int) -> Event:
    """Return: so many visits to the bathroom in the night between going to bed and getting up."""
    return Event("night_bathroom", home, bed, wake, {"visits": visits})


def gateway_silent(home: str, start: datetime, end: datetime) -> Event:
    """Return: the gateway has no power, and nothing leaves the home."""
    return Event("gateway_silent", home, start, end, {"gateways": 1})


def fall(home: str, at: datetime, found: datetime, room: str) -> Event:
    """Return: the person lies in a room without moving until somebody comes."""
    return Event("fall", home, at, found, {"room": room})


def intended(event: Event, person: Person, intentions: Intentions) -> Intentions:
    """Return the intentions as the event changes them."""
    change = INTENTIONS.get(event.name)
    touched = _overlaps(event, intentions.bed, intentions.next_wake)
    return change(event, person, intentions) if change and touched else intentions


def lived(event: Event, day: LivedDay) -> LivedDay:
    """Return the lived day as the event changes it."""
    change = LIVES.get(event.name)
    return change(event, day) if change and _overlaps(event, day.start, day.end) else day


def noticed(event: Event, sensors: tuple[Sensor, ...], day: LivedDay, signals: list[Signal]) -> list[Signal]:
    """Return the signals as the event changes them."""
    change = SIGNALS.get(event.name)
    return change(event, sensors, day, signals) if change and _overlaps(event, day.start, day.end) else signals


def silences(event: Event) -> bool:
    """Tell whether nothing leaves the home during the event."""
    return event.name in SILENCES


def _overlaps(event: Event, start: int, end: int) -> bool:
    first = milliseconds(event.start)
    return first < end and max(milliseconds(event.end), first + 1) > start


def _more_visits(event: Event, person: Person, intentions: Intentions) -> Intentions:
    visits = spread_visits(person, intentions.day, intentions.bed, intentions.next_wake, int(event.changed["visits"]))
    return intentions._replace(night_visits=visits)


def _lies_still(event: Event, day: LivedDay) -> LivedDay:
    start, end = max(milliseconds(event.start), day.start), min(milliseconds(event.end), day.end)
    before = [stay._replace(end=min(stay.end, start)) for stay in day.stays if stay.start < start]
    after = [stay._replace(start=max(stay.start, end)) for stay in day.stays if stay.end > end]
    lying = Stay(start, end, str(event.changed["room"]), Posture.FALLEN)
    uses = [use for use in day.uses if not start <= use.at < end]
    if after:
        uses.append(Use(end, Thing.DOOR))  # whoever finds the person comes in by the door
    return day._replace(stays=(*before, lying, *after), uses=tuple(sorted(uses, key=lambda use: use.at)))


def _button(event: Event, sensors: tuple[Sensor, ...], day: LivedDay, signals: list[Signal]) -> list[Signal]:
    at = milliseconds(event.start)
    pressed = [
        Signal(at, index, "action", "emergency")
        for index, sensor in enumerate(sensors)
        if sensor.role is Role.SOS and day.start <= at < day.end
    ]
    return sorted([*signals, *pressed], key=lambda signal: (signal.at, signal.sensor))


INTENTIONS: dict[str, Callable[[Event, Person, Intentions], Intentions]] = {"night_bathroom": _more_visits}
LIVES: dict[str, Callable[[Event, LivedDay], LivedDay]] = {"fall": _lies_still}
SIGNALS: dict[str, Callable[[Event, tuple[Sensor, ...], LivedDay, list[Signal]], list[Signal]]] = {"sos": _button}
SILENCES: frozenset[str] = frozenset({"gateway_silent"})

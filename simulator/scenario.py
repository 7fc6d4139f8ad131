"""Scripted events and their ground truth.

An event changes a home at one of six stages, and a scenario is one function at one of them (or at several):

* `INTENTIONS`: what the person means to do on a day (more visits to the bathroom, no going out, ...)
* `LIVES`: what really happened (a fall, an absence, ...)
* `SIGNALS`: what the sensors notice (a button pressed, a sensor stuck, ...)
* `PASSAGES`: what reaches the home's bridge, and how (a sensor dead, a battery low, packets lost, ...)
* `OUT_OF_REACH`: which sensors the bridge does not reach (the same, and whatever is on mains without power, ...)
* `SILENCES`: what never leaves the home (a gateway without power, ...)

The event itself is the ground truth: what, where, from when to when, and how much. The functions are in
`simulator.events`, a module for each family.
"""

from collections.abc import Callable

from core.localtime import Interval
from simulator.events import air, gateway, person, sensors
from simulator.events.event import Amount, Event, Passage, overlaps
from simulator.events.gateway import gateway_silent
from simulator.events.person import fall, night_bathroom
from simulator.events.sensors import sos
from simulator.habits import Intentions, Person
from simulator.plan import Sensor
from simulator.resident import LivedDay
from simulator.sensors import Signal

__all__ = [
    "Amount", "Event", "fall", "gateway_silent", "intended", "lived", "night_bathroom", "noticed", "out_of_reach",
    "passages", "silences", "sos",
]  # fmt: skip

INTENTIONS: dict[str, Callable[[Event, Person, Intentions], Intentions]] = {"night_bathroom": person.more_visits}
LIVES: dict[str, Callable[[Event, LivedDay], LivedDay]] = {
    "fall": person.lies_still, "still": person.lies_still, "away": person.leaves,
}  # fmt: skip
SIGNALS: dict[str, Callable[[Event, tuple[Sensor, ...], LivedDay, list[Signal]], list[Signal]]] = {
    "sos": sensors.pressed, "sensor_stuck": sensors.insensitive,
}  # fmt: skip
PASSAGES: dict[str, Callable[[Event, str, tuple[Sensor, ...]], Passage]] = {
    "sensor_stuck": sensors.held,
    "battery_decay": sensors.drained,
    "sensor_dead": sensors.silent,
    "dropout": sensors.silent,
    "power_cut": gateway.without_mains,
    "gateway_offline": gateway.unheard,
    "packet_loss": air.lossy,
    "clock_drift": air.drifting,
}
OUT_OF_REACH: dict[str, Callable[[Event, Sensor], Interval | None]] = {
    "battery_decay": sensors.empty,
    "sensor_dead": sensors.gone,
    "dropout": sensors.gone,
    "power_cut": gateway.unpowered,
    "gateway_offline": gateway.not_received,
}
SILENCES: frozenset[str] = frozenset({"gateway_silent"})


def intended(event: Event, who: Person, intentions: Intentions) -> Intentions:
    """Return the intentions as the event changes them."""
    change = INTENTIONS.get(event.name)
    touched = overlaps(event, intentions.bed, intentions.next_wake)
    return change(event, who, intentions) if change and touched else intentions


def lived(event: Event, day: LivedDay) -> LivedDay:
    """Return the lived day as the event changes it."""
    change = LIVES.get(event.name)
    return change(event, day) if change and overlaps(event, day.start, day.end) else day


def noticed(event: Event, installed: tuple[Sensor, ...], day: LivedDay, signals: list[Signal]) -> list[Signal]:
    """Return the signals as the event changes them."""
    change = SIGNALS.get(event.name)
    return change(event, installed, day, signals) if change and overlaps(event, day.start, day.end) else signals


def passages(events: tuple[Event, ...], base: str, installed: tuple[Sensor, ...]) -> list[Passage]:
    """Return how messages pass from the sensors to the bridge, one passage after the other."""
    return [PASSAGES[event.name](event, base, installed) for event in events if event.name in PASSAGES]


def silences(event: Event) -> bool:
    """Tell whether nothing leaves the home during the event."""
    return event.name in SILENCES


def out_of_reach(event: Event, sensor: Sensor) -> Interval | None:
    """Return from when to when the event keeps the bridge from reaching a sensor; None if it does not."""
    of = OUT_OF_REACH.get(event.name)
    return of(event, sensor) if of else None

"""Scripted events and their ground truth.

An event changes a home at one of eight stages, and a scenario is one function at one of them (or at several):

* `INTENTIONS`: what the person means to do on a day (more visits to the bathroom, no going out, ...)
* `COMPANY`: who else is in the home (visitors, a carer who does not come, an animal, ...)
* `LIVES`: what really happened (a fall, an absence, ...)
* `WARMTH`: how warm it is (a heat wave, a heating that fails)
* `SIGNALS`: what the sensors notice (a button pressed, a sensor stuck, ...)
* `PASSAGES`: what reaches the home's bridge, and how (a sensor dead, a battery low, packets lost, ...)
* `OUT_OF_REACH`: which sensors the bridge does not reach (the same, and whatever is on mains without power, ...)
* `SILENCES`: what never leaves the home (a gateway without power, ...)

The event itself is the ground truth: what, where, from when to when, and how much. The functions are in
`simulator.events`, a module for each family.
"""

from collections.abc import Callable

from core.localtime import Interval
from simulator.company import Setting
from simulator.events import air, company, gateway, night, person, routine, sensors, warmth
from simulator.events.event import Amount, Event, Passage, overlaps
from simulator.events.gateway import gateway_silent
from simulator.events.person import fall, night_bathroom
from simulator.events.sensors import sos
from simulator.habits import Intentions, Person
from simulator.plan import Sensor
from simulator.resident import LivedDay
from simulator.sensors import Signal

__all__ = [
    "Amount", "Event", "accompanied", "fall", "gateway_silent", "intended", "lived", "night_bathroom", "noticed",
    "out_of_reach", "passages", "silences", "sos", "warmer",
]  # fmt: skip

INTENTIONS: dict[str, Callable[[Event, Person, Intentions], Intentions]] = {
    "night_bathroom": person.more_visits,
    "insomnia": night.sleepless,
    "day_night_reversal": night.turned,
    "night_wandering": night.wanders,
    "leaving_at_night": night.goes_out,
    "missed_meals": routine.eats_less,
    "not_going_out": routine.stays_at_home,
    "slow_decline": routine.declines,
    "visitors": company.receives,
}
COMPANY: dict[str, Callable[[Event, Setting, LivedDay], LivedDay]] = {
    "visitors": company.visited,
    "carer_absent": company.not_visited,
    "second_resident": company.shared,
    "pet": company.with_animal,
    "hospital_stay": company.fetched,
}
LIVES: dict[str, Callable[[Event, LivedDay], LivedDay]] = {
    "fall": person.lies_still, "still": person.lies_still, "away": person.leaves, "hospital_stay": person.leaves,
}  # fmt: skip
WARMTH: dict[str, Callable[[Event, int, str], float]] = {
    "heat_wave": warmth.heated, "heating_failure": warmth.cooled,
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
    touched = overlaps(event, intentions.wake, intentions.next_wake)
    return change(event, who, intentions) if change and touched else intentions


def accompanied(event: Event, setting: Setting, day: LivedDay) -> LivedDay:
    """Return the lived day with whoever else the event brings into the home, or keeps from it."""
    change = COMPANY.get(event.name)
    return change(event, setting, day) if change and overlaps(event, day.start, day.end) else day


def warmer(events: tuple[Event, ...]) -> Callable[[int, str], float]:
    """Return by how many kelvin the events make a room warmer at an instant (ms since 1970)."""
    changes = [(WARMTH[event.name], event) for event in events if event.name in WARMTH]
    return lambda at_ms, room: sum(change(event, at_ms, room) for change, event in changes)


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

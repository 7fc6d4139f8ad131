"""From a lived day to what each sensor notices: changes of state, and check-ins when nothing changes.

A `Signal` is a change that a sensor would send over its radio. Each sensor draws from a random stream of its
own, so that a scripted event in one room leaves what happens in the others as it was.
"""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from simulator import chance
from simulator.habits import Intentions, Person
from simulator.plan import Role, Sensor
from simulator.resident import Company, LivedDay, Posture, Stay, Thing

Value = bool | int | float | str


class Signal(NamedTuple):
    """A sensor (by its index) says at `at` (ms since 1970) that a property has a new value; "" for a check-in."""

    at: int
    sensor: int
    property: str
    value: Value


CHECK_IN = ""
# Seconds between two movements that a motion sensor notices, on average.
MOVEMENT_GAP_S: dict[Posture, float] = {
    Posture.ACTIVE: 270.0, Posture.SITTING: 1900.0, Posture.DOZING: 2700.0, Posture.ASLEEP: 5400.0,
    Posture.RESTLESS: 600.0, Posture.ANIMAL: 1800.0,
}  # fmt: skip
UNSEEN = frozenset({Posture.AWAY, Posture.FALLEN})
WALKING_SEEN = 0.96  # share of crossings of a room that its sensor notices
KETTLE_W = (1950, 2150)
# A sleeper lies still in the last minutes before getting up: every motion sensor is at rest when a day ends.
STILL_BEFORE_WAKING_MS = 180_000
# Nobody else is seen to move either in the last minutes, and what they used is at rest.
QUIET_BEFORE_END_MS = 250_000


RESTING: dict[Role, dict[str, Value]] = {
    Role.MOTION: {"occupancy": False},
    Role.DOOR: {"contact": True},
    Role.FRIDGE: {"contact": True},
    Role.BED: {"occupancy": True},
    Role.KETTLE: {"power": 0, "state": "ON"},
    Role.SMOKE: {"smoke": False, "test": False},
    Role.LEAK: {"water_leak": False},
    Role.SOS: {},
    Role.CLIMATE: {},
}


def resting(sensor: Sensor) -> dict[str, Value]:
    """Return the state of a sensor at the moment its person gets up."""
    return dict(RESTING[sensor.role])


def signals_of(person: Person, sensors: tuple[Sensor, ...], lived: LivedDay, intentions: Intentions) -> list[Signal]:
    """Return everything that the sensors notice of a day, in order of time."""
    by_room: dict[str, list[Stay]] = {}
    for stay in lived.stays:
        by_room.setdefault(stay.room, []).append(stay)
    signals: list[Signal] = []
    for index, sensor in enumerate(sensors):
        rng = chance.stream(person.seed, sensor.ieee_address, lived.day)
        match sensor.role:
            case Role.MOTION:
                seen = _movements(by_room.get(sensor.room, []), lived, rng, intentions.restlessness)
                if lived.company:
                    seen = iter(sorted([*seen, *_movements_of_company(person, sensor, lived)]))
                signals += _held(index, seen, sensor.model.hold_s * 1000)
            case Role.DOOR:
                signals += _openings(index, _used(Thing.DOOR, person, sensor, lived, rng))
            case Role.FRIDGE:
                signals += _openings(index, _used(Thing.FRIDGE, person, sensor, lived, rng))
            case Role.KETTLE:
                signals += _boilings(index, _used(Thing.KETTLE, person, sensor, lived, rng))
            case Role.BED:
                signals += _bed(index, lived)
            case Role.SOS | Role.CLIMATE | Role.SMOKE | Role.LEAK:
                pass
        signals += _check_ins(index, sensor, lived)
    signals = [signal for signal in signals if lived.start <= signal.at < lived.end]
    signals.sort(key=_by_time)
    return signals


def _by_time(signal: Signal) -> tuple[int, int]:
    return signal[0], signal[1]


def _movements(stays: list[Stay], lived: LivedDay, rng: Random, restlessness: float) -> Iterator[int]:
    quiet_from = lived.end - STILL_BEFORE_WAKING_MS
    for stay in stays:
        if stay.posture in UNSEEN:
            continue
        first = stay.start + rng.randrange(300, 2500)
        if stay.posture is Posture.WALKING:
            if rng.random() < WALKING_SEEN:
                yield min(first, stay.end)
            continue
        rate = restlessness / (1000 * MOVEMENT_GAP_S[stay.posture])
        at = first
        end = min(stay.end, quiet_from) if stay.posture is Posture.ASLEEP else stay.end
        while at < end:
            yield at
            at += int(rng.expovariate(rate)) + 1


def _movements_of_company(person: Person, sensor: Sensor, lived: LivedDay) -> Iterator[int]:
    quiet_from = lived.end - QUIET_BEFORE_END_MS
    for one in lived.company:
        there = [stay for stay in one.stays if stay.room == sensor.room]
        if there:
            rng = _chance_of(person, sensor, lived, one)
            yield from (at for at in _movements(there, lived, rng, one.liveliness) if at < quiet_from)


def _chance_of(person: Person, sensor: Sensor, lived: LivedDay, one: Company) -> Random:
    return chance.stream(person.seed, sensor.ieee_address, lived.day, "company", one.key)


def _held(index: int, movements: Iterator[int], hold_ms: int) -> Iterator[Signal]:
    """Yield occupancy on and off: on with a movement, off when none has followed for the holding time."""
    off = -1
    for at in movements:
        if at > off:
            if off >= 0:
                yield Signal(off, index, "occupancy", value=False)
            yield Signal(at, index, "occupancy", value=True)
        off = at + hold_ms
    if off >= 0:
        yield Signal(off, index, "occupancy", value=False)


def _used(thing: Thing, person: Person, sensor: Sensor, lived: LivedDay, rng: Random) -> list[tuple[int, Random]]:
    """Return when a thing was used, each time with the chance of whoever used it."""
    used = [(use.at, rng) for use in lived.uses if use.thing is thing]
    for one in lived.company:
        own = _chance_of(person, sensor, lived, one)
        # Whatever somebody else opens is closed again before the day ends.
        used += [(use.at, own) for use in one.uses if use.thing is thing and use.at < lived.end - QUIET_BEFORE_END_MS]
    return sorted(used, key=lambda each: each[0])


def _openings(index: int, used: list[tuple[int, Random]]) -> Iterator[Signal]:
    closed = 0
    for at, rng in used:
        if at > closed:
            closed = at + rng.randrange(4_000, 20_000)
            yield Signal(at, index, "contact", value=False)
            yield Signal(closed, index, "contact", value=True)


def _boilings(index: int, used: list[tuple[int, Random]]) -> Iterator[Signal]:
    done = 0
    for at, rng in used:
        if at > done:
            done = at + rng.randrange(140_000, 240_000)
            yield Signal(at, index, "power", rng.randrange(*KETTLE_W))
            yield Signal(done, index, "power", 0)


def _bed(index: int, lived: LivedDay) -> Iterator[Signal]:
    occupied = True
    for stay in lived.stays:
        if stay.in_bed is not occupied:
            occupied = stay.in_bed
            yield Signal(stay.start, index, "occupancy", occupied)


def _check_ins(index: int, sensor: Sensor, lived: LivedDay) -> Iterator[Signal]:
    """Yield check-ins on a grid that is each device's own and the same on every day."""
    # No two quartz crystals agree: periods differ by up to 3 %.
    number = chance.number(sensor.ieee_address, "check-in")
    period = round(sensor.model.check_in_s * 1000 * (0.97 + 0.06 * (number % 1000) / 1000))
    phase = number // 1000 % period
    for at in range(lived.start + (phase - lived.start) % period, lived.end, period):
        yield Signal(at, index, CHECK_IN, value="")

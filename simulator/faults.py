"""Faults to tell apart, drawn by seed: what a home goes through, and what it really was.

A home is drawn with seventeen days of ordinary life and the nuisances of real radio: packets lost, sensors out of
reach for a while, a clock that is wrong. Cases of every class follow on these days, each as if the others had not
happened. Every second home's gateway has no battery.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from simulator import chance
from simulator.events import air, gateway, sensors
from simulator.events.event import Event
from simulator.gateway import SimulatedGateway
from simulator.home import SimulatedHome
from simulator.plan import Role, Sensor

NOTHING = "nothing"
CLASSES = (
    "sensor_dead", "sensor_stuck", "battery_low", "gateway_offline", "power_cut", "line_cut", "person_away",
    "person_still", NOTHING,
)  # fmt: skip
LEARNING = timedelta(days=17)
LONGEST = timedelta(days=13)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HALF_OF_HOMES = 2
DEATHS = (Role.MOTION, Role.DOOR, Role.FRIDGE, Role.CLIMATE, Role.BED, Role.LEAK, Role.SMOKE, Role.KETTLE)


class Ground(NamedTuple):
    """A home before anything happens: with its nuisances, learned from since `start`, observed from `begin` on."""

    home: SimulatedHome
    start: datetime
    begin: datetime
    battery: bool

    def gateway(self, events: tuple[Event, ...] = ()) -> SimulatedGateway:
        """Return the home's gateway with what happens to it."""
        return SimulatedGateway(self.home.key, self.start, battery=self.battery, events=events)


class Case(NamedTuple):
    """One case: its true class, the event (None: nothing happens), the device it is about, and when it is looked at.

    `until` is the last look: at the end of what lasts, or some time after the end of what is told apart afterwards.
    """

    truth: str
    event: Event | None
    device: str
    start: datetime
    until: datetime


def draw_ground(seed: int, index: int, zone: ZoneInfo) -> Ground:
    """Return the home number `index` of a seed."""
    rng = chance.stream(seed, index, "ground")
    start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=rng.randrange(330), seconds=rng.randrange(86_400))
    home = SimulatedHome(seed, index, zone)
    end = start + LEARNING + LONGEST
    nuisances = draw_nuisances(rng, home, start, end)
    return Ground(home.with_events(nuisances), start, start + LEARNING, battery=index % HALF_OF_HOMES == 1)


def draw_nuisances(rng: Random, home: SimulatedHome, start: datetime, end: datetime) -> list[Event]:
    """Return what real radio does to a home: packets lost, sensors out of reach for a while, a clock that is wrong."""
    nuisances: list[Event] = []
    if rng.random() < 0.6:  # noqa: PLR2004 - most radio loses something
        nuisances.append(air.packet_loss(home.key, start, end, rng.uniform(0.005, 0.08)))
    for _ in range(rng.randrange(5)):
        at = start + rng.random() * (end - start)
        nuisances.append(
            air.dropout(home.key, rng.choice(home.sensors), at, at + timedelta(minutes=rng.uniform(15, 110)))
        )
    if rng.random() < 0.25:  # noqa: PLR2004 - a few gateways have a bad clock
        nuisances.append(air.clock_drift(home.key, start, end, rng.uniform(-110, 45)))
    return nuisances


def draw_case(seed: int, ground: Ground, truth: str, number: int) -> Case:
    """Return the case number `number` of a class in a home."""
    rng = chance.stream(seed, ground.home.key, truth, number)
    at = ground.begin + timedelta(seconds=rng.uniform(600, 86_400))
    return _DRAWS[truth](ground, rng, at)


def _dead(ground: Ground, rng: Random, at: datetime) -> Case:
    sensor = _one(ground, rng, DEATHS)
    until = at + timedelta(hours=rng.uniform(14, 44))
    return Case("sensor_dead", sensors.sensor_dead(ground.home.key, sensor, at, until), sensor.key, at, until)


def _stuck(ground: Ground, rng: Random, at: datetime) -> Case:
    there = {sensor.role for sensor in ground.home.sensors}
    form = rng.choice([form for form, (_, __, role) in sensors.FORMS.items() if role in there])
    sensor = _one(ground, rng, (sensors.FORMS[form][2],), used=form == "blind")
    days = {"blind": 3.5, "closed": 4.0, "door": 9.0}.get(form, 2.0)
    until = at + days * DAY * rng.uniform(1.0, 1.25)
    event = sensors.sensor_stuck(ground.home.key, sensor, at, until, form)
    return Case("sensor_stuck", event, sensor.key, at, until)


def _battery(ground: Ground, rng: Random, at: datetime) -> Case:
    sensor = _one(ground, rng, DEATHS, mains=False)
    empty = at + DAY * rng.uniform(2.5, 5.5)
    # Some are looked at when the end is near, most after it.
    until = empty + timedelta(hours=rng.uniform(14, 40)) if rng.random() < 0.75 else empty  # noqa: PLR2004
    event = sensors.battery_decay(
        ground.home.key, sensor, at, empty, until,
        from_percent=rng.uniform(45, 100), knee=rng.choice((1.0, 1.0, 0.5, 0.7)), step=rng.choice((1, 1, 1, 5, 10)),
    )  # fmt: skip
    return Case("battery_low", event, sensor.key, at, until)


def _offline(ground: Ground, rng: Random, at: datetime) -> Case:
    form = rng.choice(gateway.FORMS)
    end = at + timedelta(hours=rng.uniform(3, 20)) if form in ("gone", "radio") else at + _lasts(rng)
    until = end if form in ("gone", "radio") else end + timedelta(minutes=rng.uniform(10, 90))
    return Case("gateway_offline", gateway.gateway_offline(ground.home.key, at, end, form), "", at, until)


def _power(ground: Ground, rng: Random, at: datetime) -> Case:
    end = at + _lasts(rng)
    battery_s = rng.uniform(1.5, 9) * 3600 if ground.battery else 0.0
    event = gateway.power_cut(ground.home.key, at, end, battery_s=battery_s, router=rng.random() < 0.5)  # noqa: PLR2004
    return Case("power_cut", event, "", at, end + timedelta(minutes=rng.uniform(10, 90)))


def _line(ground: Ground, rng: Random, at: datetime) -> Case:
    end = at + _lasts(rng)
    return Case("line_cut", gateway.line_cut(ground.home.key, at, end), "", at, end + timedelta(minutes=30))


def _away(ground: Ground, rng: Random, at: datetime) -> Case:
    event = ground.home.away(at, timedelta(hours=rng.choice((rng.uniform(3, 12), rng.uniform(12, 90)))))
    return Case("person_away", event, "", event.start, event.end - timedelta(minutes=1))


def _still(ground: Ground, rng: Random, at: datetime) -> Case:
    in_bed = rng.random() < 0.4  # noqa: PLR2004
    event = ground.home.still(at, timedelta(hours=rng.uniform(14, 36)), in_bed=in_bed)
    return Case("person_still", event, "", event.start, event.end - timedelta(minutes=1))


def _nothing(_: Ground, rng: Random, at: datetime) -> Case:
    return Case(NOTHING, None, "", at, at + timedelta(hours=rng.uniform(12, 48)))


def _lasts(rng: Random) -> timedelta:
    """Return how long an outage lasts: from some minutes to a day and a half, the short ones being the most."""
    return timedelta(minutes=5 * 400 ** rng.random())


def _one(ground: Ground, rng: Random, roles: tuple[Role, ...], *, mains: bool = True, used: bool = False) -> Sensor:
    fit = [sensor for sensor in ground.home.sensors if sensor.role in roles and (mains or not sensor.model.mains)]
    if used:
        # Nobody can tell a sensor that is blind from a room that nobody enters.
        fit = [sensor for sensor in fit if sensor.room in ("kitchen", "bathroom", "living", "entrance", "hall")]
    return rng.choice(fit)


_DRAWS = {
    "sensor_dead": _dead, "sensor_stuck": _stuck, "battery_low": _battery, "gateway_offline": _offline,
    "power_cut": _power, "line_cut": _line, "person_away": _away, "person_still": _still, NOTHING: _nothing,
}  # fmt: skip

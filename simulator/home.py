"""A simulated home: the messages that its radios publish in any interval, and its entry in a registry file."""

import heapq
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import VicinoError
from core.localtime import Interval, day_of, local_instant
from simulator import availability, ble, chirpstack, company, habits, household, people, scenario, sensors, zigbee2mqtt
from simulator.company import Setting
from simulator.environment import draw_climate
from simulator.events import person as happening
from simulator.events.event import Event, Passage
from simulator.habits import Intentions, Person, draw_habits, instant_of, intend, milliseconds
from simulator.household import Household
from simulator.plan import OUTSIDE, PLANS, FloorPlan, Sensor, routes_of, sensors_of
from simulator.resident import LivedDay, Posture, live
from simulator.zigbee2mqtt import DayContext, RawMessage

BASE_TOPIC = "home/{gateway}/zigbee2mqtt"
ONE_DAY = timedelta(days=1)
WITHIN = timedelta(seconds=10)  # who comes home has closed the door


class SimulatedHome:
    """The home number `index` (from 0) of a simulation.

    Everything follows from (seed, index, day): whichever interval is asked for, in whatever pieces, the
    messages are the same bytes. A `household` brings habits, a plan and regular visits of its own. `base_topic` may
    contain `{gateway}`. Events of other homes are ignored.
    """

    def __init__(
        self,
        seed: int,
        index: int,
        zone: ZoneInfo,
        *,
        events: Sequence[Event] = (),
        plan: FloorPlan | None = None,
        household: Household | None = None,
        organisation: str = "demo",
        base_topic: str = BASE_TOPIC,
    ) -> None:
        self.seed = seed
        self.index = index
        self.zone = zone
        self.key = f"sim-{index + 1:02d}"
        self.gateway = f"gw-{self.key}"
        self.household = household
        self.plan = plan or (household.plan if household else PLANS[index % len(PLANS)])
        self.events = tuple(event for event in events if event.home == self.key)
        self.organisation = organisation
        self.base = base_topic.format(gateway=self.gateway)
        self.ble_base = f"{self.base.rpartition('/')[0]}/ble"
        self.sensors = sensors_of(self.plan, seed, self.key)
        self.ble_devices = ble.devices_of(seed, self.key) if self.plan.ble else ()
        habits_of = household.habits if household else draw_habits(seed, self.key)
        self.person = Person(seed, self.key, habits_of, zone)
        self._silences = [Interval(event.start, event.end) for event in self.events if scenario.silences(event)]
        self._passages = scenario.passages(self.events, self.base, self.sensors)
        self._availability = availability.messages(self.base, self.zigbee_sensors, self.events)
        self._base_topic = base_topic
        self._routes = routes_of(self.plan)
        self._climate = draw_climate(seed, self.key)
        self._setting = Setting(self.person, self.plan, self._routes)

    def with_events(self, events: Sequence[Event]) -> "SimulatedHome":
        """Return the same home, to which these events happen too."""
        return SimulatedHome(
            self.seed,
            self.index,
            self.zone,
            events=(*self.events, *events),
            plan=self.plan,
            household=self.household,
            organisation=self.organisation,
            base_topic=self._base_topic,
        )

    def intentions(self, day: date) -> Intentions:
        """Return what the person means to do from getting up on `day` until getting up on the next."""
        intentions = intend(self.person, day)
        if self.household and self.household.visits:
            intentions = household.at_home_for_visits(self.household, self.person, intentions)
        for event in self.events:
            intentions = scenario.intended(event, self.person, intentions)
        return intentions

    def lived(self, day: date) -> LivedDay:
        """Return the true day: where the person was, from getting up on `day` until getting up on the next."""
        return self._lived(self.intentions(day))

    def in_bed(self, day: date) -> Interval:
        """Return the time in bed of the night that follows `day`, from lying down until getting up."""
        lived = self.lived(day)
        return Interval(instant_of(lived.bed_at), instant_of(lived.end))

    def fall(self, after: datetime, lying: timedelta) -> Event:
        """Return a fall at the first moment from `after` on at which the person is up and at home.

        Raises `VicinoError` if there is none within two days.
        """
        start, room = self._up_and_at_home(after)
        return scenario.fall(self.key, start, start + lying, room)

    def _up_and_at_home(self, after: datetime) -> tuple[datetime, str]:
        at = milliseconds(after)
        first = day_of(after, self.zone) - ONE_DAY
        for offset in range(4):
            for stay in self.lived(first + offset * ONE_DAY).stays:
                if stay.end > at and stay.posture in (Posture.ACTIVE, Posture.WALKING):
                    return instant_of(max(at, stay.start)), stay.room
        raise VicinoError("The person is not up and at home in the two days in which it should happen.")

    def away(self, after: datetime, duration: timedelta) -> Event:
        """Return an absence that begins when the person is next up and at home, and ends likewise."""
        start, _ = self._up_and_at_home(after)
        end, _ = self._up_and_at_home(start + duration)
        return happening.away(self.key, start, end)

    def still(self, after: datetime, duration: timedelta, *, in_bed: bool) -> Event:
        """Return a stillness from when the person is next up and at home, or in bed, until the same later."""
        start, room = self._up_and_at_home(after)
        start += WITHIN
        if in_bed:
            start, room = self._next_wake(after), "bedroom"
        end, _ = self._up_and_at_home(start + duration)
        return happening.still(self.key, start, end, room, in_bed=in_bed)

    def _next_wake(self, after: datetime) -> datetime:
        first = day_of(after, self.zone) - ONE_DAY
        wakes = (instant_of(self.intentions(first + n * ONE_DAY).wake) for n in range(4))
        return next(wake for wake in wakes if wake >= after)

    def is_silent(self, at: datetime) -> bool:
        """Tell whether an event keeps everything from leaving the home at `at`."""
        return _within(at, self._silences)

    def announcement(self, at: datetime) -> list[RawMessage]:
        """Return what the bridge publishes, retained, when it starts or the broker has forgotten it."""
        return [
            zigbee2mqtt.bridge_state(self.base, at, online=True),
            zigbee2mqtt.bridge_devices(self.base, self.zigbee_sensors, at),
            *(
                zigbee2mqtt.availability(self.base, sensor, at, online=availability.is_reached(sensor, self.events, at))
                for sensor in self.zigbee_sensors
            ),
            *(ble.announcement(self.ble_base, at) if self.plan.ble else ()),
        ]

    def messages(self, start: datetime, end: datetime) -> Iterator[RawMessage]:
        """Yield every message from `start` (inclusive) to `end` (exclusive), in order of time.

        When a gateway comes back after a silence, its announcement is among them. The announcement of the
        beginning is not: whoever starts a home publishes it.
        """
        radios = [self._by_zigbee(start, end)]
        if self._availability:
            radios.append(self._told_of(start, end))
        if self.plan.lorawan:
            radios.append(chirpstack.messages(self.base, self.sensors, self._noticed, start, end))
        if self.plan.ble:
            radios.append(self._advertised(start, end))
        return radios[0] if len(radios) == 1 else heapq.merge(*radios, key=lambda message: message.at)

    @property
    def zigbee_sensors(self) -> tuple[Sensor, ...]:
        """The sensors that speak Zigbee."""
        if not self.plan.lorawan:
            return self.sensors
        return tuple(sensor for sensor in self.sensors if not chirpstack.speaks_lorawan(sensor))

    def ble_day(self, day: date) -> ble.Day:
        """Return what the Bluetooth devices of a day depend on."""
        midnight = milliseconds(local_instant(day, time.min, self.zone))
        return ble.Day(self.seed, self.key, self.intentions(day), midnight, habits.summer(day), self._climate)

    def _by_zigbee(self, start: datetime, end: datetime) -> Iterator[RawMessage]:
        if not self.plan.lorawan:
            return self._noticed(start, end)
        others = {
            f"{self.base}/{sensor.friendly_name}" for sensor in self.sensors if chirpstack.speaks_lorawan(sensor)
        }  # fmt: skip
        return (message for message in self._noticed(start, end) if message.topic not in others)

    def _told_of(self, start: datetime, end: datetime) -> Iterator[RawMessage]:
        """Yield what the bridge says of the sensors that it does not reach."""
        for message in self._availability:
            if start <= message.at < end and not self.is_silent(message.at):
                passed = _passed(message, self._passages)
                if passed is not None:
                    yield passed

    def _advertised(self, start: datetime, end: datetime) -> Iterator[RawMessage]:
        for day in self._days(start, end):
            for message in ble.messages(self.ble_base, self.ble_devices, self.ble_day(day)):
                if start <= message.at < end and not self.is_silent(message.at):
                    yield message

    def _days(self, start: datetime, end: datetime) -> Iterator[date]:
        """Yield the days of which something may fall between `start` and `end`."""
        day, last = day_of(start, self.zone) - ONE_DAY, day_of(end, self.zone)
        while day <= last:
            yield day
            day += ONE_DAY

    def _noticed(self, start: datetime, end: datetime) -> Iterator[RawMessage]:
        """Yield what all sensors would say by Zigbee."""
        for day in self._days(start, end):
            for message in self._day(day):
                if start <= message.at < end and not (self._silences and self.is_silent(message.at)):
                    passed = _passed(message, self._passages)
                    if passed is not None:
                        yield passed

    def registry_entry(self) -> dict[str, Any]:
        """Return the home as an entry of the registry file."""
        street, municipality = people.address(self.seed, self.key)
        person = people.person(self.seed, self.index, self.key)
        return {
            "key": self.key,
            "name": f"Casa {person['name'].split()[-1]}",
            "organisation": self.organisation,
            "timezone": self.zone.key,
            "municipality": municipality,
            "address": street,
            "rooms": [
                {"key": room.key, "kind": room.kind, "name": room.name}
                for room in self.plan.rooms
                if room.key != OUTSIDE
            ],
            "persons": [person],
            "gateway": self.gateway,
            "devices": [
                {
                    "key": sensor.key,
                    "name": sensor.name,
                    "model": sensor.model.model,
                    "room": sensor.room,
                    "place": sensor.place,
                    "quantities": [*sensor.model.quantities, "reachable"],
                }
                for sensor in self.zigbee_sensors
            ]
            + (chirpstack.registry_devices(self.sensors) if self.plan.lorawan else [])
            + ble.registry_devices(self.ble_devices),
        }

    def _lived(self, intentions: Intentions) -> LivedDay:
        lived = live(self.person, self.plan, self._routes, intentions)
        if self.household and self.household.visits:
            lived = lived._replace(company=company.expected(self._setting, self.household, lived))
        for event in self.events:
            lived = scenario.accompanied(event, self._setting, lived)
        for event in self.events:
            lived = scenario.lived(event, lived)
        return lived

    def _day(self, day: date) -> Iterator[RawMessage]:
        intentions = self.intentions(day)
        lived = self._lived(intentions)
        signals = sensors.signals_of(self.person, self.sensors, lived, intentions)
        for event in self.events:
            signals = scenario.noticed(event, self.sensors, lived, signals)
        midnight = milliseconds(local_instant(day, time.min, self.zone))
        warmer = scenario.warmer(self.events)
        context = DayContext(self.seed, day.toordinal(), midnight, habits.summer(day), self._climate, warmer)
        messages = zigbee2mqtt.payloads(self.base, self.sensors, signals, context)
        returns = [end for _, end in self._silences if lived.start <= milliseconds(end) < lived.end]
        if not returns:
            return messages
        announced = [message for at in returns for message in self.announcement(at)]
        return iter(sorted([*announced, *messages], key=lambda message: message.at))


def _passed(message: RawMessage, passages: Sequence[Passage]) -> RawMessage | None:
    passed: RawMessage | None = message
    for passage in passages:
        if passed is None:
            return None
        passed = passage(passed)
    return passed


def _within(at: datetime, intervals: Sequence[Interval]) -> bool:
    return any(start <= at < end for start, end in intervals)

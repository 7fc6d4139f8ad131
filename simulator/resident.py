"""A lived day: where the person is from getting up until getting up again, how still, and what is used when."""

from datetime import date
from enum import IntEnum, StrEnum, auto
from random import Random
from typing import NamedTuple

from simulator import chance
from simulator.habits import MINUTE_MS, Intentions, Person
from simulator.plan import OUTSIDE, FloorPlan, Routes


class Posture(IntEnum):
    """How somebody is in a room, which decides how often a motion sensor sees it."""

    WALKING = auto()  # crosses the room
    ACTIVE = auto()
    SITTING = auto()
    DOZING = auto()
    ASLEEP = auto()
    AWAY = auto()
    FALLEN = auto()


class Thing(StrEnum):
    """What can be used."""

    DOOR = auto()
    FRIDGE = auto()
    KETTLE = auto()


class Stay(NamedTuple):
    """The time `[start, end)` in a room, in milliseconds since 1970."""

    start: int
    end: int
    room: str
    posture: Posture
    in_bed: bool = False


class Use(NamedTuple):
    """A thing used at an instant, in milliseconds since 1970."""

    at: int
    thing: Thing


class LivedDay(NamedTuple):
    """What really happened, from getting up on `day` until getting up on the next.

    The stays follow each other without gap. `bed_at` is when the person lay down for the night.
    """

    day: date
    start: int
    bed_at: int
    end: int
    stays: tuple[Stay, ...]
    uses: tuple[Use, ...]


def night_bathroom_visits(lived: LivedDay) -> int:
    """Return how often the person went to the bathroom between lying down and getting up."""
    return sum(stay.room == "bathroom" and stay.start >= lived.bed_at for stay in lived.stays)


def live(person: Person, plan: FloorPlan, routes: Routes, intentions: Intentions) -> LivedDay:
    """Return the day on which the person did what was intended."""
    walk = _Walk(
        chance.stream(person.seed, person.home, intentions.day, "live"),
        {room.key: room.length_m for room in plan.rooms},
        routes,
        intentions,
    )
    walk.morning()
    outings = [start for start, _ in intentions.outings]
    durations = dict(intentions.outings)
    anchors = sorted(
        [(start, walk.go_out) for start in outings]
        + [(intentions.lunch, walk.eat), (intentions.dinner, walk.eat)]
        + ([(intentions.lunch + 75 * MINUTE_MS, walk.nap)] if intentions.nap else []),
        key=lambda anchor: anchor[0],
    )
    for at, activity in anchors:
        walk.pass_time(at)
        activity(durations.get(at, intentions.nap))
    walk.pass_time(intentions.bed)
    bed_at = walk.night()
    return LivedDay(
        intentions.day, intentions.wake, bed_at, intentions.next_wake, tuple(walk.stays), tuple(sorted(walk.uses))
    )


class _Walk:
    """The person on the way through the day: where, when, and what has been done so far."""

    def __init__(self, rng: Random, lengths: dict[str, float], routes: Routes, intentions: Intentions) -> None:
        self.stays: list[Stay] = []
        self.uses: list[Use] = []
        self._rng = rng
        self._lengths = lengths
        self._routes = routes
        self._intentions = intentions
        self._now = intentions.wake
        self._room = "bedroom"
        self._bathroom_due = 0
        self._rooms = [room for room in lengths if room not in ("entrance", "hall", "bathroom", OUTSIDE)]

    def morning(self) -> None:
        """Get up, wash, have breakfast."""
        self._stay_minutes(2, 6, Posture.ACTIVE)
        self._bathroom(8, 20)
        self._go("kitchen")
        self._use(Thing.KETTLE)
        self._stay_minutes(8, 15, Posture.ACTIVE)
        self._use(Thing.FRIDGE)
        self._stay_minutes(8, 20, Posture.SITTING)
        self._stay_minutes(2, 6, Posture.ACTIVE)

    def eat(self, _: int) -> None:
        """Cook, eat and tidy up."""
        self._go("kitchen")
        for _ in range(self._rng.randint(1, 3)):
            self._use(Thing.FRIDGE)
            self._stay_minutes(4, 10, Posture.ACTIVE)
        self._stay_minutes(15, 28, Posture.SITTING)
        self._use(Thing.FRIDGE)
        self._stay_minutes(4, 10, Posture.ACTIVE)

    def nap(self, duration: int) -> None:
        """Sleep after lunch, in the armchair."""
        self._go("living")
        self._stay(duration, Posture.DOZING)

    def go_out(self, duration: int) -> None:
        """Leave the home, and come back, perhaps with shopping."""
        self._go("bedroom")
        self._stay_minutes(2, 6, Posture.ACTIVE)
        self._go("entrance")
        self._stay_minutes(0.5, 2, Posture.ACTIVE)
        self._leave(duration)
        if self._rng.random() < 0.5:  # noqa: PLR2004 - every second outing is for shopping
            self._go("kitchen")
            self._use(Thing.FRIDGE)
            self._stay_minutes(3, 8, Posture.ACTIVE)

    def pass_time(self, until: int) -> None:
        """Do what one does at home until the next thing is due."""
        while self._now < until - 4 * MINUTE_MS:
            if self._now >= self._bathroom_due:
                self._bathroom(3, 8)
                continue
            choice = self._rng.random()
            left = until - self._now
            if choice < 0.62:  # noqa: PLR2004 - shares of an ordinary day at home
                self._go("living")
                self._stay(min(left, self._minutes(25, 70)), Posture.SITTING)
            elif choice < 0.62 + 0.2:
                self._go("kitchen")
                if self._rng.random() < self._intentions.hot_drink_probability:
                    self._use(Thing.KETTLE)
                if self._rng.random() < 0.4:  # noqa: PLR2004
                    self._use(Thing.FRIDGE)
                self._stay(min(left, self._minutes(4, 15)), Posture.ACTIVE)
            else:
                self._go(self._rng.choice(self._rooms))
                self._stay(min(left, self._minutes(3, 12)), Posture.ACTIVE)

    def night(self) -> int:
        """Go to bed and sleep until the next day's getting up; return when the person lay down."""
        self._bathroom(5, 12)
        self._go("bedroom")
        self._stay_minutes(2, 6, Posture.ACTIVE)
        bed_at = self._now
        for visit in self._intentions.night_visits:
            self._sleep(visit)
            self._bathroom(2, 6)
            self._go("bedroom")
        self._sleep(self._intentions.next_wake)
        return bed_at

    def _sleep(self, until: int) -> None:
        if until > self._now:
            self._stay(until - self._now, Posture.ASLEEP, in_bed=True)

    def _bathroom(self, shortest: float, longest: float) -> None:
        self._go("bathroom")
        self._stay_minutes(shortest, longest, Posture.ACTIVE)
        interval = self._intentions.bathroom_interval
        self._bathroom_due = self._now + int(chance.around(self._rng, interval, interval / 4, 40, 400) * MINUTE_MS)

    def _leave(self, duration: int) -> None:
        self._use(Thing.DOOR)
        self._room = OUTSIDE
        self._stay(duration, Posture.AWAY)
        self._use(Thing.DOOR)
        self._room = "entrance"
        self._stay_minutes(0.5, 2, Posture.ACTIVE)

    def _go(self, room: str) -> None:
        if room == self._room:
            return
        for crossed in self._routes[self._room, room]:
            seconds = self._lengths[crossed] / self._intentions.walking_speed * self._rng.uniform(0.9, 1.4)
            self._room = crossed
            self._stay(int(seconds * 1000), Posture.WALKING)
        self._room = room

    def _stay_minutes(self, shortest: float, longest: float, posture: Posture) -> None:
        self._stay(self._minutes(shortest, longest), posture)

    def _stay(self, duration: int, posture: Posture, *, in_bed: bool = False) -> None:
        end = min(self._now + duration, self._intentions.next_wake)
        if end > self._now:
            self.stays.append(Stay(self._now, end, self._room, posture, in_bed))
            self._now = end

    def _use(self, thing: Thing) -> None:
        self.uses.append(Use(self._now + self._rng.randrange(500, 4000), thing))

    def _minutes(self, shortest: float, longest: float) -> int:
        return int(self._rng.uniform(shortest, longest) * MINUTE_MS)

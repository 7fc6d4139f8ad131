"""A lived day: where the person is from getting up until getting up again, how still, and what is used when."""

from datetime import date
from enum import IntEnum, StrEnum, auto
from functools import partial
from typing import NamedTuple

from simulator import chance
from simulator.habits import KITCHEN_SHARE, MINUTE_MS, Intentions, Person, Rising
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
    RESTLESS = auto()  # lies awake
    ANIMAL = auto()  # a pet, of which a sensor notices what is high or near enough


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


class Company(NamedTuple):
    """Somebody else in the home on a day: who, where, and what they used. `liveliness` is 1 for people.

    The stays need not fill the day. Each of the company has its own `key`, by which its chance is drawn.
    """

    who: str
    key: str
    stays: tuple[Stay, ...]
    uses: tuple[Use, ...]
    liveliness: float = 1.0


class LivedDay(NamedTuple):
    """What really happened, from getting up on `day` until getting up on the next.

    The stays follow each other without gap. `bed_at` is when the person lay down for the night. `company` is who else
    was in the home.
    """

    day: date
    start: int
    bed_at: int
    end: int
    stays: tuple[Stay, ...]
    uses: tuple[Use, ...]
    company: tuple[Company, ...] = ()


def night_bathroom_visits(lived: LivedDay) -> int:
    """Return how often the person went to the bathroom between lying down and getting up."""
    return sum(stay.room == "bathroom" and stay.start >= lived.bed_at for stay in lived.stays)


def live(person: Person, plan: FloorPlan, routes: Routes, intentions: Intentions) -> LivedDay:
    """Return the day on which the person did what was intended."""
    walk = _Walk(person, {room.key: room.length_m for room in plan.rooms}, routes, intentions)
    walk.morning()
    nap_at = intentions.lunch + 75 * MINUTE_MS
    anchors = [
        *((start, partial(walk.go_out, duration)) for start, duration in intentions.outings),
        *((at, walk.eat) for meal, at in _main_meals(intentions) if meal not in intentions.skipped),
        *([(nap_at, partial(walk.nap, intentions.nap))] if intentions.nap else ()),
        *((start, partial(walk.sleep_by_day, duration)) for start, duration in intentions.day_sleeps),
    ]
    for at, activity in sorted(anchors, key=lambda anchor: anchor[0]):
        walk.pass_time(at)
        activity()
    walk.pass_time(intentions.bed)
    bed_at = walk.night()
    return LivedDay(
        intentions.day, intentions.wake, bed_at, intentions.next_wake, tuple(walk.stays), tuple(sorted(walk.uses))
    )


def _main_meals(intentions: Intentions) -> tuple[tuple[str, int], ...]:
    return ("lunch", intentions.lunch), ("dinner", intentions.dinner)


class _Walk:
    """The person on the way through the day: where, when, and what has been done so far."""

    def __init__(self, person: Person, lengths: dict[str, float], routes: Routes, intentions: Intentions) -> None:
        self.stays: list[Stay] = []
        self.uses: list[Use] = []
        self._names = person.seed, person.home, intentions.day
        self._rng = chance.stream(*self._names, "live")
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
        if "breakfast" in self._intentions.skipped:
            return
        self._go("kitchen")
        self._use(Thing.KETTLE)
        self._stay_minutes(8, 15, Posture.ACTIVE)
        self._use(Thing.FRIDGE)
        self._stay_minutes(8, 20, Posture.SITTING)
        self._stay_minutes(2, 6, Posture.ACTIVE)

    def eat(self) -> None:
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

    def sleep_by_day(self, duration: int) -> None:
        """Lie down in bed by day."""
        self._go("bedroom")
        self._stay(duration, Posture.ASLEEP, in_bed=True)

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
        kitchen = self._intentions.kitchen_share
        sitting = 0.62 + (KITCHEN_SHARE - kitchen)  # shares of an ordinary day at home
        while self._now < until - 4 * MINUTE_MS:
            if self._now >= self._bathroom_due:
                self._bathroom(3, 8)
                continue
            choice = self._rng.random()
            left = until - self._now
            if choice < sitting:
                self._go("living")
                self._stay(min(left, self._minutes(25, 70)), Posture.SITTING)
            elif choice < sitting + kitchen:
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
        if self._intentions.lies_awake:
            self._stay(self._intentions.lies_awake, Posture.RESTLESS, in_bed=True)
        visits = [(at, partial(self._bathroom, 2, 6)) for at in self._intentions.night_visits]
        risings = [(rising.at, partial(self._rise, rising)) for rising in self._intentions.risings]
        for at, rise in sorted([*visits, *risings], key=lambda waking: waking[0]):
            self._sleep(at)
            rise()
            self._go("bedroom")
        self._sleep(self._intentions.next_wake)
        return bed_at

    def _rise(self, rising: Rising) -> None:
        """Be up at night; by a chance of its own, so that the rest of the night stays as it would have been."""
        usual, self._rng = self._rng, chance.stream(*self._names, "rising", rising.at)
        until = self._now + rising.duration
        match rising.manner:
            case "sits":
                self._go(self._rng.choice(("kitchen", "living", "living")))
                if self._room == "kitchen" and self._rng.random() < 0.7:  # noqa: PLR2004 - mostly for a drink
                    self._use(self._rng.choice((Thing.KETTLE, Thing.FRIDGE)))
                self._stay(max(0, until - self._now), Posture.SITTING)
            case "wanders":
                self._wander(until, rising.doors)
            case "leaves":
                self._stay_minutes(1, 4, Posture.ACTIVE)
                self._go("entrance")
                self._leave(rising.duration)
        self._rng = usual

    def _wander(self, until: int, doors: int) -> None:
        rooms = [room for room in self._lengths if room != OUTSIDE]
        while self._now < until or doors:
            if doors and (self._now >= until or self._rng.random() < 0.3):  # noqa: PLR2004
                self._go("entrance")
                self._use(Thing.DOOR)
                doors -= 1
                self._stay_minutes(0.5, 2, Posture.ACTIVE)
                continue
            self._go(self._rng.choice(rooms))
            self._stay_minutes(0.5, 5, Posture.ACTIVE)
            if self._now >= self._intentions.next_wake:
                return

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

"""The life of an evaluated home: who lives there, and everything that happens in it, drawn by seed.

Homes are dealt like cards, so that a few dozen of them have every scenario about equally often, in all seasons.
Nothing happens while habits are learned. What concerns the person never overlaps; technical faults come in between,
and also while somebody declines, stays at home, or is not alone. Homes lose packets, some sensors are out of reach for
a while, some clocks are wrong.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.localtime import day_of, local_instant
from simulator import chance, faults
from simulator.events.event import Event
from simulator.faults import Ground
from simulator.gateway import SimulatedGateway
from simulator.home import ONE_DAY, SimulatedHome
from simulator.household import draw_household
from simulator.library import SCENARIOS, Scenario, Sort, goes_out_often

LEARNING = 24  # days on which nothing happens
REST = 4  # days between what happens to a person
BUSY_AT_MOST = 0.8  # share of the days after learning
FAULTS_OF_A_HOME = 3
FAULTS = ("sensor_dead", "sensor_stuck", "battery_low", "gateway_offline", "power_cut", "line_cut")
# What is long finds no room any more when what is short has been placed.
LONG_IN_TURN = ("insomnia", "hospital_stay", "day_night_reversal")
MIDDLING_IN_TURN = ("night_bathroom", "missed_meals", "night_wandering")
SHORT_IN_TURN = ("fall", "leaving_at_night", "visitors")
SEASONAL = ("heat_wave", "heating_failure")
# What else may happen meanwhile.
LETS_FAULTS = frozenset({"slow_decline", "not_going_out", "second_resident", "pet"})
FOR_GOOD = 0.1  # share of the second residents and animals that have always been there
_TWELVE = tuple(range(12))
_FIRST = datetime(2025, 1, 1, tzinfo=UTC)


class Scripted(NamedTuple):
    """One thing that happens: by which scenario, and the device it is about ("" for none)."""

    name: str
    sort: Sort
    event: Event
    device: str = ""


class Life(NamedTuple):
    """A home from `start` to `end` with all that happens in it, in order of time, and the nuisances of its radio.

    `bare` is the same home if nothing happened. `battery` says whether its gateway has one.
    """

    bare: SimulatedHome
    start: datetime
    end: datetime
    battery: bool
    scripted: tuple[Scripted, ...]
    nuisances: tuple[Event, ...]

    @property
    def home(self) -> SimulatedHome:
        """The home with everything that happens to it."""
        return self.bare.with_events(self._events)

    @property
    def gateway(self) -> SimulatedGateway:
        """The home's gateway with everything that happens to it."""
        return SimulatedGateway(self.bare.key, self.start, battery=self.battery, events=self._events)

    def without(self, left_out: Collection[Scripted]) -> "Life":
        """Return the same life in which some of what happens does not."""
        return self._replace(scripted=tuple(one for one in self.scripted if one not in left_out))

    @property
    def _events(self) -> tuple[Event, ...]:
        return (*(one.event for one in self.scripted), *self.nuisances)


def draw_life(seed: int, index: int, days: int, zone: ZoneInfo, *, calm: bool = False) -> Life:
    """Return the life of home number `index` of a seed over so many days.

    In a `calm` one nothing concerns the person.
    """
    key = f"sim-{index + 1:02d}"
    rng = chance.stream(seed, key, "timeline")
    carer, often_out = _dealt(seed, index, "carer") % 2 == 0, _dealt(seed, index, "out") < 5  # noqa: PLR2004
    household = draw_household(seed, index, key, carer=carer, often_out=often_out)
    bare = SimulatedHome(seed, index, zone, household=household)
    first = (_FIRST + (_dealt(seed, index, "season") + rng.random()) / 12 * timedelta(days=365)).date()
    start, end = (local_instant(day, time.min, zone) for day in (first, first + days * ONE_DAY))
    script = _Script(bare, rng, first, days)
    if not calm:
        _place_all(script, _dealt(seed, index, "others"), index)
    ground = Ground(bare, start, start, index % 2 == 1)
    _place_faults(script, ground, index)
    nuisances = faults.draw_nuisances(chance.stream(seed, key, "nuisances"), bare, start, end)
    scripted = sorted(script.scripted, key=lambda one: one.event.start)
    return Life(bare, start, end, ground.battery, tuple(scripted), tuple(nuisances))


def _dealt(seed: int, index: int, what: str) -> int:
    """Return the card, 0 to 11, that a home is dealt: of each twelve homes every one gets another."""
    cards = list(_TWELVE)
    chance.stream(seed, "cards", what, index // len(cards)).shuffle(cards)
    return cards[index % len(cards)]


class _Script:
    """What has been placed so far, by days counted from the first."""

    def __init__(self, home: SimulatedHome, rng: Random, first: date, days: int) -> None:
        self.home = home
        self.rng = rng
        self.days = days
        self.scripted: list[Scripted] = []
        self._first = first
        self._taken: list[tuple[int, int, str]] = []

    @property
    def share(self) -> float:
        """Which share of the days after learning is taken."""
        return sum(last - first for first, last, _ in self._taken) / max(1, self.days - LEARNING)

    def day(self, number: int) -> date:
        """Return a day by its number."""
        return self._first + number * ONE_DAY

    def number(self, at: datetime) -> int:
        """Return the number of the day of an instant."""
        return (day_of(at, self.home.zone) - self._first).days

    def free(self, lasts: int, rest: int, lets: frozenset[str] = frozenset()) -> list[int]:
        """Return the days on which something of that length can begin, at a distance from all but what `lets` it."""
        taken = [(first - rest, last + rest) for first, last, name in self._taken if name not in lets]
        return [
            start
            for start in range(LEARNING, self.days - lasts)
            if all(start + lasts <= first or last <= start for first, last in taken)
        ]

    def _beside(self, start: int, lasts: int) -> bool:
        """Tell whether something would lie as close to what is taken as it may: so that room is left for more."""
        return any(start == last + REST or start + lasts == first - REST for first, last, _ in self._taken)

    def take(self, start: int, lasts: int, name: str) -> None:
        """Note that days are taken."""
        self._taken.append((start, start + lasts, name))

    def place(self, scenario: Scenario, *, start: int | None = None, lasts: int | None = None) -> None:
        """Place a scenario once, somewhere or at a day, if there is room for it."""
        lasts = self.rng.randint(*scenario.days) if lasts is None else lasts
        # Nights end on the day after their last.
        starts = self.free(lasts + 1, REST) if start is None else [start]
        self.rng.shuffle(starts)
        starts.sort(key=lambda one: not self._beside(one, lasts + 1))
        for one in starts:
            event = scenario.draw(self.home, self.rng, self.day(one), lasts)
            if event is not None:
                self.scripted.append(Scripted(scenario.name, scenario.sort, event))
                self.take(one, lasts + 1, scenario.name)
                return


def _place_all(script: _Script, card: int, index: int) -> None:
    """Place what concerns the person: first what is long or bound to a season, then the others in turn."""
    lasts = script.rng.randint(*SCENARIOS["slow_decline"].days)
    company = ("", "pet", "second_resident")[card % 3]
    if company and script.rng.random() < FOR_GOOD:
        script.place(SCENARIOS[company], start=0, lasts=script.days)
        return
    if not company and script.days - LEARNING > lasts + 2 * REST:
        script.place(SCENARIOS["slow_decline"], start=script.days - lasts, lasts=lasts)
    for name in SEASONAL:
        script.place(SCENARIOS[name])
    if goes_out_often(script.home):
        script.place(SCENARIOS["not_going_out"])
    if company:
        script.place(SCENARIOS[company])
    if script.home.household is not None and script.home.household.has_carer:
        script.place(SCENARIOS["carer_absent"])
    first, *later = _in_turn(LONG_IN_TURN, index)
    one, other, third = _in_turn(MIDDLING_IN_TURN, index)
    for name in (first, one, other, *_in_turn(SHORT_IN_TURN, index), *later, third):
        if script.share <= BUSY_AT_MOST:
            script.place(SCENARIOS[name])


def _in_turn(names: tuple[str, ...], index: int) -> tuple[str, ...]:
    first = index % len(names)
    return (*names[first:], *names[:first])


def _place_faults(script: _Script, ground: Ground, index: int) -> None:
    for number in range(FAULTS_OF_A_HOME):
        truth = FAULTS[(FAULTS_OF_A_HOME * index + number) % len(FAULTS)]
        starts = script.free(2, 1, LETS_FAULTS)
        script.rng.shuffle(starts)
        for start in starts:
            begin = local_instant(script.day(start), time.min, script.home.zone)
            case = faults.draw_case(script.home.seed, ground._replace(begin=begin), truth, number)
            last = script.number(case.until) + 1
            if case.event is not None and start in script.free(last - start, 1, LETS_FAULTS):
                script.scripted.append(Scripted(truth, Sort.TECHNICAL, case.event, case.device))
                script.take(start, last - start, truth)
                break


def counts(lives: Sequence[Life]) -> dict[str, int]:
    """Return how often each scenario happens in some lives."""
    return {name: sum(one.name == name for life in lives for one in life.scripted) for name in (*SCENARIOS, *FAULTS)}

"""Households more varied than the default mix: other habits, another dwelling, carers and guests who come regularly.

A `SimulatedHome` without a household lives by `habits.draw_habits` and has no company.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from simulator import chance
from simulator.dwellings import DWELLINGS
from simulator.habits import SUNDAY, Habits, Intentions, Person, draw_habits, local_ms
from simulator.plan import FloorPlan

WEEKDAYS = frozenset(range(7))
WORKING_DAYS = frozenset(range(5))
CARER, GUEST = "carer", "guest"
ONE_DAY = timedelta(days=1)


class Visit(NamedTuple):
    """Somebody who comes on some weekdays at about a time (minutes after midnight) for some minutes."""

    who: str
    weekdays: frozenset[int]
    at: float
    deviation: float
    minutes: float


class Household(NamedTuple):
    """Who lives in a home, in which dwelling, and who comes regularly."""

    habits: Habits
    plan: FloorPlan
    visits: tuple[Visit, ...] = ()

    @property
    def has_carer(self) -> bool:
        """Whether a carer comes."""
        return any(visit.who == CARER for visit in self.visits)


class Expected(NamedTuple):
    """A visit on a day: the number of the `Visit`, and from when to when it would last (ms since 1970)."""

    number: int
    visit: Visit
    start: int
    end: int


def draw_household(seed: int, index: int, home: str, *, carer: bool, often_out: bool) -> Household:
    """Return a household: any dwelling, any habits; a carer comes or not, and the person is often out or may not be."""
    rng = chance.stream(seed, home, "household")
    visits = [*_carers(rng)] if carer else []
    if rng.random() < 0.35:  # noqa: PLR2004 - about a third is visited every week
        weekday = SUNDAY if rng.random() < 0.6 else rng.randrange(SUNDAY)  # noqa: PLR2004
        visits.append(Visit(GUEST, frozenset({weekday}), rng.uniform(690, 1000), 25, rng.uniform(70, 200)))
    plan = DWELLINGS[(index + chance.number(seed, "dwellings")) % len(DWELLINGS)]
    return Household(_varied(draw_habits(seed, home), rng, often_out=often_out), plan, tuple(visits))


def _carers(rng: Random) -> Iterator[Visit]:
    """Yield the visits of home care: on working days or all days, in the morning, of some people also towards night."""
    weekdays = WEEKDAYS if rng.random() < 0.5 else WORKING_DAYS  # noqa: PLR2004
    yield Visit(CARER, weekdays, rng.uniform(470, 570), rng.uniform(5, 14), rng.uniform(30, 60))
    if rng.random() < 0.4:  # noqa: PLR2004
        yield Visit(CARER, weekdays, rng.uniform(1080, 1170), rng.uniform(5, 14), rng.uniform(20, 45))


def _varied(habits: Habits, rng: Random, *, often_out: bool) -> Habits:
    """Return other habits: early birds and night owls, people who nap or never do, who go out daily or never.

    Usual walking speeds of the old are spread about 0.71 m/s in women and 0.85 m/s in men (Jung et al. 2018).
    """
    sort = rng.random()
    if sort < 0.2:  # noqa: PLR2004 - early to bed and early to rise
        habits = habits._replace(wake=rng.uniform(325, 375), bed=rng.uniform(1245, 1300))
    elif sort < 0.4:  # noqa: PLR2004 - night owls
        habits = habits._replace(wake=rng.uniform(480, 545), bed=rng.uniform(1400, 1455), weekend_lie_in=0.0)
    likes = rng.uniform(0.6, 0.95) if often_out else rng.choice((-0.3, rng.uniform(0.1, 0.4), rng.uniform(0.3, 0.7)))
    return habits._replace(
        wake_deviation=rng.uniform(8, 28),
        bed_deviation=rng.uniform(10, 32),
        outing_probability=tuple(likes + rng.uniform(-0.15, 0.15) for _ in WEEKDAYS),
        nap_probability=rng.choice((0.0, rng.uniform(0.2, 0.9), 1.0)),
        night_visits=chance.around(rng, 1.0, 0.55, 0.1, 2.4),
        restlessness=rng.uniform(0.65, 1.4),
        walking_speed=chance.around(rng, 0.74, 0.17, 0.35, 1.15),
    )


def expected_on(household: Household, person: Person, day: date) -> list[Expected]:
    """Return who is expected on a day, and when exactly."""
    found = []
    for number, visit in enumerate(household.visits):
        if day.weekday() not in visit.weekdays:
            continue
        rng = chance.stream(person.seed, person.home, day, "visit", number)
        start = local_ms(person, day, chance.around(rng, visit.at, visit.deviation, 300, 1350))
        found.append(Expected(number, visit, start, start + round(visit.minutes * rng.uniform(0.7, 1.3) * 60_000)))
    return found


def at_home_for_visits(household: Household, person: Person, intentions: Intentions) -> Intentions:
    """Return the intentions without the outings during which somebody is expected."""
    expected = expected_on(household, person, intentions.day)
    return intentions._replace(
        outings=tuple(
            (start, lasts)
            for start, lasts in intentions.outings
            if not any(start < one.end and one.start < start + lasts for one in expected)
        )
    )

"""A person's habits, drawn once per person, and what the person means to do on one day, drawn once per day.

Both depend on (seed, home) and (seed, home, day) alone: whichever day a simulation starts on, a day is the same.
"""

import math
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from core.localtime import local_instant
from simulator import chance

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE_MS = 60_000
DAY_MINUTES = 1440
SUNDAY = 6
SATURDAY = 5
# Nobody is woken before the first or is out of bed after the second: neighbouring days never overlap.
EARLIEST_WAKE, LATEST_WAKE = 5 * 60, 9 * 60 + 30
EARLIEST_BED, LATEST_BED = 20 * 60 + 30, 24 * 60 + 30
KITCHEN_SHARE = 0.2


class Habits(NamedTuple):
    """How a person lives. Times of day are minutes after local midnight; deviations are minutes."""

    wake: float
    wake_deviation: float
    weekend_lie_in: float
    bed: float
    bed_deviation: float
    lunch: float
    dinner: float
    outing_probability: tuple[float, ...]  # by weekday, Monday first
    nap_probability: float
    night_visits: float  # to the bathroom, mean of a night
    bathroom_interval: float  # minutes, by day
    hot_drink_probability: float  # at a break
    restlessness: float  # 1 is usual; how often a seated person moves
    walking_speed: float  # m/s
    slow_phase: float  # radians; where in a slow up and down of months the person is


class Rising(NamedTuple):
    """Getting up in the night at `at` (ms since 1970), for `duration` ms, and what for.

    `manner` is "sits" (in another room, perhaps with a drink), "wanders" (from room to room, opening the front door
    `doors` times) or "leaves" (goes out by the door).
    """

    at: int
    duration: int
    manner: Literal["sits", "wanders", "leaves"]
    doors: int = 0


class Intentions(NamedTuple):
    """What a person means to do from getting up on `day` until getting up on the next; instants in ms since 1970.

    `skipped` are the meals of the day that fall out, `kitchen_share` the share of an ordinary hour's activities that
    lead to the kitchen. `day_sleeps` are times in bed by day (start and duration), `lies_awake` the time in bed before
    falling asleep, `risings` what interrupts the night beside visits to the bathroom.
    """

    day: date
    wake: int
    bed: int
    next_wake: int
    lunch: int
    dinner: int
    outings: tuple[tuple[int, int], ...]  # start and duration
    nap: int  # duration, 0 for none
    night_visits: tuple[int, ...]
    bathroom_interval: float
    hot_drink_probability: float
    restlessness: float
    walking_speed: float
    skipped: frozenset[str] = frozenset()
    kitchen_share: float = KITCHEN_SHARE
    day_sleeps: tuple[tuple[int, int], ...] = ()
    lies_awake: int = 0
    risings: tuple[Rising, ...] = ()


class Person(NamedTuple):
    """Who is simulated: the names of the random streams, the habits and the zone of the home."""

    seed: int
    home: str
    habits: Habits
    zone: ZoneInfo


def milliseconds(instant: datetime) -> int:
    """Return `instant` in milliseconds since 1970."""
    return (instant - EPOCH) // timedelta(milliseconds=1)


def instant_of(at_ms: int) -> datetime:
    """Return the instant (UTC) of milliseconds since 1970."""
    return EPOCH + timedelta(milliseconds=at_ms)


def draw_habits(seed: int, home: str) -> Habits:
    """Return the habits of the person who lives in `home`."""
    rng = chance.stream(seed, home, "habits")
    likes_going_out = rng.uniform(0.25, 0.85)
    return Habits(
        wake=chance.around(rng, 420, 30, 345, 490),
        wake_deviation=rng.uniform(8, 22),
        weekend_lie_in=rng.uniform(0, 25),
        bed=chance.around(rng, 1355, 35, 1270, 1420),
        bed_deviation=rng.uniform(10, 25),
        lunch=chance.around(rng, 750, 12, 715, 785),
        dinner=chance.around(rng, 1165, 20, 1110, 1215),
        outing_probability=tuple(
            min(0.95, max(0.05, likes_going_out + rng.uniform(-0.2, 0.2))) for _ in range(SUNDAY + 1)
        ),
        nap_probability=rng.uniform(0.2, 0.9),
        night_visits=chance.around(rng, 0.9, 0.4, 0.3, 1.7),
        bathroom_interval=chance.around(rng, 165, 25, 110, 220),
        hot_drink_probability=rng.uniform(0.15, 0.6),
        restlessness=rng.uniform(0.75, 1.3),
        walking_speed=chance.around(rng, 0.7, 0.13, 0.4, 1.0),
        slow_phase=rng.uniform(0, 2 * math.pi),
    )


def summer(day: date) -> float:
    """Return the season, from -1 in mid-January to 1 in mid-July."""
    return -math.cos(2 * math.pi * (day.timetuple().tm_yday - 15) / 365.25)


def slow(person: Person, day: date) -> float:
    """Return a person's slow ups and downs, from -1 to 1, over about five and about two months."""
    phase, number = person.habits.slow_phase, day.toordinal()
    return 0.6 * math.sin(2 * math.pi * number / 151 + phase) + 0.4 * math.sin(2 * math.pi * number / 59 + 2 * phase)


def wake_at(person: Person, day: date) -> int:
    """Return when the person gets up on `day`, in milliseconds since 1970."""
    habits = person.habits
    rng = chance.stream(person.seed, person.home, day, "wake")
    usual = habits.wake + (habits.weekend_lie_in if day.weekday() >= SATURDAY else 0.0) - 8 * summer(day)
    minutes = chance.around(rng, usual, habits.wake_deviation, EARLIEST_WAKE, LATEST_WAKE)
    return local_ms(person, day, minutes)


def intend(person: Person, day: date) -> Intentions:
    """Return what the person means to do on `day`."""
    habits = person.habits
    rng = chance.stream(person.seed, person.home, day, "intentions")
    wake, next_wake = wake_at(person, day), wake_at(person, day + timedelta(days=1))
    bed = local_ms(
        person, day, chance.around(rng, habits.bed + 8 * summer(day), habits.bed_deviation, EARLIEST_BED, LATEST_BED)
    )
    visits = chance.poisson(rng, habits.night_visits * (1 + 0.15 * slow(person, day)))
    return Intentions(
        day=day,
        wake=wake,
        bed=bed,
        next_wake=next_wake,
        lunch=local_ms(person, day, chance.around(rng, habits.lunch, 10, 690, 810)),
        dinner=local_ms(person, day, chance.around(rng, habits.dinner, 12, 1080, 1230)),
        outings=_outings(person, day),
        nap=round(rng.uniform(35, 90) * MINUTE_MS) if rng.random() < habits.nap_probability else 0,
        night_visits=spread_visits(person, day, bed, next_wake, visits),
        bathroom_interval=habits.bathroom_interval,
        hot_drink_probability=habits.hot_drink_probability,
        restlessness=habits.restlessness * (1 - 0.1 * slow(person, day)),
        walking_speed=habits.walking_speed * (1 + 0.03 * slow(person, day)),
    )


def spread_visits(person: Person, day: date, bed: int, wake: int, count: int) -> tuple[int, ...]:
    """Return `count` instants between going to bed and getting up, at least half an hour apart where they fit."""
    rng = chance.stream(person.seed, person.home, day, "night", count)
    earliest, latest = bed + 45 * MINUTE_MS, wake - 40 * MINUTE_MS
    slot = (latest - earliest) / max(count, 1)
    free = max(0.0, slot - 30 * MINUTE_MS) if count > 1 else slot
    return tuple(round(earliest + index * slot + rng.random() * free) for index in range(count))


def _outings(person: Person, day: date) -> tuple[tuple[int, int], ...]:
    rng = chance.stream(person.seed, person.home, day, "outings")
    fair = 0.08 * (1 - 2 * max(0.0, summer(day) - 0.7)) * summer(day) + 0.1 * slow(person, day)
    probability = person.habits.outing_probability[day.weekday()] + fair
    outings: list[tuple[int, int]] = []
    if rng.random() < probability:
        start = chance.around(rng, 630 if day.weekday() == SUNDAY else 585, 30, 540, 660)
        outings.append((local_ms(person, day, start), round(rng.uniform(30, 85) * MINUTE_MS)))
    if rng.random() < probability * 0.5:
        outings.append(
            (local_ms(person, day, chance.around(rng, 990, 25, 930, 1040)), round(rng.uniform(25, 75) * MINUTE_MS))
        )
    return tuple(outings)


def local_ms(person: Person, day: date, minutes: float) -> int:
    """Return the instant (ms since 1970) at which the clock of a person's home shows so many minutes on `day`."""
    days, rest = divmod(minutes, DAY_MINUTES)
    hour, minute = divmod(int(rest), 60)
    wall = local_instant(day + timedelta(days=int(days)), time(hour, minute), person.zone)
    return milliseconds(wall) + int(rest % 1 * MINUTE_MS)

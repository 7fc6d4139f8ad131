"""Who else is in a home: whoever visits, whoever lives there too, an animal. Each by a chance of its own."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import NamedTuple

from simulator import chance
from simulator.habits import MINUTE_MS, Person, draw_habits, intend
from simulator.household import CARER, Household, expected_on
from simulator.plan import OUTSIDE, FloorPlan, Routes
from simulator.resident import Company, LivedDay, Posture, Stay, Thing, Use, live

ONE_DAY = timedelta(days=1)
VISITORS_SPEED = 1.0  # m/s
# Where whoever visits spends the time: a carer with the person's washing and food, a guest at the table.
CARERS_ROOMS: Mapping[str, float] = {"bedroom": 0.25, "bathroom": 0.35, "kitchen": 0.3, "living": 0.1}
GUESTS_ROOMS: Mapping[str, float] = {"living": 0.7, "kitchen": 0.2, "bathroom": 0.1}


class Setting(NamedTuple):
    """The home in which company is: whose it is, its plan and the ways through it."""

    person: Person
    plan: FloorPlan
    routes: Routes


class _Cast(NamedTuple):
    """What somebody does who visits: where they are, how, and for how many minutes at a time."""

    rooms: Mapping[str, float]
    posture: Posture
    minutes: tuple[float, float]


_CARER = _Cast(CARERS_ROOMS, Posture.ACTIVE, (3, 14))
_GUEST = _Cast(GUESTS_ROOMS, Posture.SITTING, (10, 45))


def visit(setting: Setting, who: str, key: str, start: int, end: int, *, opens: bool = True) -> Company:
    """Return somebody who is there from `start` to `end` (ms since 1970) and `opens` the door, or comes with others."""
    cast = _CARER if who == CARER else _GUEST
    rng = chance.stream(setting.person.seed, setting.person.home, who, key, start)
    lengths = {room.key: room.length_m for room in setting.plan.rooms}
    room, now = "entrance", min(end, start + round(rng.uniform(0.5, 1.5) * MINUTE_MS))
    stays = [Stay(start, now, room, Posture.ACTIVE)]
    leaves = max(now, end - MINUTE_MS)
    while now < leaves:
        goal = rng.choices(list(cast.rooms), list(cast.rooms.values()))[0]
        for crossed in setting.routes.get((room, goal), ()):
            took = round(1000 * lengths[crossed] / VISITORS_SPEED)
            stays.append(Stay(now, now + took, crossed, Posture.WALKING))
            now += took
        room = goal
        until = min(leaves, now + round(rng.uniform(*cast.minutes) * MINUTE_MS))
        if until > now:
            stays.append(Stay(now, until, room, cast.posture))
            now = until
    stays.append(Stay(now, max(end, now), "entrance", Posture.ACTIVE))
    uses = (*_doors(start, end, opens=opens), *_kitchen(stays, rng))
    # Whoever comes is busier than somebody at home: talks, carries, tidies up.
    return Company(who, key, tuple(stay for stay in stays if stay.end > stay.start), tuple(sorted(uses)), 1.5)


def _doors(start: int, end: int, *, opens: bool) -> tuple[Use, ...]:
    return (Use(start + 1500, Thing.DOOR), Use(end - 1500, Thing.DOOR)) if opens else ()


def _kitchen(stays: list[Stay], rng: Random) -> list[Use]:
    there = [stay for stay in stays if stay.room == "kitchen" and stay.end - stay.start > MINUTE_MS]
    return [Use(stay.start + 20_000, rng.choice((Thing.FRIDGE, Thing.KETTLE))) for stay in there if rng.random() < 0.5]  # noqa: PLR2004


def expected(setting: Setting, household: Household, day: LivedDay) -> tuple[Company, ...]:
    """Return the regular visits of a household that touch a lived day."""
    there = [
        visit(setting, one.visit.who, f"{one.visit.who} {one.number}", one.start, one.end)
        for offset in range(2)
        for one in expected_on(household, setting.person, day.day + offset * ONE_DAY)
    ]
    return within(there, day.start, day.end)


def second_resident(setting: Setting, key: str, day: LivedDay) -> Company:
    """Return another person who lives there on a day, with habits of their own."""
    other = setting.person._replace(home=f"{setting.person.home}/{key}")
    other = other._replace(habits=draw_habits(other.seed, other.home))
    stays: list[Stay] = []
    uses: list[Use] = []
    for offset in (-1, 0, 1):
        theirs = live(other, setting.plan, setting.routes, intend(other, day.day + offset * ONE_DAY))
        stays += theirs.stays
        uses += theirs.uses
    return Company("resident", key, tuple(stay._replace(in_bed=False) for stay in stays), tuple(uses))


def animal(setting: Setting, key: str, day: LivedDay, liveliness: float) -> Company:
    """Return an animal that goes through the rooms day and night, and sleeps most of the time."""
    rng = chance.stream(setting.person.seed, setting.person.home, key, day.day, "animal")
    rooms = [room.key for room in setting.plan.rooms if room.key not in (OUTSIDE, "bathroom")]
    stays: list[Stay] = []
    now = day.start
    while now < day.end:
        until = now + round(rng.uniform(15, 140) * MINUTE_MS)
        stays.append(Stay(now, until, rng.choice(rooms), Posture.ANIMAL))
        now = until
    return Company("animal", key, tuple(stays), (), liveliness)


def within(company: list[Company], start: int, end: int) -> tuple[Company, ...]:
    """Return the part of company that lies in `[start, end)`; whoever is not there at all is left out."""
    cut = [
        one._replace(
            stays=tuple(
                stay._replace(start=max(stay.start, start), end=min(stay.end, end))
                for stay in one.stays
                if stay.start < end and stay.end > start
            ),
            uses=tuple(use for use in one.uses if start <= use.at < end),
        )
        for one in company
    ]
    return tuple(one for one in cut if one.stays)

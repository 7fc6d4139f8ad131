"""The library of scenarios: what can happen to a person, drawn from ranges, with the sources of the figures.

A draw gets the home before anything happens to it, a chance of its own, the local day on which it is to begin and for
how many days it lasts. It returns the event, which is also the truth, or None where it cannot happen in that home.
The strengths are ranges that care knows, from barely to plainly noticeable; none was chosen by what detectors find.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import NamedTuple

from core.localtime import day_of, local_instant
from simulator import habits
from simulator.events import company, night, person, routine, warmth
from simulator.events.event import Event
from simulator.habits import instant_of
from simulator.home import ONE_DAY, SimulatedHome
from simulator.household import CARER, expected_on

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SHORTEST_LIE = 3 * HOUR
TRIES = 40
OUTDOORS_IN_WINTER = (0.0, 8.0)  # Cel, mean of a day in the Po valley
INDOORS = 20.5
JUNE_TO_AUGUST = (date(2024, 6, 10).timetuple().tm_yday, date(2024, 9, 3).timetuple().tm_yday)
NOVEMBER_TO_MARCH = (date(2024, 11, 5).timetuple().tm_yday, date(2024, 3, 15).timetuple().tm_yday)


class Sort(StrEnum):
    """What is asked of the analysis: to find it soon, to find it within weeks, or to raise nothing about the person."""

    SUDDEN = "sudden"
    SLOW = "slow"
    CONTEXT = "context"
    TECHNICAL = "technical"


class Scenario(NamedTuple):
    """A scenario: its name, its sort, for how many days it lasts at least and at most, and how it is drawn."""

    name: str
    sort: Sort
    days: tuple[int, int]
    draw: Callable[[SimulatedHome, Random, date, int], Event | None]


def _fall(home: SimulatedHome, rng: Random, day: date, _: int) -> Event | None:
    """Return a fall after which the person lies for 3 to 14 hours, until somebody comes.

    Of the people over 90 who fell within a year, 30 % had lain for an hour or more, and 82 % of falls happened to
    people who were alone (Fleming and Brayne, BMJ 2008;337:a2227). One in five happens at night on the way.
    """
    for _try in range(TRIES):
        at = local_instant(day, time(6), home.zone) + rng.random() * 16 * HOUR
        if rng.random() < 0.2:  # noqa: PLR2004
            bed, wake = home.in_bed(day)
            at = bed + rng.random() * (wake - bed)
        fallen = home.fall(at, timedelta(hours=rng.choice((rng.uniform(3, 6), rng.uniform(6, 14)))))
        end = min([fallen.end, *_arrivals(home, fallen.start, fallen.end)])
        if end - fallen.start >= SHORTEST_LIE:
            return fallen._replace(end=end)
    return None


def _arrivals(home: SimulatedHome, start: datetime, end: datetime) -> list[datetime]:
    """Return when somebody who would find the person comes, or is there already."""
    return [
        max(start, instant_of(one.stays[0].start))
        for offset in range(-1, 2)
        for one in home.lived(day_of(start, home.zone) + offset * ONE_DAY).company
        if instant_of(one.stays[-1].end) > start and instant_of(one.stays[0].start) < end
    ]


def _night_bathroom(home: SimulatedHome, rng: Random, day: date, days: int) -> Event:
    """Return nights with 3 to 5 visits to the bathroom more than usual.

    One visit a night is usual at that age (what the ICS calls nocturia); changes of 2 MAD and more over two nights are
    what night frequency monitoring looks for (reference: PMC6333356).
    """
    visits = round(home.person.habits.night_visits + rng.uniform(3, 5.4))
    return person.night_bathroom(home.key, *_nights(home, day, days), visits)


def _insomnia(home: SimulatedHome, rng: Random, day: date, days: int) -> Event:
    """Return nights in each of which 2 to 4.5 hours of sleep are lost.

    People of 62 to 90 sleep 7.2 hours in the mean, four of five between 5.8 and 8.6, and lie awake for 39 minutes after
    falling asleep (Kurina et al., Sleep Health 2015, actigraphy): the worst tenth begins at a loss of 1.4 hours.
    """
    return night.insomnia(home.key, *_nights(home, day, days), rng.uniform(120, 270))


def _day_night_reversal(home: SimulatedHome, rng: Random, day: date, days: int) -> Event:
    """Return days with 2.5 to 5 hours up by night and as long asleep by day: an own assumption of its strength."""
    start, end = home.in_bed(day).start, local_instant(day + days * ONE_DAY, time(20), home.zone)
    return night.day_night_reversal(home.key, start, end, rng.uniform(150, 300), rng.uniform(150, 300))


def _night_wandering(home: SimulatedHome, rng: Random, day: date, days: int) -> Event:
    """Return nights with one to three walks of 12 to 40 minutes through the home, to the front door and back.

    Between 17 and 63 % of people with dementia at home wander (reference: PMC7864330); of how long one walks about no
    figure was found.
    """
    return night.night_wandering(home.key, *_nights(home, day, days), rng.randint(1, 3), rng.uniform(12, 40))


def _leaving_at_night(home: SimulatedHome, rng: Random, day: date, _: int) -> Event:
    """Return a night in which the person is out for 20 minutes to two and a half hours."""
    bed, wake = home.in_bed(day)
    start = bed + 1.5 * HOUR + rng.random() * max(timedelta(0), wake - bed - 5 * HOUR)
    return night.leaving_at_night(home.key, start, min(start + rng.uniform(20, 150) * MINUTE, wake - HOUR))


def _missed_meals(home: SimulatedHome, rng: Random, day: date, days: int) -> Event:
    """Return days on which two or all three meals fall out and the kitchen is used 20 to 70 % as often between them."""
    start, end = _days(home, day, days)
    return routine.missed_meals(home.key, start, end, rng.choice((2, 2, 3)), rng.uniform(0.2, 0.7))


def _not_going_out(home: SimulatedHome, rng: Random, day: date, days: int) -> Event:
    """Return days at home of somebody who usually goes out on most of them."""
    del rng
    return routine.not_going_out(home.key, *_days(home, day, days))


def _slow_decline(home: SimulatedHome, rng: Random, day: date, days: int) -> Event:
    """Return a decline over weeks to a frail way of life, complete after three quarters of the time that is seen.

    Walking slows by 15 to 35 %: from the usual 0.7 to 0.85 m/s of the old (Jung et al. 2018) to what is called frail;
    a stay in hospital alone costs 0.04 m/s (Duan-Porter et al. 2019). Half to nine tenths of the outings fall out.
    """
    start, end = _days(home, day, days)
    return routine.slow_decline(
        home.key, start, end, start + 0.75 * (end - start),
        speed=rng.uniform(0.15, 0.35), outings=rng.uniform(0.5, 0.9), moves=rng.uniform(0.15, 0.35),
        kitchen=rng.uniform(0.25, 0.6), rise=rng.uniform(25, 75), visits=rng.uniform(0.4, 1.2),
    )  # fmt: skip


def _heat_wave(home: SimulatedHome, rng: Random, day: date, days: int) -> Event | None:
    """Return days in summer on which the home is 3.5 to 7 K warmer: 29 to 34 Cel in the afternoon.

    In the warmest week living rooms of the old were 5 K warmer than in an ordinary one (van Loenhout et al. 2016), up
    to 30.2 Cel as the mean of a week in the Netherlands (Sci Total Environ 2021, 144376).
    """
    if not _in_season(day, JUNE_TO_AUGUST):
        return None
    start = local_instant(day, time(9), home.zone)
    return warmth.heat_wave(home.key, start, start + days * ONE_DAY, rng.uniform(3.5, 7))


def _heating_failure(home: SimulatedHome, rng: Random, day: date, days: int) -> Event | None:
    """Return days in winter without heating: the home cools towards 0 to 8 Cel with a time constant of 25 to 70 h.

    Measured were 16.6 h in a wooden house; heavy and well insulated ones reach 90 to 200 h. Walls of brick without
    insulation, as the old live in, lie between.
    """
    if not _in_season(day, NOVEMBER_TO_MARCH):
        return None
    start = local_instant(day, time(0), home.zone) + rng.random() * ONE_DAY
    end = start + (days - rng.random()) * ONE_DAY
    falls = INDOORS - rng.uniform(*OUTDOORS_IN_WINTER)
    return warmth.heating_failure(home.key, start, end, falls, rng.uniform(25, 70))


def _hospital_stay(home: SimulatedHome, rng: Random, day: date, days: int) -> Event:
    """Return some days in hospital, which half of the time somebody enters as a context and else nobody does."""
    fetched = local_instant(day, time(7), home.zone) + rng.random() * 13 * HOUR
    discharged = local_instant(day + (days - 1) * ONE_DAY, time(10), home.zone) + rng.random() * 8 * HOUR
    away = home.away(fetched, discharged - fetched)
    return person.hospital_stay(home.key, away.start, away.end, entered=rng.random() < 0.5)  # noqa: PLR2004


def _visitors(home: SimulatedHome, rng: Random, day: date, _: int) -> Event:
    """Return one to five people who come for two to six hours."""
    start = local_instant(day, time(10), home.zone) + rng.random() * 7 * HOUR
    return company.visitors(home.key, start, start + rng.uniform(2, 6) * HOUR, rng.randint(1, 5))


def _carer_absent(home: SimulatedHome, rng: Random, day: date, _: int) -> Event | None:
    """Return a visit of home care that does not take place."""
    if home.household is None:
        return None
    expected = [one for one in expected_on(home.household, home.person, day) if one.visit.who == CARER]
    if not expected:
        return None
    missed = rng.choice(expected)
    return company.carer_absent(home.key, instant_of(missed.start), instant_of(missed.end))


def _second_resident(home: SimulatedHome, rng: Random, day: date, days: int) -> Event:
    """Return weeks in which somebody else lives there, with habits of their own."""
    del rng
    return company.second_resident(home.key, *_days(home, day, days))


def _pet(home: SimulatedHome, rng: Random, day: date, days: int) -> Event:
    """Return weeks with an animal that a motion sensor notices every 15 to 60 minutes, by day and by night.

    Sensors that are immune to pets notice those on furniture and stairs all the same; how often is an assumption.
    """
    return company.pet(home.key, *_days(home, day, days), rng.uniform(0.5, 2.0))


def _nights(home: SimulatedHome, day: date, nights: int) -> tuple[datetime, datetime]:
    """Return from lying down on `day` until getting up after so many nights."""
    return home.in_bed(day).start, home.in_bed(day + (nights - 1) * ONE_DAY).end


def _days(home: SimulatedHome, day: date, days: int) -> tuple[datetime, datetime]:
    """Return so many local days from `day`."""
    return local_instant(day, time.min, home.zone), local_instant(day + days * ONE_DAY, time.min, home.zone)


def _in_season(day: date, season: tuple[int, int]) -> bool:
    number, (first, last) = day.timetuple().tm_yday, season
    return first <= number <= last if first <= last else number >= first or number <= last


def goes_out_often(home: SimulatedHome) -> bool:
    """Tell whether a person goes out on most days."""
    return sum(home.person.habits.outing_probability) / (habits.SUNDAY + 1) > 0.5  # noqa: PLR2004


SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario("fall", Sort.SUDDEN, (1, 1), _fall),
        Scenario("night_bathroom", Sort.SUDDEN, (2, 5), _night_bathroom),
        Scenario("insomnia", Sort.SUDDEN, (3, 8), _insomnia),
        Scenario("day_night_reversal", Sort.SUDDEN, (4, 8), _day_night_reversal),
        Scenario("night_wandering", Sort.SUDDEN, (2, 5), _night_wandering),
        Scenario("leaving_at_night", Sort.SUDDEN, (1, 1), _leaving_at_night),
        Scenario("missed_meals", Sort.SUDDEN, (2, 5), _missed_meals),
        Scenario("carer_absent", Sort.SUDDEN, (1, 1), _carer_absent),
        Scenario("heat_wave", Sort.SUDDEN, (4, 8), _heat_wave),
        Scenario("heating_failure", Sort.SUDDEN, (2, 4), _heating_failure),
        Scenario("not_going_out", Sort.SLOW, (10, 18), _not_going_out),
        Scenario("slow_decline", Sort.SLOW, (35, 50), _slow_decline),
        Scenario("hospital_stay", Sort.CONTEXT, (4, 12), _hospital_stay),
        Scenario("visitors", Sort.CONTEXT, (1, 1), _visitors),
        Scenario("second_resident", Sort.CONTEXT, (12, 20), _second_resident),
        Scenario("pet", Sort.CONTEXT, (12, 20), _pet),
    )
}

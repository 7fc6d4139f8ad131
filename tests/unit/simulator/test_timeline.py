"""Households and lives of evaluated homes."""

from datetime import date, timedelta
from itertools import pairwise
from statistics import mean
from zoneinfo import ZoneInfo

import pytest

from simulator.habits import intend
from simulator.home import SimulatedHome
from simulator.household import CARER, GUEST, draw_household, expected_on
from simulator.library import SCENARIOS, Sort
from simulator.timeline import FAULTS, LEARNING, LETS_FAULTS, counts, draw_life

ROME = ZoneInfo("Europe/Rome")
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def lives():
    return [draw_life(11, index, 120, ROME) for index in range(60)]


def test_sixty_homes_have_every_scenario_twenty_times(lives):
    assert {name: number for name, number in counts(lives).items() if number < 19} == {}
    assert set(counts(lives)) == {*SCENARIOS, *FAULTS}


def test_a_life_is_the_same_whenever_it_is_drawn(lives):
    for index in (0, 7, 31):
        again = draw_life(11, index, 120, ROME)
        assert again.scripted == lives[index].scripted
        assert again.nuisances == lives[index].nuisances


def test_nothing_happens_while_habits_are_learned_but_to_those_who_never_live_alone(lives):
    for life in lives:
        for one in life.scripted:
            if one.event.start != life.start:
                assert one.event.start >= life.start + (LEARNING - 1) * DAY
            assert one.event.end <= life.end + DAY


def test_what_concerns_the_person_keeps_its_distance(lives):
    for life in lives:
        personal = [one for one in life.scripted if one.sort is not Sort.TECHNICAL]
        for one, other in pairwise(personal):
            assert other.event.start - one.event.end > 2 * DAY, (life.bare.key, one, other)


def test_faults_stay_away_from_what_is_to_be_found_at_once(lives):
    for life in lives:
        faults = [one for one in life.scripted if one.sort is Sort.TECHNICAL]
        others = [one for one in life.scripted if one not in faults and one.name not in LETS_FAULTS]
        for fault in faults:
            for other in others:
                apart = fault.event.start > other.event.end or fault.event.end < other.event.start
                assert apart, (life.bare.key, fault, other)


def test_without_faults_a_life_is_the_same_but_for_them(lives):
    life = lives[3]
    faults = [one for one in life.scripted if one.sort is Sort.TECHNICAL]
    without = life.without(faults)
    assert [one for one in life.scripted if one.sort is not Sort.TECHNICAL] == list(without.scripted)
    assert len(without.scripted) < len(life.scripted)
    assert without.nuisances == life.nuisances
    assert len(life.without(faults[:1]).scripted) == len(life.scripted) - 1


def test_in_a_calm_life_nothing_concerns_the_person():
    calm = [draw_life(11, index, 60, ROME, calm=True) for index in range(6)]
    assert {one.sort for life in calm for one in life.scripted} == {Sort.TECHNICAL}


def test_homes_lie_in_all_seasons_and_differ(lives):
    assert len({life.start.month for life in lives[:12]}) >= 10
    assert len({life.bare.plan.key for life in lives}) == 8
    beds = [any("bed_occupancy" in sensor.model.quantities for sensor in life.bare.sensors) for life in lives]
    assert 0.2 < mean(beds) < 0.8
    assert {life.battery for life in lives} == {True, False}


def test_people_differ_in_when_they_sleep_how_often_they_go_out_and_nap():
    drawn = [draw_household(3, n, f"sim-{n:02d}", carer=n % 2 == 0, often_out=n % 3 == 0).habits for n in range(60)]
    assert max(one.wake for one in drawn) - min(one.wake for one in drawn) > 120
    assert max(one.bed for one in drawn) - min(one.bed for one in drawn) > 120
    assert {one.nap_probability for one in drawn} >= {0.0, 1.0}
    never = [one for one in drawn if max(one.outing_probability) < 0]
    assert never
    home = SimulatedHome(3, 0, ROME)
    stuck_at_home = home.person._replace(habits=never[0])
    assert not any(intend(stuck_at_home, date(2026, 3, 1) + n * DAY).outings for n in range(60))


def test_carers_come_on_their_days_at_about_their_time():
    household = draw_household(3, 0, "sim-01", carer=True, often_out=False)
    home = SimulatedHome(3, 0, ROME, household=household)
    monday = date(2026, 4, 13)
    first = [one for n in range(5) for one in expected_on(household, home.person, monday + n * DAY) if not one.number]
    assert len(first) == 5
    assert {one.visit.who for one in first} == {CARER}
    minutes = [(one.start // 60_000) % 1440 for one in first]
    assert max(minutes) - min(minutes) < 120
    there = home.lived(monday).company
    assert any(one.who == CARER and one.uses for one in there)
    outings = [outing for n in range(30) for outing in home.intentions(monday + n * DAY).outings]
    visits = [one for n in range(30) for one in expected_on(household, home.person, monday + n * DAY)]
    assert not any(start < one.end and one.start < start + lasts for start, lasts in outings for one in visits)


def test_guests_come_once_a_week_to_some():
    drawn = [draw_household(3, n, f"sim-{n:02d}", carer=False, often_out=False) for n in range(60)]
    guests = [one for one in drawn if one.visits]
    assert 10 < len(guests) < 35
    assert all(len(visit.weekdays) == 1 and visit.who == GUEST for one in guests for visit in one.visits)

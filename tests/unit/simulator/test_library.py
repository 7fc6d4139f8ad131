"""Every scenario of the library, by what it really does to the readings."""

import json
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from core.localtime import day_of, local_instant
from simulator import chance
from simulator.dwellings import DWELLINGS
from simulator.habits import instant_of, milliseconds
from simulator.home import SimulatedHome
from simulator.household import CARER, Household, Visit, draw_household, expected_on
from simulator.library import SCENARIOS, Sort
from simulator.plan import Role
from simulator.resident import Posture

ROME = ZoneInfo("Europe/Rome")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SPRING, SUMMER, WINTER = date(2026, 4, 13), date(2026, 7, 6), date(2026, 1, 12)
BEGINS = {"heat_wave": SUMMER, "heating_failure": WINTER}
WITH_BED = next(plan for plan in DWELLINGS if plan.key == "flat with bed sensor")


def lives_here(*, carer=True):
    drawn = draw_household(5, 3, "sim-04", carer=False, often_out=True)
    visits = (Visit(CARER, frozenset(range(7)), 500, 8, 40),) if carer else ()
    return Household(drawn.habits, WITH_BED, visits)


def home_for(name):
    return SimulatedHome(5, 3, ROME, household=lives_here(carer=name == "carer_absent"))


@cache
def scripted(name, number=0):
    """Return a home, the event that is drawn for it, and the home to which it happens."""
    scenario, bare = SCENARIOS[name], home_for(name)
    rng = chance.stream("test", name, number)
    event = scenario.draw(bare, rng, BEGINS.get(name, SPRING), rng.randint(*scenario.days))
    assert event is not None
    return bare, event, bare.with_events([event])


@cache
def said(home, start, end):
    """Return what each sensor says in an interval: instant, role, room, state."""
    sensors = {f"{home.base}/{sensor.friendly_name}": sensor for sensor in home.sensors}
    return [
        (message.at, sensors[message.topic].role, sensors[message.topic].room, json.loads(message.payload))
        for message in home.messages(start, end)
    ]


def moves(home, start, end, *rooms):
    """Return the instants at which motion begins in some rooms, or in any."""
    last, found = {}, []
    for at, role, room, state in said(home, start, end):
        if role is Role.MOTION:
            if state["occupancy"] and not last.get(room, False) and (not rooms or room in rooms):
                found.append(at)
            last[room] = state["occupancy"]
    return found


def openings(home, start, end, role=Role.DOOR):
    found = [(start, True), *((at, state["contact"]) for at, its, _, state in said(home, start, end) if its is role)]
    return [at for (_, before), (at, closed) in pairwise(found) if before and not closed]


def nights(home, event):
    day, found = day_of(event.start, ROME), []
    while local_instant(day + DAY, time(3), ROME) < event.end:
        if local_instant(day + DAY, time(3), ROME) >= event.start:
            found.append((local_instant(day + DAY, time(0, 30), ROME), local_instant(day + DAY, time(5), ROME)))
        day += DAY
    return found


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_days_before_and_after_are_as_they_would_have_been(name):
    bare, event, home = scripted(name)
    before = local_instant(day_of(event.start, ROME) - 2 * DAY, time.min, ROME)
    assert said(home, before, before + DAY) == said(bare, before, before + DAY)
    if name not in ("slow_decline", "heat_wave", "heating_failure"):  # those end slowly
        after = local_instant(day_of(event.end, ROME) + 2 * DAY, time.min, ROME)
        assert said(home, after, after + DAY) == said(bare, after, after + DAY)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_event_says_what_it_is_and_life_has_no_gap(name):
    bare, event, home = scripted(name)
    assert (event.name, event.home) == (name, bare.key)
    assert event.start < event.end
    assert home.events == (event,)
    days = [home.lived(day_of(event.start, ROME) + offset * DAY) for offset in range(-1, 5)]
    stays = [stay for day in days for stay in day.stays]
    assert all(one.end == other.start for one, other in pairwise(stays))
    assert all(stay.start < stay.end for stay in stays)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_seed_draws_the_same_event(name):
    scenario, bare = SCENARIOS[name], home_for(name)
    draws = [scenario.draw(bare, chance.stream(name), BEGINS.get(name, SPRING), scenario.days[0]) for _ in range(2)]
    assert draws[0] == draws[1]


def test_there_is_a_scenario_of_every_sort():
    assert {scenario.sort for scenario in SCENARIOS.values()} == {Sort.SUDDEN, Sort.SLOW, Sort.CONTEXT}


@pytest.mark.parametrize("number", range(6))
def test_who_falls_lies_for_hours_unless_somebody_comes(number):
    scenario = SCENARIOS["fall"]
    bare = SimulatedHome(5, 3, ROME, household=lives_here())
    event = scenario.draw(bare, chance.stream("falls", number), SPRING, 1)
    assert 3 * HOUR <= event.end - event.start <= 14 * HOUR
    assert moves(bare.with_events([event]), event.start + timedelta(minutes=3), event.end) == []
    for offset in range(-1, 2):
        for one in bare.lived(day_of(event.start, ROME) + offset * DAY).company:
            assert not event.start < instant_of(one.stays[0].start) < event.end


def test_nights_have_more_visits_to_the_bathroom():
    bare, event, home = scripted("night_bathroom")
    for start, end in nights(home, event):
        assert len(moves(home, start - HOUR, end + HOUR, "bathroom")) >= event.changed["visits"] - 2
    assert len(moves(bare, event.start, event.end, "bathroom")) < len(moves(home, event.start, event.end, "bathroom"))


@pytest.mark.parametrize("number", range(3))
def test_the_sleepless_are_up_and_out_of_bed(number):
    bare, event, home = scripted("insomnia", number)
    there = nights(home, event)
    assert len(there) == (event.end - event.start).days + 1
    elsewhere = ("living", "kitchen", "hall")
    up = [len(moves(home, start, end, *elsewhere)) for start, end in there]
    usual = [len(moves(bare, start, end, *elsewhere)) for start, end in there]
    assert sum(up) > sum(usual) + len(there)
    lost = sum(_awake_ms(home, day_of(start, ROME) - DAY) for start, _ in there) / len(there) / 60_000
    usually = sum(_awake_ms(bare, day_of(start, ROME) - DAY) for start, _ in there) / len(there) / 60_000
    assert lost - usually == pytest.approx(event.changed["awake_min"], rel=0.4)


def _awake_ms(home, day):
    lived = home.lived(day)
    return sum(s.end - s.start for s in lived.stays if s.start >= lived.bed_at and s.posture is not Posture.ASLEEP)


def test_who_turns_day_into_night_is_up_by_night_and_in_bed_by_day():
    bare, event, home = scripted("day_night_reversal")
    start, end = nights(home, event)[0]
    assert len(moves(home, start, end)) > 2 * len(moves(bare, start, end))
    day = day_of(event.start, ROME) + DAY
    noon = local_instant(day, time(8), ROME), local_instant(day, time(19), ROME)
    in_bed = [at for at, role, _, state in said(home, *noon) if role is Role.BED and state["occupancy"]]
    assert in_bed
    assert not [at for at, role, _, state in said(bare, *noon) if role is Role.BED and state["occupancy"]]


@pytest.mark.parametrize("number", range(3))
def test_who_wanders_walks_through_rooms_and_opens_the_door_without_leaving(number):
    bare, event, home = scripted("night_wandering", number)
    for start, end in nights(home, event):
        assert openings(bare, start - HOUR, end) == []
        assert len(openings(home, start - HOUR, end + HOUR)) >= 1
    lived = home.lived(day_of(event.start, ROME))
    rooms = {stay.room for stay in lived.stays if stay.start >= lived.bed_at}
    assert len(rooms) >= 3
    assert not any(stay.posture is Posture.AWAY for stay in lived.stays if stay.start >= lived.bed_at)


@pytest.mark.parametrize("number", range(3))
def test_who_leaves_at_night_is_seen_nowhere_until_the_door_opens_again(number):
    _, event, home = scripted("leaving_at_night", number)
    doors = openings(home, event.start, event.end + HOUR)
    assert len(doors) == 2
    assert timedelta(minutes=15) < doors[1] - doors[0] <= event.end - event.start + timedelta(minutes=5)
    assert moves(home, doors[0] + timedelta(minutes=2), doors[1] - timedelta(seconds=5)) == []
    assert time(21) < doors[0].astimezone(ROME).time() or doors[0].astimezone(ROME).time() < time(6)


def test_without_meals_the_kitchen_is_used_less():
    bare, event, home = scripted("missed_meals")
    fridge = len(openings(home, event.start, event.end, Role.FRIDGE))
    assert fridge < 0.6 * len(openings(bare, event.start, event.end, Role.FRIDGE))
    kitchen = len(moves(home, event.start, event.end, "kitchen"))
    assert kitchen < 0.7 * len(moves(bare, event.start, event.end, "kitchen"))


def test_who_does_not_go_out_opens_no_door():
    bare, event, home = scripted("not_going_out")
    week = event.start, event.start + 8 * DAY
    assert openings(home, *week) == []
    assert len(openings(bare, *week)) > 8


def test_a_decline_grows_and_stays():
    bare, event, home = scripted("slow_decline")
    last = day_of(event.end, ROME) - 2 * DAY
    late, usual = home.intentions(last), bare.intentions(last)
    assert late.walking_speed == pytest.approx(usual.walking_speed * (1 - event.changed["speed"]))
    assert late.wake - usual.wake == pytest.approx(event.changed["rise"] * 60_000, abs=1000)
    assert late.next_wake == home.intentions(last + DAY).wake
    first, middle = (home.intentions(day_of(event.start, ROME) + n * DAY) for n in (1, 14))
    speeds = [one.walking_speed / bare.intentions(one.day).walking_speed for one in (first, middle, late)]
    assert 1 > speeds[0] > speeds[1] > speeds[2]
    weeks = event.end - 8 * DAY
    assert len(openings(home, weeks, event.end)) < len(openings(bare, weeks, event.end))


def temperatures(home, start, end):
    return [state["temperature"] for _, role, room, state in said(home, start, end) if role is Role.CLIMATE]


def test_a_heat_wave_warms_the_rooms_slowly_and_leaves_slowly():
    bare, event, home = scripted("heat_wave")
    days = [(event.start + n * DAY, event.start + (n + 1) * DAY) for n in (0, 3)]
    above = [max(temperatures(home, *day)) - max(temperatures(bare, *day)) for day in days]
    assert 0.3 < above[0] < above[1] <= 1.2 * event.changed["warmer_k"]
    assert 29 <= max(temperatures(home, event.start, event.end)) <= 36
    later = event.end + 5 * DAY
    assert max(temperatures(home, later, later + DAY)) == pytest.approx(
        max(temperatures(bare, later, later + DAY)), abs=0.3
    )


def test_a_home_without_heating_cools_and_warms_again():
    bare, event, home = scripted("heating_failure")
    assert min(temperatures(home, event.end - HOUR * 2, event.end)) < 16
    assert min(temperatures(bare, event.end - HOUR * 2, event.end)) > 17
    later = event.end + 2 * DAY
    assert min(temperatures(home, later, later + DAY)) == pytest.approx(
        min(temperatures(bare, later, later + DAY)), abs=0.3
    )


@pytest.mark.parametrize(("name", "wrong"), [("heat_wave", WINTER), ("heating_failure", SUMMER)])
def test_weather_keeps_to_its_season(name, wrong):
    assert SCENARIOS[name].draw(home_for(name), chance.stream(1), wrong, 4) is None


def test_who_is_in_hospital_was_fetched_and_is_seen_nowhere():
    _, event, home = scripted("hospital_stay")
    assert event.end - event.start > 2 * DAY
    assert moves(home, event.start + timedelta(minutes=3), event.end - timedelta(minutes=1)) == []
    assert len(openings(home, event.start - timedelta(minutes=20), event.start + timedelta(minutes=1))) >= 2
    assert openings(home, event.end - timedelta(minutes=1), event.end + timedelta(minutes=1))


def test_nobody_who_cares_comes_while_the_person_is_in_hospital():
    bare = SimulatedHome(5, 3, ROME, household=lives_here())
    event = SCENARIOS["hospital_stay"].draw(bare, chance.stream("h"), SPRING, 8)
    day = day_of(event.start, ROME) + 2 * DAY
    assert bare.lived(day).company
    assert bare.with_events([event]).lived(day).company == ()


def test_visitors_come_by_the_door_and_move_about():
    bare, event, home = scripted("visitors")
    assert openings(home, event.start, event.start + timedelta(minutes=1))
    assert openings(home, event.end - timedelta(minutes=1), event.end)
    assert len(moves(home, event.start, event.end)) > len(moves(bare, event.start, event.end))
    at_home = home.lived(day_of(event.start, ROME)).stays
    there = [stay for stay in at_home if milliseconds(event.start) <= stay.start < milliseconds(event.end)]
    assert not any(stay.posture is Posture.AWAY for stay in there)


def test_a_carer_who_does_not_come_opens_no_door():
    bare, event, home = scripted("carer_absent")
    arrival = event.start, event.start + timedelta(minutes=1)
    assert len(openings(bare, *arrival)) == 1
    assert openings(home, *arrival) == []
    assert len(moves(home, event.start, event.end)) < len(moves(bare, event.start, event.end))
    tomorrow = expected_on(bare.household, bare.person, day_of(event.start, ROME) + DAY)[0]
    assert openings(home, instant_of(tomorrow.start), instant_of(tomorrow.start) + timedelta(minutes=1))


def test_where_two_live_sensors_see_two():
    bare, event, home = scripted("second_resident")
    week = event.start + DAY, event.start + 5 * DAY
    assert len(moves(home, *week)) > 1.4 * len(moves(bare, *week))
    assert len(openings(home, *week, Role.FRIDGE)) > 1.3 * len(openings(bare, *week, Role.FRIDGE))


def test_an_animal_is_seen_by_night_and_opens_nothing():
    bare, event, home = scripted("pet")
    there = nights(home, event)[:5]
    assert sum(len(moves(home, *night)) for night in there) > 1.3 * sum(len(moves(bare, *night)) for night in there)
    assert openings(home, *there[0]) == openings(bare, *there[0]) == []


@pytest.mark.parametrize("name", ["second_resident", "pet", "visitors"])
def test_whoever_else_is_there_leaves_every_sensor_at_rest_when_a_day_ends(name):
    _, event, home = scripted(name)
    for offset in range(4):
        end = instant_of(home.lived(day_of(event.start, ROME) + offset * DAY).end)
        last = {}
        for _, role, room, state in said(home, end - 6 * HOUR, end):
            if role in (Role.MOTION, Role.DOOR):
                last[role, room] = state.get("occupancy", not state.get("contact", True))
        assert last
        assert not any(last.values())


def test_the_clock_change_disturbs_no_scenario():
    for name in ("insomnia", "night_wandering", "leaving_at_night", "night_bathroom"):
        bare = home_for(name)
        event = SCENARIOS[name].draw(bare, chance.stream(name), date(2026, 3, 27), SCENARIOS[name].days[0] + 1)
        stays = [s for n in range(6) for s in bare.with_events([event]).lived(date(2026, 3, 26) + n * DAY).stays]
        assert all(one.end == other.start for one, other in pairwise(stays))


def test_a_year_has_all_its_days_in_every_dwelling():
    for index, plan in enumerate(DWELLINGS):
        home = SimulatedHome(9, index, ROME, plan=plan)
        start = datetime(2026, 2, 3, tzinfo=UTC)
        rooms = {room for _, role, room, state in said(home, start, start + 2 * DAY) if role is Role.MOTION}
        assert {"bedroom", "bathroom", "kitchen"} <= rooms

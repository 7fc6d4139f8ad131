import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.localtime import local_day
from core.vocabulary import BY_NAME
from simulator.habits import milliseconds
from simulator.home import SimulatedHome
from simulator.plan import PLANS, Role
from simulator.resident import Posture, night_bathroom_visits

ROME = ZoneInfo("Europe/Rome")
START = datetime(2026, 3, 27, 9, 30, tzinfo=UTC)
HOURS_72 = 72 * 3600
TECHNICAL = {"battery", "voltage", "linkquality", "last_seen", "battery_low", "state", "current", "test"}
LEVELS = {"temperature", "humidity", "power", "energy", "illuminance"}


def readings(messages) -> int:
    """States that changed and levels that were sampled: what is left without check-ins that say nothing new."""
    last = {}
    count = 0
    for message in messages:
        for name, value in json.loads(message.payload).items():
            if name not in TECHNICAL:
                count += name in LEVELS or last.get((message.topic, name)) != value
                last[message.topic, name] = value
    return count


def test_same_seed_same_bytes_and_another_seed_others():
    end = START + timedelta(days=2)
    first = list(SimulatedHome(7, 0, ROME).messages(START, end))
    assert first == list(SimulatedHome(7, 0, ROME).messages(START, end))
    other = list(SimulatedHome(8, 0, ROME).messages(START, end))
    assert [message.payload for message in first] != [message.payload for message in other]


WHOLE = {index: list(SimulatedHome(3, index, ROME).messages(START, START + timedelta(hours=72))) for index in (0, 1)}


@settings(max_examples=25, deadline=None)
@given(index=st.sampled_from([0, 1]), cuts=st.lists(st.integers(0, HOURS_72 * 1000), max_size=3))
def test_an_interval_split_anywhere_gives_the_same_messages(index, cuts):
    home = SimulatedHome(3, index, ROME)
    edges = [0, *sorted(cuts), HOURS_72 * 1000]
    pieces = []
    for begin, end in pairwise(edges):
        pieces += home.messages(START + timedelta(milliseconds=begin), START + timedelta(milliseconds=end))
    assert pieces == WHOLE[index]


@pytest.mark.parametrize("index", range(4))
def test_messages_are_in_order_and_within_the_interval(index):
    end = START + timedelta(days=5)
    times = [message.at for message in SimulatedHome(1, index, ROME).messages(START, end)]
    assert times == sorted(times)
    assert times[0] >= START
    assert times[-1] < end


def test_a_standard_home_has_about_400_readings_a_day():
    days = 10
    rates = [
        readings(SimulatedHome(seed, index, ROME).messages(START, START + timedelta(days=days))) / days
        for seed, index in [(1, 0), (1, 1), (1, 2), (1, 3), (2, 0), (2, 1), (2, 2), (2, 3)]
    ]
    assert 300 <= sum(rates) / len(rates) <= 500
    assert all(250 <= rate <= 600 for rate in rates)


@pytest.mark.parametrize("index", range(4))
def test_a_day_has_no_gap_and_joins_the_next(index):
    home = SimulatedHome(5, index, ROME)
    for offset in range(20):
        lived = home.lived(date(2026, 3, 20) + timedelta(days=offset))
        following = home.lived(date(2026, 3, 21) + timedelta(days=offset))
        assert lived.stays[0].start == lived.start
        assert lived.stays[-1].end == lived.end == following.start
        assert all(one.end == other.start for one, other in pairwise(lived.stays))
        assert lived.stays[-1].posture is Posture.ASLEEP
        assert lived.start < lived.bed_at < lived.end


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.key)
def test_the_resident_walks_only_through_openings(plan):
    home = SimulatedHome(5, 0, ROME, plan=plan)
    doors = {frozenset(opening) for opening in plan.openings}
    for offset in range(5):
        stays = home.lived(date(2026, 3, 20) + timedelta(days=offset)).stays
        assert {frozenset((one.room, other.room)) for one, other in pairwise(stays) if one.room != other.room} <= doors


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_daylight_saving_moves_the_clock_and_not_the_habits(day, hours):
    home = SimulatedHome(5, 0, ROME)
    interval = local_day(day, ROME)
    assert interval.duration == timedelta(hours=hours)
    lived = home.lived(day)
    woken = datetime.fromtimestamp(lived.start / 1000, ROME)
    assert woken.date() == day
    assert 5 <= woken.hour <= 9
    night = home.lived(day - timedelta(days=1))
    assert night.end == lived.start
    assert len(list(home.messages(*interval))) == pytest.approx(26 * hours, rel=0.35)


def episodes(messages, topic: str, start: datetime, end: datetime) -> int:
    """Count activations of a motion sensor that are more than 12 minutes apart (visits are half an hour apart)."""
    activations = [
        message.at
        for message in messages
        if message.topic.endswith(topic) and start <= message.at < end and json.loads(message.payload)["occupancy"]
    ]
    return sum(first is None or at - first > timedelta(minutes=12) for first, at in pairwise([None, *activations]))


@pytest.mark.parametrize("index", range(4))
def test_bathroom_sensor_tells_the_true_visits_of_the_night(index):
    home = SimulatedHome(11, index, ROME)
    first = date(2026, 3, 1)
    days = [first + timedelta(days=offset) for offset in range(30)]
    nights = [home.in_bed(day) for day in days]
    messages = list(home.messages(nights[0].start, nights[-1].end))
    seen = [episodes(messages, "/bagno_movimento", *night) for night in nights]
    true = [night_bathroom_visits(home.lived(day)) for day in days]
    assert sum(true) > 0
    assert seen == true


def test_night_visits_follow_the_person_s_habit():
    home = SimulatedHome(1, 1, ROME)
    visits = [night_bathroom_visits(home.lived(date(2026, 1, 1) + timedelta(days=offset))) for offset in range(150)]
    assert sum(visits) / len(visits) == pytest.approx(home.person.habits.night_visits, rel=0.35)


def test_persons_and_homes_differ():
    homes = [SimulatedHome(1, index, ROME) for index in range(12)]
    assert len({home.person.habits for home in homes}) == 12
    addresses = [sensor.ieee_address for home in homes for sensor in home.sensors]
    assert len(set(addresses)) == len(addresses)
    assert all(len(address) == 18 for address in addresses)
    assert len({home.registry_entry()["persons"][0]["name"] for home in homes}) == 12


def test_registry_entry_names_every_series_of_the_vocabulary():
    entry = SimulatedHome(1, 1, ROME, organisation="union").registry_entry()
    assert (entry["key"], entry["gateway"], entry["organisation"]) == ("sim-02", "gw-sim-02", "union")
    assert entry["timezone"] == "Europe/Rome"
    rooms = {room["key"] for room in entry["rooms"]}
    kinds = {"bedroom", "bathroom", "kitchen", "living", "hall", "entrance", "outside", "other"}
    assert {room["kind"] for room in entry["rooms"]} <= kinds
    assert all(device["room"] in rooms for device in entry["devices"])
    assert all(name in BY_NAME for device in entry["devices"] for name in device["quantities"])
    assert "bed_occupancy" in {name for device in entry["devices"] for name in device["quantities"]}
    assert entry["persons"][0]["sex"] in ("female", "male")
    assert len(entry["persons"][0]["contacts"]) == 2


def test_every_sensor_checks_in_although_nothing_happens():
    home = SimulatedHome(1, 3, ROME)
    counts = Counter(message.topic for message in home.messages(START, START + timedelta(days=1)))
    for sensor in home.sensors:
        expected = 86_400 / sensor.model.check_in_s
        assert counts[f"{home.base}/{sensor.friendly_name}"] >= 0.9 * expected - 1


def test_energy_never_runs_backwards():
    home = SimulatedHome(1, 0, ROME)
    plug = next(sensor for sensor in home.sensors if sensor.role is Role.KETTLE)
    energies = [
        json.loads(message.payload)["energy"]
        for message in home.messages(START, START + timedelta(days=5))
        if message.topic.endswith(plug.friendly_name)
    ]
    assert energies == sorted(energies)
    assert energies[-1] > energies[0]


def test_instants_are_whole_milliseconds_as_last_seen_says():
    for message in SimulatedHome(1, 0, ROME).messages(START, START + timedelta(hours=6)):
        said = datetime.fromisoformat(json.loads(message.payload)["last_seen"])
        assert milliseconds(said) == milliseconds(message.at)
        assert said == message.at

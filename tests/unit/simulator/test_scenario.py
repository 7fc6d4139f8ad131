import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import VicinoError
from simulator import scenario
from simulator.habits import milliseconds
from simulator.home import SimulatedHome
from simulator.resident import Posture, night_bathroom_visits

ROME = ZoneInfo("Europe/Rome")
NOON = datetime(2026, 4, 10, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def during(home, start, length):
    return list(home.messages(start, start + length))


def test_a_pressed_sos_button_says_emergency_once_and_nothing_else_changes():
    calm = SimulatedHome(1, 0, ROME)
    home = calm.with_events([scenario.sos("sim-01", NOON)])
    pressed = [message for message in during(home, NOON - DAY, 2 * DAY) if b"action" in message.payload]
    assert [message.at for message in pressed] == [NOON]
    assert pressed[0].topic == "home/gw-sim-01/zigbee2mqtt/soggiorno_pulsante_sos"
    assert json.loads(pressed[0].payload)["action"] == "emergency"
    assert not pressed[0].retain
    unlike = {"linkquality"}  # the radio's noise is drawn message by message
    rest = [json.loads(message.payload) for message in during(home, NOON - DAY, 2 * DAY) if message not in pressed]
    usual = [json.loads(message.payload) for message in during(calm, NOON - DAY, 2 * DAY)]
    assert [{k: v for k, v in state.items() if k not in unlike} for state in rest] == [
        {k: v for k, v in state.items() if k not in unlike} for state in usual
    ]


def test_events_of_other_homes_are_ignored():
    home = SimulatedHome(1, 0, ROME)
    assert home.with_events([scenario.sos("sim-02", NOON)]).events == ()


@pytest.mark.parametrize("visits", [0, 5, 8])
def test_a_night_has_the_visits_of_the_script_and_the_days_around_it_their_own(visits):
    calm = SimulatedHome(2, 2, ROME)
    day = date(2026, 4, 10)
    home = calm.with_events([scenario.night_bathroom(calm.key, *calm.in_bed(day), visits)])
    assert night_bathroom_visits(home.lived(day)) == visits
    for other in (day - DAY, day + DAY):
        assert home.lived(other) == calm.lived(other)


def test_nothing_leaves_a_home_without_gateway_and_it_announces_itself_when_back():
    end = NOON + timedelta(hours=3)
    calm = SimulatedHome(1, 1, ROME)
    home = calm.with_events([scenario.gateway_silent("sim-02", NOON, end)])
    assert during(home, NOON, timedelta(hours=3)) == []
    assert during(home, NOON - DAY, DAY) == during(calm, NOON - DAY, DAY)
    after = during(home, end, timedelta(hours=1))
    assert after[: len(home.sensors) + 2] == home.announcement(end)
    assert after[len(home.sensors) + 2 :] == during(calm, end, timedelta(hours=1))
    assert home.is_silent(NOON)
    assert not home.is_silent(end)


def test_somebody_who_fell_is_not_seen_until_found():
    calm = SimulatedHome(1, 0, ROME)
    event = calm.fall(NOON, timedelta(hours=30))
    home = calm.with_events([event])
    moved = [
        message
        for message in during(home, event.start + timedelta(minutes=3), timedelta(hours=29))
        if b'"occupancy":true' in message.payload or b'"contact":false' in message.payload
    ]
    assert moved == []
    found = during(home, event.end, timedelta(minutes=1))
    assert any(b'"contact":false' in message.payload for message in found)


def test_a_fall_happens_where_the_person_is_up_and_at_home():
    home = SimulatedHome(1, 0, ROME)
    event = home.fall(NOON, timedelta(hours=1))
    stays = [stay for stay in home.lived(date(2026, 4, 10)).stays if stay.start <= milliseconds(event.start) < stay.end]
    assert [stay.room for stay in stays] == [event.changed["room"]]
    assert stays[0].posture in (Posture.ACTIVE, Posture.WALKING)
    lying = home.with_events([scenario.fall(home.key, event.start, event.start + 5 * DAY, "bathroom")])
    with pytest.raises(VicinoError, match="not up and at home"):
        lying.fall(event.start, timedelta(hours=1))


@settings(max_examples=20, deadline=None)
@given(after=st.integers(0, 48 * 60), lying=st.integers(1, 40 * 60))
def test_a_day_with_a_fall_still_has_no_gap(after, lying):
    home = SimulatedHome(4, 3, ROME)
    home = home.with_events([home.fall(NOON + timedelta(minutes=after), timedelta(minutes=lying))])
    first = home.lived(date(2026, 4, 9))
    stays = list(first.stays)
    for offset in range(1, 6):
        stays += home.lived(date(2026, 4, 9) + timedelta(days=offset)).stays
    assert all(one.end == other.start for one, other in pairwise(stays))
    assert all(stay.start < stay.end for stay in stays)

"""What the bridge says of the sensors that it does not reach, as Zigbee2MQTT does by its defaults."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from simulator.events import air, gateway, sensors
from simulator.home import SimulatedHome
from simulator.plan import Role

ROME = ZoneInfo("Europe/Rome")
NOON = datetime(2026, 4, 10, 10, 0, tzinfo=UTC)
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
CALM = SimulatedHome(1, 1, ROME)


def of(role):
    return next(sensor for sensor in CALM.sensors if sensor.role is role)


def told(*events, until=3 * DAY, start=NOON):
    """What is said of availability: after how long, of which sensor, and whether it is there."""
    name = {f"{CALM.base}/{sensor.friendly_name}/availability": sensor.role for sensor in CALM.sensors}
    return [
        (message.at - NOON, name[message.topic], json.loads(message.payload)["state"])
        for message in CALM.with_events(events).messages(start, NOON + until)
        if message.topic.endswith("/availability")
    ]


def test_a_dead_sensor_on_mains_is_given_up_within_ten_minutes_and_one_with_a_battery_after_a_day():
    plug = sensors.sensor_dead(CALM.key, of(Role.KETTLE), NOON, NOON + 2 * DAY)
    (given_up, role, state), back = told(plug)
    assert (role, state, back) == (Role.KETTLE, "offline", (2 * DAY, Role.KETTLE, "online"))
    assert timedelta(0) < given_up <= 10 * MINUTE
    bed = sensors.sensor_dead(CALM.key, of(Role.BED), NOON, NOON + 2 * DAY)
    (given_up, role, state), _ = told(bed)
    assert (role, state) == (Role.BED, "offline")
    assert 24 * HOUR <= given_up <= 25 * HOUR


def test_an_empty_battery_counts_from_when_it_is_empty():
    event = sensors.battery_decay(CALM.key, of(Role.BED), NOON - 2 * DAY, NOON, NOON + 2 * DAY)
    assert [state for _, _, state in told(event)] == ["offline", "online"]


def test_what_is_out_of_reach_for_two_reasons_comes_back_after_the_last():
    dead = sensors.sensor_dead(CALM.key, of(Role.KETTLE), NOON, NOON + 9 * HOUR)
    away = air.dropout(CALM.key, of(Role.KETTLE), NOON + HOUR, NOON + 2 * HOUR)
    later = air.dropout(CALM.key, of(Role.KETTLE), NOON + 20 * HOUR, NOON + 20 * HOUR + 5 * MINUTE)
    assert [state for _, _, state in told(dead, away, later)][:2] == ["offline", "online"]
    assert told(dead, away, later)[1][0] == 9 * HOUR


def test_a_bridge_whose_radio_has_failed_gives_up_what_is_on_mains_and_one_that_is_off_says_nothing():
    radio = gateway.gateway_offline(CALM.key, NOON, NOON + 12 * HOUR, "radio")
    assert [(role, state) for _, role, state in told(radio, until=11 * HOUR)] == [(Role.KETTLE, "offline")]
    off = gateway.gateway_offline(CALM.key, NOON, NOON + 12 * HOUR, "shutdown")
    assert told(off, until=11 * HOUR) == []


@pytest.mark.parametrize(("battery_s", "states"), [(0.0, ["online"]), (20 * 3600.0, ["offline", "online"])])
def test_without_mains_only_a_bridge_with_a_battery_can_say_so(battery_s, states):
    cut = gateway.power_cut(CALM.key, NOON, NOON + 12 * HOUR, battery_s=battery_s, router=False)
    assert [state for _, _, state in told(cut)] == states


def test_whoever_asks_in_pieces_gets_the_same_and_an_announcement_tells_how_it_is():
    dead = sensors.sensor_dead(CALM.key, of(Role.KETTLE), NOON, NOON + 2 * DAY)
    pieces = [one for n in range(3) for one in told(dead, start=NOON + n * DAY, until=(n + 1) * DAY)]
    assert pieces == told(dead)
    announced = CALM.with_events([dead]).announcement(NOON + HOUR)
    states = [json.loads(one.payload)["state"] for one in announced if one.topic.endswith("/availability")]
    assert (states.count("offline"), len(states)) == (1, len(CALM.sensors))

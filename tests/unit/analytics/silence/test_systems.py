"""What a gateway does not reach: which devices are behind it, and what is not said of them."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.frames import HOUR, MINUTE, Span, instant, micros, sensors_frame
from analytics.silence import systems
from analytics.silence.blind import blind
from analytics.silence.classify import classify
from analytics.silence.evidence import Evidence, Gateway, home_of
from analytics.silence.verdict import Cause, Silence, Subject
from core.places import RoomKind
from ingest.transitions import Transition
from tests.unit.analytics.made import ROME, readings, sensor

START = datetime(2026, 3, 1, tzinfo=UTC)
T0 = micros(START + timedelta(days=10))
A, B, C, D = 1, 2, 3, 4
SENSORS = [sensor(each, "occupancy", kind) for each, kind in zip((A, B, C, D), RoomKind, strict=False)]
FOUND_BY = {A: "zigbee2mqtt", B: "zigbee2mqtt", C: "ble"}


def change(at, *unreachable, online=True):
    return Transition(instant(at), instant(at - MINUTE), online, False, "b1", None, "unknown", None, None, unreachable)


def gateway(*changes, devices=(A, B, C, D), found_by=FOUND_BY):
    begin = Transition(START, None, True, False, "b1", None, "unknown", None, None)
    return Gateway(1, frozenset(devices), [begin, *changes], T0 + 100 * HOUR, found_by)


def told(*changes, now=T0 + 9 * HOUR, **more):
    return [
        (one.since, one.until, one.systems, one.devices) for one in systems.verdicts(gateway(*changes, **more), now)
    ]


def test_the_devices_behind_a_system_are_those_that_it_found_and_those_of_which_nobody_says_so():
    assert told(change(T0, "zigbee2mqtt")) == [(T0, None, ("zigbee2mqtt",), (A, B, D))]
    assert told(change(T0, "zigbee2mqtt"), change(T0 + HOUR)) == [(T0, T0 + HOUR, ("zigbee2mqtt",), (A, B, D))]


def test_two_systems_that_are_not_reached_at_once_are_told_together():
    changes = change(T0, "ble"), change(T0 + HOUR, "ble", "zigbee2mqtt"), change(T0 + 2 * HOUR, "zigbee2mqtt")
    assert told(*changes) == [(T0, None, ("ble", "zigbee2mqtt"), (A, B, C, D))]
    assert systems.cut_off(gateway(*changes), T0 + 9 * HOUR)[C] == [Span(T0, T0 + 2 * HOUR)]


def test_what_is_back_within_three_minutes_is_not_told_while_it_lasts_and_a_system_without_devices_never():
    assert told(change(T0, "zigbee2mqtt"), now=T0 + 2 * MINUTE) == []
    assert told(change(T0, "zigbee2mqtt"), now=T0 + 3 * MINUTE) != []
    assert told(change(T0, "zigbee2mqtt"), change(T0 + HOUR), now=T0 + HOUR)[0][1] == T0 + HOUR
    assert told(change(T0, "shelly"), devices=(A, B, C)) == []


def test_a_gateway_that_goes_away_meanwhile_reaches_it_no_sooner_than_it_says():
    gone = change(T0 + HOUR, "zigbee2mqtt", online=False)
    assert told(change(T0, "zigbee2mqtt"), gone) == [(T0, None, ("zigbee2mqtt",), (A, B, D))]
    back = change(T0 + 3 * HOUR)
    assert told(change(T0, "zigbee2mqtt"), gone, back)[0][1] == T0 + 3 * HOUR


def reports(until):
    """Every device reports twice an hour, day and night; those of Zigbee only until they are cut off."""
    rows = [(at + each * MINUTE, each, float(n % 2)) for each in (A, B, C, D)
            for n, at in enumerate(range(micros(START), until[each], HOUR // 2))]  # fmt: skip
    return readings(rows)


@pytest.mark.parametrize("known", [True, False])
def test_devices_behind_a_system_that_is_not_reached_are_neither_dead_nor_stuck_nor_is_the_radio_deaf(known):
    now = T0 + 30 * HOUR
    until = dict.fromkeys((A, B, D), T0) | {C: now}
    home = home_of(ROME, sensors_frame(SENSORS), {})
    found_by = {**FOUND_BY, D: "zigbee2mqtt"} if known else {C: "ble"}
    cut = gateway(change(T0 + MINUTE, "zigbee2mqtt"), found_by=found_by)._replace(heard_at=now)
    found = classify(Evidence(now, home, reports(until), [cut]))
    assert [(one.subject, one.silence, one.cause) for one in found] == [
        (Subject("systems", 1), Silence.GATEWAY_OFFLINE, Cause.SYSTEM)
    ]
    without = classify(Evidence(now, home, reports(until), [gateway()._replace(heard_at=now)]))
    assert {one.subject for one in without} == {Subject("device", each) for each in (A, B, D)}


def test_only_the_devices_behind_it_could_not_tell_anything():
    (verdict,) = systems.verdicts(gateway(change(T0, "zigbee2mqtt")), T0 + 9 * HOUR)
    sight = blind([verdict], T0 + 9 * HOUR)
    lost = [Span(T0, T0 + 9 * HOUR)]
    assert (sight.home, sight.devices) == ([], dict.fromkeys((A, B, D), lost))
    assert sight.explains(Span(T0 + HOUR, T0 + 2 * HOUR))

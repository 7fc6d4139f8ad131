"""Away, still, or not known: of a home that is looked at in the afternoon after ten ordinary days."""

from datetime import date, timedelta

import pytest

from analytics.frames import HOUR, MINUTE, sensors_frame
from analytics.silence.classify import classify
from analytics.silence.evidence import Evidence, Gateway, home_of
from analytics.silence.verdict import Cause, Silence
from core.places import Place, RoomKind
from tests.unit.analytics.made import ROME, at, readings, sensor

KITCHEN, BEDROOM, DOOR, BED = 1, 2, 3, 4
TODAY = date(2026, 3, 11)
NOON, EVENING = at(TODAY, "12:00"), at(TODAY, "21:00")
SENSORS = [
    sensor(KITCHEN, "occupancy", RoomKind.KITCHEN),
    sensor(BEDROOM, "occupancy", RoomKind.BEDROOM),
    sensor(DOOR, "contact", RoomKind.ENTRANCE, Place.ENTRANCE_DOOR),
]


def ordinary(until, sensors=SENSORS):
    """Every sensor checks in hourly; somebody moves in the kitchen every half hour from 7 to 22."""
    rows = []
    for offset in range(10, -1, -1):
        day = TODAY - timedelta(days=offset)
        for one in sensors:
            rest = 1.0 if one.quantity == "contact" else 0.0
            rows += [(at(day, f"{hour}:00") + one.series_id * MINUTE, one.series_id, rest) for hour in range(24)]
        for hour in range(7, 22):
            for minute in ("05", "35"):
                seen = at(day, f"{hour}:{minute}")
                rows += [(seen, KITCHEN, 1.0), (seen + MINUTE, KITCHEN, 0.0)]
    return [row for row in rows if row[0] < until or (row[2] == (1.0 if row[1] == DOOR else 0.0) and is_check_in(row))]


def is_check_in(row):
    return (row[0] - row[1] * MINUTE) % HOUR == 0


def said(rows, now=EVENING, sensors=SENSORS, unheard=()):
    home = home_of(ROME, sensors_frame(sensors), {})
    gateway = Gateway(1, frozenset(one.device_id for one in sensors), list(unheard), now)
    table = readings([row for row in rows if row[0] < now])
    return classify(Evidence(now, home, table, [gateway]))


def test_nothing_is_said_of_an_ordinary_evening():
    assert said(ordinary(EVENING)) == []


def test_whoever_left_by_the_door_is_away():
    rows = [*ordinary(NOON), (NOON + MINUTE, DOOR, 0.0), (NOON + 2 * MINUTE, DOOR, 1.0)]
    (one,) = said(rows)
    assert (one.silence, one.since, one.technical) == (Silence.PERSON_AWAY, NOON + 2 * MINUTE, False)


def test_whoever_does_not_move_while_all_sensors_live_is_still():
    (one,) = said(ordinary(NOON))
    assert (one.silence, one.since) == (Silence.PERSON_STILL, at(TODAY, "11:35"))
    assert said(ordinary(NOON), now=at(TODAY, "13:00")) == [], "an hour is nothing"


def test_whoever_has_just_come_home_and_moves_no_more_is_not_away():
    out = at(TODAY, "10:00")
    rows = [row for row in ordinary(NOON) if not (out < row[0] < NOON and row[1] == KITCHEN and not is_check_in(row))]
    rows += [(out, DOOR, 0.0), (out + MINUTE, DOOR, 1.0), (NOON, DOOR, 0.0), (NOON + MINUTE, DOOR, 1.0)]
    rows += [(NOON + MINUTE + 1, KITCHEN, 1.0), (NOON + 2 * MINUTE, KITCHEN, 0.0)]
    assert [one.silence for one in said(rows)] == [Silence.PERSON_STILL]


def test_whoever_lies_in_bed_is_not_away_though_a_door_was_the_last_to_move():
    sensors = [*SENSORS, sensor(BED, "bed_occupancy", RoomKind.BEDROOM, Place.BED)]
    rows = [row if row[1] != BED else (*row[:2], 1.0) for row in ordinary(NOON, sensors)]
    rows += [(NOON + MINUTE, DOOR, 0.0), (NOON + 2 * MINUTE, DOOR, 1.0)]
    assert [one.silence for one in said(rows, sensors=sensors)] == [Silence.PERSON_STILL]


@pytest.mark.parametrize("dead", [KITCHEN, BEDROOM, DOOR])
@pytest.mark.parametrize("looked_at", range(1, 10))
def test_a_movement_sensor_that_dies_makes_nobody_still(dead, looked_at):
    rows = [row for row in ordinary(NOON) if row[1] != dead or row[0] < NOON]
    found = said(rows, now=NOON + looked_at * HOUR)
    assert Silence.PERSON_STILL not in {one.silence for one in found}
    assert Silence.PERSON_AWAY not in {one.silence for one in found}
    if looked_at > 5:
        assert [(one.silence, one.subject.id) for one in found] == [(Silence.SENSOR_DEAD, dead)]


def test_when_all_sensors_of_a_gateway_that_is_there_are_silent_its_radio_is():
    rows = [row for row in ordinary(NOON) if row[0] < NOON]
    (one,) = said(rows)
    assert (one.subject.kind, one.silence, one.cause) == ("gateway", Silence.GATEWAY_OFFLINE, Cause.RADIO)

"""That its own system does not reach a device is no sign of life of it, but a sign that it is gone."""

from datetime import date, timedelta

import pytest

from analytics.frames import HOUR, MINUTE, SECOND, instant, sensors_frame
from analytics.home_day import Past, compute
from analytics.silence.classify import classify
from analytics.silence.evidence import Evidence, Gateway, Traits, home_of
from analytics.silence.verdict import Cause, Silence, Subject
from core.places import RoomKind
from ingest.transitions import Transition
from tests.unit.analytics.made import BATHROOM, ROME, at, readings, sensor, sensors, utc

KITCHEN, PLUG, PLUG_REACHED, BATH, BATH_REACHED, HALL, BELL_REACHED = range(1, 8)
TODAY = date(2026, 3, 11)
NOON = at(TODAY, "12:00")
SENSORS = [
    sensor(KITCHEN, "occupancy", RoomKind.KITCHEN),
    sensor(PLUG, "power", RoomKind.KITCHEN),
    sensor(PLUG_REACHED, "reachable", RoomKind.KITCHEN, device=PLUG),
    sensor(BATH, "occupancy", RoomKind.BATHROOM),
    sensor(BATH_REACHED, "reachable", RoomKind.BATHROOM, device=BATH),
    sensor(HALL, "occupancy", RoomKind.HALL),
    sensor(BELL_REACHED, "reachable", RoomKind.HALL),
]
TRAITS = {PLUG: Traits(3 * HOUR, mains=True), BATH: Traits(24 * HOUR, mains=False)}
HOURLY = (KITCHEN, PLUG, HALL)


def ordinary(until=NOON, *, plug_until=NOON):
    """Three devices report hourly for ten days, the sensor of the bathroom does once a day; all are reached."""
    start = at(TODAY - timedelta(days=10), "0:00")
    rows = [(start + MINUTE, each, 1.0) for each in (PLUG_REACHED, BATH_REACHED, BELL_REACHED)]
    for hour in range((until - start) // HOUR):
        rows += [(start + hour * HOUR + each * MINUTE, each, 0.0) for each in HOURLY]
        rows += [(start + hour * HOUR + BATH * MINUTE, BATH, 0.0)] if hour % 24 == 8 else []
    return [row for row in rows if row[1] != PLUG or row[0] < plug_until]


def said(rows, now, changes=()):
    home = home_of(ROME, sensors_frame(SENSORS), TRAITS)
    gateway = Gateway(1, frozenset(one.device_id for one in SENSORS), list(changes), now)
    return classify(Evidence(now, home, readings([row for row in rows if row[0] < now]), [gateway]))


def technical(rows, now, changes=()):
    return {
        one.subject: (one.silence, one.cause, one.since, one.until) for one in said(rows, now, changes) if one.technical
    }


def test_a_device_that_is_not_reached_any_more_is_told_sooner_than_its_silence_alone_would_be():
    rows = ordinary(NOON + 4 * HOUR)
    last = max(row[0] for row in rows if row[1] == PLUG)
    rows.append((NOON + 10 * MINUTE, PLUG_REACHED, 0.0))
    dead = {Subject("device", PLUG): (Silence.SENSOR_DEAD, Cause.UNPLUGGED, last, None)}
    assert technical(rows, NOON + 2 * HOUR) == {}
    assert technical(rows, NOON + 10 * MINUTE + 2 * HOUR + SECOND) == dead
    without = [row for row in rows if row[1] != PLUG_REACHED]
    assert technical(without, NOON + 3 * HOUR) == {}
    assert technical(without, NOON + 4 * HOUR) == dead, "by its silence alone later, with the same beginning"


def test_that_it_is_not_reached_is_no_report_of_a_device():
    rows = ordinary(NOON + 8 * HOUR)
    last = max(row[0] for row in rows if row[1] == PLUG)
    rows.append((NOON + 5 * HOUR, PLUG_REACHED, 0.0))
    assert technical(rows, NOON + 6 * HOUR)[Subject("device", PLUG)][2:] == (last, None)


def test_a_device_that_reports_all_the_same_is_reached():
    rows = [*ordinary(NOON + 4 * HOUR, plug_until=NOON + 4 * HOUR), (NOON - 10 * MINUTE, PLUG_REACHED, 0.0)]
    assert technical(rows, NOON + 4 * HOUR) == {}


def test_a_device_that_is_reached_again_is_not_silent():
    rows = [*ordinary(NOON + 3 * HOUR), (NOON + 10 * MINUTE, PLUG_REACHED, 0.0), (NOON + HOUR, PLUG_REACHED, 1.0)]
    assert technical(rows, NOON + 3 * HOUR) == {}


def test_one_that_reports_once_a_day_is_told_when_its_system_gives_it_up():
    now = at(TODAY + timedelta(days=1), "14:00")
    rows = [row for row in ordinary(now, plug_until=now) if row[1] != BATH or row[0] < NOON - 24 * HOUR]
    rows.append((at(TODAY, "9:04"), BATH_REACHED, 0.0))
    ((subject, (silence, _, since, _)),) = technical(rows, now).items()
    assert (subject, silence) == (Subject("device", BATH), Silence.SENSOR_DEAD)
    assert since == at(TODAY - timedelta(days=1), "8:04")
    assert technical([row for row in rows if row[1] != BATH_REACHED], now) == {}


def test_a_device_of_which_only_its_system_tells_is_silent_since_it_said_so():
    rows = [*ordinary(NOON + 3 * HOUR, plug_until=NOON + 3 * HOUR), (NOON, BELL_REACHED, 0.0)]
    now = NOON + 3 * HOUR
    assert technical(rows, now) == {Subject("device", BELL_REACHED): (Silence.SENSOR_DEAD, Cause.NONE, NOON, None)}


def test_the_time_in_which_the_gateway_was_not_heard_does_not_count():
    rows = [*ordinary(NOON), (NOON + 10 * MINUTE, PLUG_REACHED, 0.0)]
    gone = Transition(
        instant(NOON + 12 * MINUTE), instant(NOON + 11 * MINUTE), False, False, "b1", None, "unknown", None, None
    )
    assert [each.kind for each in technical(rows, NOON + 3 * HOUR, [gone])] == ["gateway"]


@pytest.mark.parametrize("reached", [0.0, 1.0])
def test_nobody_is_called_still_where_only_the_system_of_a_sensor_has_spoken(reached):
    rows = [row for row in ordinary(NOON + 20 * HOUR) if row[1] not in (BATH, PLUG)]
    rows += [(at(TODAY - timedelta(days=n), f"{hour}:30"), KITCHEN, 1.0) for n in range(1, 11) for hour in range(7, 22)]
    rows += [(row[0] + BATH * MINUTE, BATH, 0.0) for row in rows if row[1] == HALL and row[0] < NOON]
    still = [*rows, *((row[0] + BATH * MINUTE, BATH, 0.0) for row in rows if row[1] == HALL and row[0] >= NOON)]
    assert [one.silence for one in said(still, NOON + 19 * HOUR)] == [Silence.PERSON_STILL]
    word = (NOON + 19 * HOUR - MINUTE, BATH_REACHED, reached)
    assert Silence.PERSON_STILL not in [one.silence for one in said([*rows, word], NOON + 19 * HOUR)]


def test_what_the_system_of_a_sensor_says_is_no_report_of_the_day():
    day = date(2026, 3, 2)
    home = sensors(sensor(11, "reachable", RoomKind.BATHROOM, device=BATHROOM))
    rows = [(at(day, "8:00"), BATHROOM, 1.0), (at(day, "9:00"), 11, 0.0)]
    one = compute(day, ROME, home, readings(rows), Past([], {}, None), utc(day + timedelta(days=2), "12:00"))
    assert (one.devices[BATHROOM].reports, one.devices[BATHROOM].last_at) == (1, at(day, "8:00"))
    assert one.rhythm.last_at == at(day, "8:00"), "the home did not speak by that either"

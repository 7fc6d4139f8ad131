"""Nothing is said of the person while the sensors could not tell anything."""

from datetime import date, timedelta

import numpy as np
import pytest

from analytics.frames import Span
from analytics.home_day import Past, compute
from analytics.silence.blind import SEEING, blind
from analytics.silence.verdict import Cause, Silence, Subject, Verdict
from core.places import RoomKind
from tests.unit.analytics.made import BATHROOM, KITCHEN, ROME, at, readings, sensor, sensors, utc

DAY = date(2026, 3, 2)
USUAL = np.tile([3.0 * 3600 if hour < 8 or hour > 21 else 1.0 * 3600 for hour in range(24)], (28, 1))
LEVEL = 11
NIGHT = Span(at(DAY, "22:00"), at(DAY, "30:00"))


def days():
    rows = []
    for offset in (-2, -1, 0, 1):
        day = DAY + timedelta(days=offset)
        rows += [(at(day, f"{hour}:{minute}"), KITCHEN) for hour in range(7, 22) for minute in ("05", "35")]
        rows += [(at(day, "22:30"), 1), (at(day, "25:30"), BATHROOM), (at(day, "28:30"), 1)]
    return rows


def verdict(kind, id_, silence, cause, span, *, ended=True):
    return Verdict(Subject(kind, id_), silence, cause, span.start, span.end if ended else None, 0.9)


def values(verdicts, rows=None, until=None):
    sight = blind(verdicts, at(DAY, "36:00"))
    seen_until = until or utc(DAY + timedelta(days=5), "12:00")
    one = compute(DAY, ROME, sensors(), readings(rows or days()), Past(USUAL, {}, None), seen_until, sight)
    return {value.kind: value.value for value in one.values}, one


def test_the_time_without_power_is_not_known_and_that_of_a_cut_line_is():
    found, _ = values([verdict("gateway", 1, Silence.POWER_CUT, Cause.RESTARTED, NIGHT)])
    assert found["night_bathroom_visits"] is None
    assert found["longest_stillness"] is not None
    found, _ = values([verdict("gateway", 1, Silence.LINE_CUT, Cause.NONE, NIGHT)])
    assert found["night_bathroom_visits"] == 1.0
    found, _ = values([verdict("gateway", 1, Silence.LINE_CUT, Cause.NONE, NIGHT, ended=False)])
    assert found["night_bathroom_visits"] is None


def test_an_indicator_rests_on_none_of_its_sensors_while_one_is_dead_or_stuck():
    for silence in (Silence.SENSOR_DEAD, Silence.SENSOR_STUCK):
        found, _ = values([verdict("device", BATHROOM, silence, Cause.NONE, NIGHT)])
        assert found["night_bathroom_visits"] is None
    found, _ = values([verdict("device", BATHROOM, Silence.BATTERY_LOW, Cause.WEAK, NIGHT)])
    assert found["night_bathroom_visits"] == 1.0


def test_a_stillness_that_a_dead_sensor_touches_is_none():
    gone = Span(at(DAY, "12:10"), at(DAY, "14:50"))
    rows = [row for row in days() if not gone.start <= row[0] < gone.end]
    found, _ = values([], rows)
    assert found["longest_stillness"] == pytest.approx(3.0)
    dead = Span(at(DAY, "12:00"), at(DAY, "13:00"))
    found, _ = values([verdict("device", KITCHEN, Silence.SENSOR_DEAD, Cause.NONE, dead)], rows)
    assert found["longest_stillness"] == pytest.approx(0.5)


def test_what_was_told_of_is_not_found_again_as_a_silence():
    gone = Span(at(DAY, "9:10"), at(DAY, "21:10"))
    rows = [row for row in days() if not gone.start <= row[0] < gone.end]
    _, one = values([], rows)
    assert len(one.silences) == 1
    _, one = values([verdict("gateway", 1, Silence.POWER_CUT, Cause.RESTARTED, gone)], rows)
    assert one.silences == []


def test_stillness_is_confirmed_only_as_far_as_the_sensors_that_report_by_themselves_have():
    home = sensors(sensor(LEVEL, "battery", RoomKind.KITCHEN, device=KITCHEN))
    past = Past(USUAL, {KITCHEN: [3600.0] * 10}, None)
    rows = [row for row in days() if row[0] < at(DAY, "12:10")]
    now = utc(DAY, "16:30")

    def still(last_report):
        more = [(at(DAY, f"{hour}:20"), LEVEL, 80.0) for hour in range(13, last_report + 1)]
        one = compute(DAY, ROME, home, readings([*rows, *more]), past, now, SEEING).stills[-1]
        return one.quiet.start, one.quiet.end, one.decided

    assert still(16) == (at(DAY, "12:05"), at(DAY, "16:30"), True), "it has spoken since, and is not overdue"
    assert still(13) == (at(DAY, "12:05"), at(DAY, "13:20"), False), "it died at half past one"

"""One day of one home, by hand."""

from datetime import date, timedelta

import numpy as np
import pytest

from analytics.frames import HOUR, Span, instant
from analytics.home_day import HomeDay, Past, compute, reading_window
from analytics.indicators import INDICATORS
from analytics.measuring import Value
from analytics.reports import Heard, SensorSilence
from core.localtime import local_day
from core.places import RoomKind
from tests.unit.analytics.made import (
    BATHROOM,
    BED_TEMPERATURE,
    BEDROOM,
    FRONT_DOOR,
    KITCHEN,
    ROME,
    at,
    readings,
    sensor,
    sensors,
    utc,
)

DAY = date(2026, 3, 2)
USUAL = np.tile([3.0 * 3600 if hour < 8 or hour > 21 else 1.0 * 3600 for hour in range(24)], (28, 1))
LATER = utc(DAY + timedelta(days=5), "12:00")


def ordinary(day: date) -> list[tuple[int, int]]:
    """Breakfast to bedtime, somebody moves every half hour; one visit to the bathroom by night."""
    rows = [(at(day, f"{hour}:{minute}"), KITCHEN) for hour in range(7, 22) for minute in ("05", "35")]
    return [*rows, (at(day, "22:30"), BEDROOM), (at(day, "25:30"), BATHROOM), (at(day, "28:30"), BEDROOM)]


def weeks(day: date) -> list[tuple[int, int]]:
    return [row for offset in (-2, -1, 0, 1) for row in ordinary(day + timedelta(days=offset))]


def computed(rows: list[tuple[int, int]], *, day: date = DAY, past: Past | None = None, until=LATER) -> HomeDay:
    return compute(day, ROME, sensors(), readings(rows), past or Past(USUAL, {}, None), until)


def value(result: HomeDay, kind: str) -> Value:
    return next(one for one in result.values if one.kind == kind)


def test_an_ordinary_day() -> None:
    result = computed(weeks(DAY))
    visits = value(result, "night_bathroom_visits")
    assert (visits.value, visits.coverage, visits.unit) == (1.0, 1.0, "1")
    still = value(result, "longest_stillness")
    assert still.value == pytest.approx(0.5)  # 30 minutes between two steps
    assert result.silences == []
    assert result.rhythm.readings == 33
    assert result.rhythm.last_at == at(DAY, "22:30")


def test_visits_on_both_sides_of_midnight_belong_to_one_night() -> None:
    more = [(at(DAY, clock), BATHROOM) for clock in ("21:50", "22:10", "23:58", "24:10", "29:55", "30:05")]
    assert value(computed([*weeks(DAY), *more]), "night_bathroom_visits").value == 4.0  # at 22:10 nobody is in bed yet


def test_before_falling_asleep_and_after_getting_up_a_visit_is_none_of_the_night() -> None:
    more = [(at(DAY, clock), BATHROOM) for clock in ("22:05", "22:20", "24:10")]
    up = [(at(DAY, clock), room) for clock, room in (("29:00", KITCHEN), ("29:20", BATHROOM), ("29:40", KITCHEN))]
    assert value(computed([*weeks(DAY), *more, *up]), "night_bathroom_visits").value == 2.0  # 0:10 and 1:30


def test_where_nothing_tells_of_lying_down_all_visits_of_the_night_count() -> None:
    rows = [(at(DAY, clock), BATHROOM) for clock in ("22:05", "24:10", "29:20", "30:05")]
    seen = [row for row in weeks(DAY) if row[1] != BEDROOM]
    assert value(computed([*seen, *rows]), "night_bathroom_visits").value == 4.0


def test_who_does_not_lie_down_in_a_night_gets_no_verdict_on_it() -> None:
    about = [(at(DAY, f"{hour}:{minute}"), KITCHEN) for hour in range(22, 31) for minute in ("05", "25", "45")]
    rows = [row for row in weeks(DAY) if row[1] != BEDROOM or row[0] < at(DAY, "0:00")]
    visits = value(computed([*rows, *about]), "night_bathroom_visits")
    assert (visits.value, visits.coverage) == (None, 1.0)


def test_a_fall_at_noon_shows_as_stillness() -> None:
    gone = Span(at(DAY, "12:10"), at(DAY, "14:50"))
    rows = [row for row in weeks(DAY) if not gone.start <= row[0] < gone.end]
    assert value(computed(rows), "longest_stillness").value == pytest.approx(3.0)


def test_who_is_out_is_not_still_and_the_sensors_are_not_dead() -> None:
    rows = [row for row in weeks(DAY) if not at(DAY, "9:00") <= row[0] < at(DAY, "19:00")]
    rows += [(at(DAY, "9:00"), FRONT_DOOR), (at(DAY, "19:00"), FRONT_DOOR)]
    result = computed(rows)
    still = value(result, "longest_stillness")
    assert still.value == pytest.approx(0.5)
    assert still.coverage == 1.0
    assert result.silences == []


def test_who_sleeps_elsewhere_gets_no_verdict_about_the_night() -> None:
    rows = [row for row in weeks(DAY) if not at(DAY, "20:00") <= row[0] < at(DAY, "33:00")]
    rows += [(at(DAY, "20:00"), FRONT_DOOR), (at(DAY, "33:00"), FRONT_DOOR)]
    assert value(computed(rows), "night_bathroom_visits").value is None


def test_an_outage_is_no_coverage_and_no_verdict() -> None:
    outage = Span(at(DAY, "16:00"), at(DAY, "48:00"))
    rows = [row for row in weeks(DAY) if not outage.start <= row[0] < outage.end]
    result = computed(rows)
    assert value(result, "night_bathroom_visits").value is None
    assert value(result, "night_bathroom_visits").coverage == 0.0
    assert value(result, "longest_stillness").value is None
    assert value(result, "longest_stillness").coverage == pytest.approx(7.58 / 14, abs=0.01)
    silence = result.silences[0]
    assert silence.span.start == at(DAY, "15:35")
    assert not silence.ended  # the day is seen up to the noon after it
    assert silence.before == 1.0


def test_a_silence_that_began_earlier_begins_where_the_home_last_spoke() -> None:
    rows = [row for row in weeks(DAY) if row[0] >= at(DAY, "15:00")]
    last = at(DAY - timedelta(days=4), "9:00")
    result = computed(rows, past=Past(USUAL, {}, last))
    assert [(one.span.start, one.ended) for one in result.silences] == [(last, True)]
    assert computed(rows).silences == []  # a home that has never spoken is not missed


def test_a_dead_bathroom_sensor_leaves_no_verdict_on_the_bathroom() -> None:
    battery = sensor(BED_TEMPERATURE, "battery", RoomKind.BATHROOM, device=BATHROOM)
    reports = [
        (at(DAY, "0:10") + hour * 3_600_000_000, BED_TEMPERATURE, 80.0) for hour in range(-24, 20)
    ]  # its battery is told every hour until 19:10
    rows = [row for row in weeks(DAY) if row[1] != BATHROOM or row[0] < at(DAY, "19:00")]
    past = Past(USUAL, {BATHROOM: [3600.0] * 20}, None)
    result = compute(DAY, ROME, sensors(battery), readings([*rows, *reports]), past, LATER)
    assert value(result, "night_bathroom_visits").value is None
    assert value(result, "night_bathroom_visits").coverage == 0.5  # the sensor in the bedroom lives
    assert value(result, "longest_stillness").value is not None
    told = result.devices[BATHROOM]
    assert (told.reports, told.usual_gap_s) == (21, 3600.0)  # the visit of 1:30 is a report as well


def test_a_dead_bathroom_sensor_that_tells_activations_only_is_not_a_night_without_visits() -> None:
    rows = [row for row in weeks(DAY) if row[1] != BATHROOM]
    last = at(DAY - timedelta(days=3), "1:30")
    past = Past(USUAL, {}, None, {BATHROOM: Heard(last, 36 * HOUR), KITCHEN: Heard(at(DAY, "0:00"), 36 * HOUR)})
    result = computed(rows, past=past)
    assert value(result, "night_bathroom_visits") == Value("night_bathroom_visits", DAY, None, "1", 0.5, 2)
    assert result.silent_sensors == [SensorSilence(BATHROOM, Span(last, at(DAY, "36:00")), ended=False)]
    # Not without a habit, and not for longer than the habit allows.
    for limit in (None, 5 * 24 * HOUR):
        patient = computed(rows, past=Past(USUAL, {}, None, {BATHROOM: Heard(last, limit)}))
        assert value(patient, "night_bathroom_visits").value == 0.0
        assert patient.silent_sensors == []


def test_a_sensor_that_speaks_again_ends_its_silence() -> None:
    rows = [row for row in weeks(DAY) if row[1] != BATHROOM] + [(at(DAY, "9:00"), BATHROOM)]
    last = at(DAY - timedelta(days=3), "1:30")
    result = computed(rows, past=Past(USUAL, {}, None, {BATHROOM: Heard(last, 36 * HOUR)}))
    assert result.silent_sensors == [SensorSilence(BATHROOM, Span(last, at(DAY, "9:00")), ended=True)]
    assert value(result, "night_bathroom_visits").value == 0.0


def test_no_sensor_is_missed_while_nobody_is_there() -> None:
    rows = [(at(DAY - timedelta(days=1), "8:00"), FRONT_DOOR), (at(DAY, "35:00"), FRONT_DOOR)]
    last = at(DAY - timedelta(days=1), "7:30")
    assert computed(rows, past=Past(USUAL, {}, None, {BATHROOM: Heard(last, 36 * HOUR)})).silent_sensors == []


def test_nothing_later_than_seen_is_looked_at() -> None:
    rows = weeks(DAY)
    seen = utc(DAY + timedelta(days=1), "00:30")
    early = computed(rows, until=seen)
    blind = computed([row for row in rows if instant(row[0]) < seen], until=seen)
    assert (early.values, early.episodes, early.silences) == (blind.values, blind.episodes, blind.silences)
    assert [one.kind for one in early.values] == ["longest_stillness"]
    assert early.stills == blind.stills
    assert not computed(rows, until=utc(DAY, "23:00")).values


def test_sensors_that_are_silent_for_too_long_are_not_taken_for_somebody_still() -> None:
    rows = [row for row in weeks(DAY) if row[0] < at(DAY, "9:30")]
    result = computed(rows, until=utc(DAY, "15:30"))
    # Nothing is believed of it from its beginning, and nothing is decided.
    still = result.stills[-1]
    assert (still.quiet.start, still.quiet.end, still.decided) == (at(DAY, "9:05"), at(DAY, "9:05"), False)


def test_the_long_times_without_a_sign_that_touch_a_day_and_what_is_kept_of_all_that_began_on_it() -> None:
    rows = [row for row in weeks(DAY) if not at(DAY, "9:30") <= row[0] < at(DAY, "12:20")]
    result = computed(rows)
    assert [(one.quiet.start, one.quiet.end) for one in result.stills] == [
        (at(DAY - timedelta(days=1), "22:30"), at(DAY, "1:30")),
        (at(DAY, "1:30"), at(DAY, "4:30")),
        (at(DAY, "4:30"), at(DAY, "7:05")),
        (at(DAY, "9:05"), at(DAY, "12:35")),
        (at(DAY, "21:35"), at(DAY, "22:30")),
        (at(DAY, "22:30"), at(DAY, "25:30")),
    ]
    assert all(one.decided and one.quiet.ended and one.coverage == 1.0 and not one.blind for one in result.stills)
    assert len(result.quiet.begin) == 27
    assert result.quiet.lasted[result.quiet.begin == 9 * 60 + 5].tolist() == [210]
    assert result.rooms == {1: 1, 2: 2, 3: 3, 5: 5}
    # While it goes on, it ends where it was last seen.
    goes_on = computed([row for row in rows if row[0] < at(DAY, "9:30")], until=utc(DAY, "12:05")).stills[-1].quiet
    assert (goes_on.start, goes_on.end, goes_on.ended) == (at(DAY, "9:05"), at(DAY, "12:05"), False)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 7), (date(2026, 10, 24), 9), (DAY, 8)])
def test_the_night_is_as_long_as_the_clock_makes_it(day: date, hours: int) -> None:
    assert INDICATORS["night_bathroom_visits"].interval(day, ROME).duration == timedelta(hours=hours)
    visits = [(at(day, clock), BATHROOM) for clock in ("22:00", "24:30", "27:30", "29:59", "30:00")]
    rows = [row for row in weeks(day) if row[1] not in (BATHROOM, BEDROOM)] + visits
    assert (
        value(computed(rows, day=day, until=utc(day + timedelta(days=3), "12:00")), "night_bathroom_visits").value == 4
    )


def test_stays_are_cut_at_midnight_and_meet_there() -> None:
    rows = weeks(DAY)
    today = [e for e in computed(rows).episodes if e.kind == "presence"]
    tomorrow = [e for e in computed(rows, day=DAY + timedelta(days=1)).episodes if e.kind == "presence"]
    midnight = at(DAY, "24:00")
    assert today[-1].end == midnight == tomorrow[0].start
    assert today[-1].room_id == tomorrow[0].room_id
    start = at(DAY, "0:00")
    assert all(start <= e.start <= e.end <= midnight for e in today)


def test_the_window_of_readings_reaches_from_the_day_before_to_the_noon_after() -> None:
    window = reading_window(DAY, ROME, LATER)
    assert instant(window.start) == local_day(DAY, ROME).start - timedelta(hours=24)
    assert instant(window.end) == utc(DAY + timedelta(days=1), "12:00")

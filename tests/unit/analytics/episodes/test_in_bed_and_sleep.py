"""In bed and asleep: by a sensor in the bed, and by movement alone."""

from datetime import date, timedelta

import pytest

from analytics.activity import activity
from analytics.episodes import in_bed, of_home, outing, sleep
from analytics.frames import HOUR, Episode, Span, columns, span
from analytics.observed import passages, tracks
from core.localtime import local_night
from core.places import Place, RoomKind
from tests.unit.analytics.made import BATHROOM, BEDROOM, FRONT_DOOR, KITCHEN, ROME, at, readings, sensor, sensors

DAY = date(2026, 3, 2)
BED, OTHER_HALF = 30, 31
STRAP = sensor(BED, "bed_occupancy", RoomKind.BEDROOM, Place.BED)


def night(
    *events: tuple, day: date = DAY, until: str = "36:00", beds: tuple = (), unknown: tuple = ()
) -> list[Episode]:
    home = sensors(*beds)
    table = readings((at(day, clock), *rest) for clock, *rest in events)
    signs = activity(table, home)
    outings = outing.outings(signs, at(day, until))
    window = Span(at(day, "0:00"), at(day, until))
    measured = tracks(columns(table), home.measuring)
    return of_home.of_life(day, ROME, window, signs, passages(signs), measured, home.watched, outings, unknown)


def times(found: list[Episode], kind: str) -> list[tuple[int, int]]:
    return [(e.start, e.end) for e in found if e.kind == kind]


ORDINARY = (
    ("21:30", KITCHEN), ("22:05", BATHROOM), ("22:10", BEDROOM), ("22:16", BEDROOM), ("26:00", BATHROOM),
    ("26:03", BATHROOM), ("26:06", BEDROOM), ("31:00", BEDROOM), ("31:02", KITCHEN),
)  # fmt: skip


def test_by_movement_sleep_begins_when_the_bedroom_is_still_and_ends_when_somebody_moves() -> None:
    found = night(*ORDINARY)
    assert times(found, sleep.KIND) == [(at(DAY, "22:16"), at(DAY, "31:00"))]
    assert times(found, sleep.RISING) == [(at(DAY, "26:00"), at(DAY, "26:06"))]
    assert times(found, in_bed.KIND) == [(at(DAY, "22:10"), at(DAY, "26:00")), (at(DAY, "26:06"), at(DAY, "31:02"))]


def test_who_comes_back_from_the_bathroom_unseen_is_in_bed_again() -> None:
    found = night(*(event for event in ORDINARY if event[0] != "26:06"))
    assert times(found, sleep.RISING) == [(at(DAY, "26:00"), at(DAY, "26:03"))]
    # But a long stay in the bathroom by day is none in bed.
    found = night(("14:00", KITCHEN), ("14:05", BATHROOM), ("15:00", KITCHEN), ("22:00", BEDROOM), ("22:20", KITCHEN))
    assert at(DAY, "14:05") not in [start for start, _ in times(found, in_bed.KIND)]


def test_with_a_sensor_in_the_bed_movement_elsewhere_does_not_matter() -> None:
    events = (
        ("22:00", BED, 1.0),
        ("22:20", KITCHEN),
        ("23:00", BED, 1.0),
        ("27:00", BED, 0.0),
        ("27:05", BED, 1.0),
        ("30:30", BED, 0.0),
    )
    found = night(*events, beds=(STRAP,))
    assert times(found, in_bed.KIND) == [(at(DAY, "22:00"), at(DAY, "27:00")), (at(DAY, "27:05"), at(DAY, "30:30"))]
    assert times(found, sleep.RISING) == [(at(DAY, "27:00"), at(DAY, "27:05"))]


def test_two_sensors_in_one_bed_are_one_and_turning_over_is_no_rising() -> None:
    both = (STRAP, sensor(OTHER_HALF, "bed_occupancy", RoomKind.BEDROOM, Place.BED))
    events = (("22:00", BED, 1.0), ("25:00", OTHER_HALF, 1.0), ("25:01", BED, 0.0), ("30:00", OTHER_HALF, 0.0))
    found = night(*events, beds=both)
    assert times(found, in_bed.KIND) == [(at(DAY, "22:00"), at(DAY, "30:00"))]
    assert times(found, sleep.RISING) == []


def test_a_nap_is_in_bed_and_not_the_nights_sleep() -> None:
    found = night(("13:30", BED, 1.0), ("15:30", BED, 0.0), ("23:00", BED, 1.0), ("31:00", BED, 0.0), beds=(STRAP,))
    assert len(times(found, in_bed.KIND)) == 2
    assert times(found, sleep.KIND) == [(at(DAY, "23:00"), at(DAY, "31:00"))]


def test_who_lies_down_after_lunch_and_early_in_the_evening_has_not_gone_to_bed_at_noon() -> None:
    resting = (("13:30", BED, 1.0), ("16:30", BED, 0.0), ("17:45", BED, 1.0), ("19:00", BED, 0.0))
    night_long = (("22:40", BED, 1.0), ("27:00", BED, 0.0), ("28:30", BED, 1.0), ("32:00", BED, 0.0))
    found = night(*resting, *night_long, beds=(STRAP,))
    assert times(found, sleep.KIND) == [(at(DAY, "22:40"), at(DAY, "32:00"))]
    assert times(found, sleep.RISING) == [(at(DAY, "27:00"), at(DAY, "28:30"))]  # awake for long at night


def test_who_sleeps_by_day_is_found_asleep_by_day() -> None:
    found = night(("23:00", KITCHEN), ("28:00", KITCHEN), ("29:00", BED, 1.0), ("36:00", BED, 0.0), beds=(STRAP,))
    assert times(found, sleep.KIND) == [(at(DAY, "29:00"), at(DAY, "36:00"))]


def test_who_is_out_or_was_never_in_bed_has_no_sleep() -> None:
    out = (("20:00", BEDROOM), ("20:10", FRONT_DOOR), ("33:00", FRONT_DOOR), ("33:01", KITCHEN))
    assert times(night(*out), sleep.KIND) == []
    assert times(night(("20:00", KITCHEN), ("33:00", KITCHEN)), sleep.KIND) == []
    lost = Span(at(DAY, "23:00"), at(DAY, "30:00"))
    assert times(night(*ORDINARY, unknown=(lost,)), sleep.KIND) == []


def test_sleep_after_midnight_belongs_to_the_night_before() -> None:
    found = night(("24:40", BED, 1.0), ("32:00", BED, 0.0), beds=(STRAP,))
    assert times(found, sleep.KIND) == [(at(DAY, "24:40"), at(DAY, "32:00"))]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 8), (date(2026, 10, 24), 10), (DAY, 9)])
def test_a_night_of_a_change_is_an_hour_shorter_or_longer(day: date, hours: int) -> None:
    found = night(("22:00", BED, 1.0), ("31:00", BED, 0.0), day=day, beds=(STRAP,))
    start, end = times(found, sleep.KIND)[0]
    assert (end - start) / HOUR == hours


def test_a_night_is_cut_at_noon() -> None:
    windows = [(night, night) for night in (span(local_night(DAY + timedelta(days=n), ROME)) for n in (0, 1))]
    beds = [Episode(in_bed.KIND, at(DAY, "30:00"), at(DAY, "42:00"), None, 2)]
    found = sleep.nights(beds, activity(readings([]), sensors()).at, windows)
    assert times(found, sleep.KIND) == [(at(DAY, "30:00"), at(DAY, "36:00")), (at(DAY, "36:00"), at(DAY, "42:00"))]

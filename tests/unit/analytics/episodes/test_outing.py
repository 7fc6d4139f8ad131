from datetime import date

from analytics.activity import activity
from analytics.episodes.outing import after_door, outings
from analytics.frames import Span
from tests.unit.analytics.made import BEDROOM, FRONT_DOOR, KITCHEN, at, readings, sensors

DAY = date(2026, 3, 2)


def seen(*events: tuple[str, int], until: str = "20:00") -> list[tuple[int, int]]:
    signs = activity(readings((at(DAY, clock), series) for clock, series in events), sensors())
    return [(e.start, e.end) for e in outings(signs, at(DAY, until))]


def test_a_door_and_then_nobody_is_an_outing() -> None:
    assert seen(("9:00", KITCHEN), ("9:05", FRONT_DOOR), ("11:00", FRONT_DOOR), ("11:01", KITCHEN)) == [
        (at(DAY, "9:05"), at(DAY, "11:00"))
    ]


def test_somebody_who_moves_after_the_door_is_at_home() -> None:
    assert seen(("9:00", FRONT_DOOR), ("9:10", KITCHEN), ("13:00", KITCHEN), until="13:10") == []


def test_a_sensor_may_still_see_who_is_leaving() -> None:
    assert seen(("9:00", FRONT_DOOR), ("9:01", KITCHEN), ("11:00", FRONT_DOOR), ("11:01", KITCHEN), until="11:05") == [
        (at(DAY, "9:01"), at(DAY, "11:00"))
    ]


def test_without_a_door_there_is_no_outing() -> None:
    assert seen(("9:00", KITCHEN), ("15:00", BEDROOM), until="15:10") == []


def test_a_long_absence_needs_a_door_at_its_end() -> None:
    lost = (("9:00", FRONT_DOOR), ("16:00", KITCHEN), ("16:01", KITCHEN))
    assert seen(*lost, until="16:05") == []
    assert seen(*lost, ("15:59", FRONT_DOOR), until="16:05") == [(at(DAY, "9:00"), at(DAY, "15:59"))]


def test_who_stays_behind_and_sits_down_is_not_out() -> None:
    visitor_left = (("9:00", FRONT_DOOR), ("9:30", KITCHEN), ("9:31", KITCHEN))
    assert seen(*visitor_left, until="9:35") == []
    assert seen(("9:00", FRONT_DOOR), ("10:00", KITCHEN), ("10:01", KITCHEN), until="10:05") == [
        (at(DAY, "9:00"), at(DAY, "10:00"))
    ], "that the sensor of the door missed who came back is more likely after an hour"


def test_one_that_has_not_ended_lasts_until_now() -> None:
    assert seen(("9:00", FRONT_DOOR), until="10:00") == [(at(DAY, "9:00"), at(DAY, "10:00"))]


def test_a_door_and_then_nobody_is_either_an_outing_or_quiet() -> None:
    events = [("9:00", FRONT_DOOR), ("9:30", KITCHEN), ("12:00", FRONT_DOOR), ("13:00", KITCHEN), ("13:01", KITCHEN)]
    signs = activity(readings((at(DAY, clock), series) for clock, series in events), sensors())
    assert [(e.kind, e.start, e.end) for e in after_door(signs, at(DAY, "13:05"))] == [
        ("quiet_after_door", at(DAY, "9:00"), at(DAY, "9:30")),
        ("outing", at(DAY, "12:00"), at(DAY, "13:00")),
    ]
    so_far = after_door(signs.within(Span(0, at(DAY, "9:20"))), at(DAY, "9:20"))
    assert [e.kind for e in so_far] == ["outing"], "what goes on is not known to be quiet only"

from datetime import date

from analytics.activity import activity
from analytics.episodes.outing import outings
from analytics.episodes.presence import stays
from core.places import RoomKind
from tests.unit.analytics.made import BATHROOM, BEDROOM, FRONT_DOOR, KITCHEN, at, readings, room_id, sensor, sensors

DAY = date(2026, 3, 2)
BED, BATH, COOK = room_id(RoomKind.BEDROOM), room_id(RoomKind.BATHROOM), room_id(RoomKind.KITCHEN)


def seen(*events: tuple[str, int] | tuple[str, int, float], until: str) -> list[tuple[int | None, int, int]]:
    home = sensors(sensor(30, "presence", RoomKind.LIVING))
    signs = activity(readings((at(DAY, event[0]), *event[1:]) for event in events), home)
    found = stays(signs, outings(signs, at(DAY, until)), at(DAY, until))
    return [(e.room_id, e.start, e.end) for e in found]


def test_a_stay_lasts_until_activity_in_another_room() -> None:
    assert seen(("22:30", BEDROOM), ("27:00", BATHROOM), ("27:05", BEDROOM), ("31:00", KITCHEN), until="31:30") == [
        (BED, at(DAY, "22:30"), at(DAY, "27:00")),
        (BATH, at(DAY, "27:00"), at(DAY, "27:05")),
        (BED, at(DAY, "27:05"), at(DAY, "31:00")),
        (COOK, at(DAY, "31:00"), at(DAY, "31:30")),
    ]


def test_a_silence_that_is_too_long_ends_it_at_the_last_sign() -> None:
    assert seen(("1:00", BEDROOM), ("1:30", BEDROOM), ("13:00", KITCHEN), until="13:10") == [
        (BED, at(DAY, "1:00"), at(DAY, "1:30")),
        (COOK, at(DAY, "13:00"), at(DAY, "13:10")),
    ]


def test_who_goes_out_is_not_in_the_room_any_more() -> None:
    found = seen(("9:00", KITCHEN), ("9:10", KITCHEN), ("9:11", FRONT_DOOR), ("11:00", FRONT_DOOR), until="11:01")
    assert found == [(COOK, at(DAY, "9:00"), at(DAY, "9:10"))]


def test_a_radar_ends_it() -> None:
    living = room_id(RoomKind.LIVING)
    assert seen(("9:00", 30), ("9:40", 30, 0.0), ("11:00", KITCHEN), until="11:10")[0] == (
        living,
        at(DAY, "9:00"),
        at(DAY, "9:40"),
    )


def test_walking_through_is_no_stay() -> None:
    assert seen(("9:00", BEDROOM), ("9:20", BATHROOM), until="9:20") == [(BED, at(DAY, "9:00"), at(DAY, "9:20"))]


def test_no_signs_no_stays() -> None:
    assert seen(until="9:00") == []

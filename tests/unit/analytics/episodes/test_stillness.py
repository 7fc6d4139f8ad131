from datetime import date

from analytics.activity import activity
from analytics.episodes.outing import outings
from analytics.episodes.stillness import stillnesses
from analytics.frames import Span
from tests.unit.analytics.made import BEDROOM, FRONT_DOOR, KITCHEN, at, readings, sensors

DAY = date(2026, 3, 2)


def seen(*events: tuple[str, int], until: str, unknown: tuple[Span, ...] = ()) -> list[tuple[int, int]]:
    signs = activity(readings((at(DAY, clock), series) for clock, series in events), sensors())
    found = stillnesses(signs, outings(signs, at(DAY, until)), unknown, at(DAY, until))
    return [(e.start, e.end) for e in found]


def test_a_time_without_movement_anywhere() -> None:
    assert seen(("9:00", KITCHEN), ("9:20", BEDROOM), ("12:00", BEDROOM), until="12:10") == [
        (at(DAY, "9:20"), at(DAY, "12:00"))
    ]


def test_who_is_out_is_not_still() -> None:
    assert seen(("9:00", FRONT_DOOR), ("12:00", FRONT_DOOR), ("12:01", KITCHEN), until="12:05") == []


def test_who_left_is_not_still_however_long_it_lasts_and_whoever_comes() -> None:
    assert seen(("9:00", FRONT_DOOR), until="33:00") == []
    assert seen(("9:00", FRONT_DOOR), ("16:00", KITCHEN), ("16:01", KITCHEN), until="16:05") == []


def test_who_has_come_home_is() -> None:
    came_home = (("9:00", FRONT_DOOR), ("16:00", FRONT_DOOR), ("16:01", KITCHEN))
    assert seen(*came_home, until="21:30") == [(at(DAY, "16:01"), at(DAY, "21:30"))]


def test_a_time_of_which_nobody_knows_is_no_stillness() -> None:
    gap = Span(at(DAY, "9:00"), at(DAY, "18:00"))
    assert seen(("9:00", KITCHEN), ("18:00", KITCHEN), until="18:10", unknown=(gap,)) == []


def test_one_that_goes_on_lasts_until_now() -> None:
    assert seen(("9:00", KITCHEN), until="11:00") == [(at(DAY, "9:00"), at(DAY, "11:00"))]

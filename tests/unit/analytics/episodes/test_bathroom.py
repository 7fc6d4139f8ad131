from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from analytics.activity import activity
from analytics.episodes.bathroom import MERGED, visits
from tests.unit.analytics.made import BATHROOM, KITCHEN, at, readings, sensors

DAY = date(2026, 3, 2)


def seen(*clocks: str) -> list[tuple[int, int]]:
    return [(e.start, e.end) for e in visits(activity(readings((at(DAY, c), BATHROOM) for c in clocks), sensors()))]


def test_short_pauses_are_bridged_and_long_ones_are_not() -> None:
    assert seen("1:00", "1:04", "1:08", "1:13", "3:00") == [
        (at(DAY, "1:00"), at(DAY, "1:08")),
        (at(DAY, "1:13"), at(DAY, "1:13")),
        (at(DAY, "3:00"), at(DAY, "3:00")),
    ]


def test_midnight_does_not_cut_a_visit() -> None:
    assert seen("23:58", "24:01") == [(at(DAY, "23:58"), at(DAY, "24:01"))]


def test_other_rooms_are_no_visit() -> None:
    assert visits(activity(readings([(at(DAY, "1:00"), KITCHEN)]), sensors())) == []


@given(st.lists(st.integers(0, 24 * 60), min_size=1, max_size=40, unique=True))
def test_every_sign_is_in_exactly_one_visit_and_visits_lie_apart(minutes: list[int]) -> None:
    start = at(DAY, "0:00")
    found = visits(activity(readings((start + minute * 60_000_000, BATHROOM) for minute in minutes), sensors()))
    assert sum(e.readings for e in found) == len(minutes)
    assert all(sum(e.start <= start + minute * 60_000_000 <= e.end for e in found) == 1 for minute in minutes)
    assert all(later.start - earlier.end >= MERGED for earlier, later in pairwise(found))

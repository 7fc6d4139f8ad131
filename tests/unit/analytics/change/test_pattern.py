"""How rare it is that several indicators depart together."""

import numpy as np

from analytics.baseline import Baseline
from analytics.change.departure import Departure
from analytics.change.domains import OF_NAME
from analytics.change.pattern import together

USUAL = Baseline(1.0, 0.75, 0.0, 2.0, 28)


def departed(days: int = 2, **z: float) -> dict[tuple[str, int], Departure]:
    return {(kind, days): Departure(days, 0.0, USUAL, value) for kind, value in z.items()}


def rarity(_: str, __: int, z: float) -> float:
    return max(0.0, z)


def total(name: str, days: int = 2, **z: float) -> float | None:
    found = together(OF_NAME[name], days, departed(days, **z), rarity)
    return None if found is None else found.total


def test_what_points_the_same_way_adds_up() -> None:
    assert total("eating_less", meals=-2.0, food_uses=-1.5) == 3.5
    assert total("eating_less", meals=-2.0, food_uses=-1.5, hot_drinks=-1.0, activity_kitchen=-1.0) == 5.5


def test_what_points_the_other_way_adds_nothing() -> None:
    assert total("eating_less", meals=-2.0, food_uses=1.5) == 2.0
    assert total("moving_less", activity=-2.0, room_changes=2.0) == 2.0, "moving more is no sign of moving less"
    assert total("moving_more", 7, activity=-2.0, room_changes=2.0) == 2.0


def test_more_movement_within_days_is_nothing_yet() -> None:
    assert total("moving_more", 2, activity=2.0, room_changes=2.0) == 0.0
    assert total("moving_more", 7, activity=2.0, room_changes=2.0) == 4.0


def test_one_indicator_alone_is_no_pattern() -> None:
    assert total("eating_less", meals=-2.0) is None
    assert total("eating_less") is None


def test_without_the_door_nobody_is_about_by_it() -> None:
    assert total("about_at_night", night_walking=3.0, sleep_interruptions=2.0, night_door=0.0) == 0.0
    assert total("about_at_night", night_walking=3.0, sleep_interruptions=2.0, night_door=2.0) == 7.0
    assert total("about_at_night", night_walking=3.0, sleep_interruptions=2.0) is None, "nobody knows of the door"


def test_an_indicator_that_the_reference_does_not_know_is_left_out() -> None:
    assert together(OF_NAME["eating_less"], 2, departed(meals=-2.0, food_uses=-2.0), lambda *_: None) is None
    assert np.isclose(total("eating_less", meals=-2.0, food_uses=-2.0) or 0.0, 4.0)

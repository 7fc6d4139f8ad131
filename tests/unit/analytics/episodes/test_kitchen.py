from datetime import date

from analytics.activity import activity
from analytics.episodes import kitchen
from analytics.frames import columns
from analytics.layout import Layout
from analytics.observed import tracks
from core.places import Place, RoomKind
from tests.unit.analytics.made import BATHROOM, KITCHEN, at, readings, sensor, sensors

DAY = date(2026, 3, 2)
FRIDGE, KETTLE, TV = 40, 41, 42
HOME = sensors(
    sensor(FRIDGE, "contact", RoomKind.KITCHEN, Place.FRIDGE),
    sensor(KETTLE, "power", RoomKind.KITCHEN, Place.KETTLE),
    sensor(TV, "power", RoomKind.LIVING, Place.TV),
)


PLAIN = sensors()
CUPBOARD = 43
WELL_WATCHED = sensors(
    sensor(FRIDGE, "contact", RoomKind.KITCHEN, Place.FRIDGE),
    sensor(CUPBOARD, "contact", RoomKind.KITCHEN, Place.CUPBOARD),
)


def seen(*events: tuple, home: Layout = HOME) -> list[tuple[str, int, int]]:
    table = readings((at(DAY, clock), *rest) for clock, *rest in events)
    measured = tracks(columns(table), home.measuring)
    found = [*kitchen.uses(activity(table, home), measured, home.watched), *kitchen.hot_drinks(measured)]
    return [(e.kind, e.start, e.end) for e in found]


def test_a_use_with_the_fridge_is_a_meal_if_it_lasts() -> None:
    assert seen(("12:00", KITCHEN), ("12:02", FRIDGE, 0.0), ("12:03", FRIDGE, 1.0), ("12:05", KITCHEN)) == [
        ("kitchen_use", at(DAY, "12:00"), at(DAY, "12:05")),
        ("meal", at(DAY, "12:00"), at(DAY, "12:05")),
    ]
    snack = seen(("12:00", FRIDGE, 0.0), ("12:01", FRIDGE, 1.0))
    assert [kind for kind, *_ in snack] == ["kitchen_use"]


def test_where_several_things_are_watched_two_of_them_make_a_meal_and_moving_about_does_not() -> None:
    both = (("12:00", FRIDGE, 0.0), ("12:01", CUPBOARD, 0.0), ("12:02", CUPBOARD, 1.0))
    assert [kind for kind, *_ in seen(*both, home=WELL_WATCHED)] == ["kitchen_use", "meal"]
    about = [(f"12:{minute:02}", KITCHEN) for minute in range(0, 30, 5)]
    assert [kind for kind, *_ in seen(*about, ("12:30", FRIDGE, 0.0), home=WELL_WATCHED)] == ["kitchen_use"]


def test_without_a_fridge_moving_about_for_long_is_a_meal() -> None:
    assert [kind for kind, *_ in seen(("12:00", KITCHEN), ("12:06", KITCHEN), ("12:11", KITCHEN), home=PLAIN)] == [
        "kitchen_use",
        "meal",
    ]
    assert [kind for kind, *_ in seen(("12:00", KITCHEN), ("12:06", KITCHEN), home=PLAIN)] == ["kitchen_use"]


def test_a_fridge_that_is_not_touched_all_day_does_not_say_that_nobody_cooks() -> None:
    about = [(f"12:{minute:02}", KITCHEN) for minute in range(0, 15, 5)]
    assert [kind for kind, *_ in seen(*about)] == ["kitchen_use", "meal"], "its contact may be stuck"
    opened = ("20:30", FRIDGE, 0.0)
    assert [kind for kind, *_ in seen(*about, opened)] == ["kitchen_use", "kitchen_use"], "it lives"
    assert [kind for kind, *_ in seen(*about[:2])] == ["kitchen_use"], "who does not eat does not stay there"


def test_pauses_part_two_uses_and_other_rooms_are_none() -> None:
    assert len(seen(("12:00", KITCHEN), ("12:10", KITCHEN), ("12:25", BATHROOM))) == 2


def test_a_kettle_that_is_switched_on_is_a_hot_drink_and_its_report_of_nothing_is_not() -> None:
    boiled = (("8:00", KETTLE, 0.0), ("8:10", KETTLE, 2000.0), ("8:12", KETTLE, 2010.0), ("8:14", KETTLE, 0.0))
    again = (("8:14", KETTLE, 0.5), ("8:15", KETTLE, 2000.0), ("8:16", KETTLE, 1.2), ("16:00", KETTLE, 1900.0))
    drinks = [(start, end) for kind, start, end in seen(*boiled, *again) if kind == "hot_drink"]
    assert drinks == [(at(DAY, "8:10"), at(DAY, "8:10")), (at(DAY, "8:15"), at(DAY, "8:15")), (at(DAY, "16:00"),) * 2]


def test_a_television_is_no_drink_and_no_kitchen() -> None:
    assert seen(("20:00", TV, 0.0), ("20:05", TV, 80.0)) == []


def test_the_fridge_opened_and_closed_is_one_use_of_food_and_the_kettle_is_none() -> None:
    table = readings(
        (at(DAY, clock), *rest)
        for clock, *rest in (
            ("12:00", FRIDGE, 0.0), ("12:00", FRIDGE, 1.0), ("12:05", FRIDGE, 0.0), ("12:05", KITCHEN),
            ("12:10", KETTLE, 0.0), ("12:11", KETTLE, 1800.0),
        )
    )  # fmt: skip
    found = kitchen.food_uses(activity(table, HOME), tracks(columns(table), HOME.measuring))
    assert [(e.kind, e.start) for e in found] == [("food_use", at(DAY, "12:00")), ("food_use", at(DAY, "12:05"))]

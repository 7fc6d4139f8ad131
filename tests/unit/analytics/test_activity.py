from datetime import date

from analytics.activity import activity
from core.places import Place, RoomKind
from tests.unit.analytics.made import at, readings, room_id, sensor, sensors

DAY = date(2026, 3, 2)


def test_activations_count_and_ends_do_not() -> None:
    home = sensors(sensor(20, "occupancy", RoomKind.LIVING))
    found = activity(readings([(at(DAY, "8:00"), 20), (at(DAY, "8:05"), 20, 0.0), (at(DAY, "9:00"), 1)]), home)
    assert list(found.at) == [at(DAY, "8:00"), at(DAY, "9:00")]
    assert list(found.room_id) == [room_id(RoomKind.LIVING), room_id(RoomKind.BEDROOM)]


def test_a_contact_counts_when_it_changes_and_not_when_it_says_the_same_again() -> None:
    home = sensors(sensor(20, "contact", RoomKind.KITCHEN, Place.FRIDGE))
    states = [("8:00", 1.0), ("9:00", 1.0), ("9:30", 0.0), ("9:31", 1.0), ("10:00", 1.0)]
    found = activity(readings([(at(DAY, clock), 20, value) for clock, value in states]), home)
    assert list(found.at) == [at(DAY, "9:30"), at(DAY, "9:31")]


def test_series_do_not_change_each_other() -> None:
    home = sensors(sensor(20, "contact", RoomKind.KITCHEN), sensor(21, "bed_occupancy", RoomKind.BEDROOM))
    found = activity(
        readings([(at(DAY, "8:00"), 20, 1.0), (at(DAY, "8:10"), 21, 0.0), (at(DAY, "8:20"), 20, 1.0)]), home
    )
    assert not len(found.at)


def test_only_a_door_to_the_outside_is_a_door() -> None:
    home = sensors(
        sensor(20, "contact", RoomKind.ENTRANCE),
        sensor(21, "contact", RoomKind.ENTRANCE, Place.WINDOW),
        sensor(22, "opening", RoomKind.KITCHEN, Place.FRIDGE),
    )
    times = [(at(DAY, "8:00"), 20, 0.0), (at(DAY, "8:10"), 21, 0.0), (at(DAY, "8:20"), 22), (at(DAY, "8:30"), 4)]
    assert list(activity(readings(times), home).door) == [True, False, False, True]


def test_a_radar_says_that_a_room_is_empty() -> None:
    home = sensors(sensor(20, "presence", RoomKind.LIVING))
    found = activity(readings([(at(DAY, "8:00"), 20), (at(DAY, "8:50"), 20, 0.0)]), home)
    assert list(found.left) == [False, True]


def test_temperature_and_unknown_series_are_no_sign_of_anybody() -> None:
    home = sensors(sensor(20, "temperature", RoomKind.LIVING))
    assert not len(activity(readings([(at(DAY, "8:00"), 20, 21.5), (at(DAY, "8:10"), 999)]), home).at)

"""Devices and rooms come, move, break and go by the hands of installers, and keep their history."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from psycopg import Connection
from psycopg.rows import DictRow

import devices.reads
from core.database import Database, View
from core.places import Place, RoomKind
from devices import installing
from devices.errors import DeviceNotFoundError, NameTooLongError, NothingMeasuredError
from devices.found import Found
from devices.repository import apply
from registry import reads, rooms
from registry.document import Document
from registry.rooms import RoomNameTooLongError, RoomNotFoundError

SeenBy = Callable[[str], AbstractContextManager[View]]

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
MOTION, DOOR = "0x00158d0001a9ec71", "0x00158d000122fcd1"
NEW = Found("gw-casa-01", "0x1", "SNZB-03", ("occupancy", "battery"))


@pytest.fixture
def home(connection: Connection[DictRow]) -> reads.Home:
    return next(home for home in reads.homes(connection) if home.key == "casa-01")


def device(connection: Connection[DictRow], key: str) -> devices.reads.Device:
    return next(each for each in devices.reads.devices(connection) if each.key == key)


def room(connection: Connection[DictRow], home: reads.Home, key: str) -> int:
    return next(room.room_id for room in reads.rooms_of_home(connection, home.home_id) if room.key == key)


def sensed(
    connection: Connection[DictRow], home: reads.Home, key: str, day: datetime | None = None
) -> set[tuple[str, str | None]]:
    """Return quantities and rooms of a device, as they were on a day or are now."""
    since, until = (None, None) if day is None else (day, day + timedelta(days=1))
    sensors = devices.reads.sensors_of_home(connection, home.home_id, since, until)
    return {(sensor.quantity, sensor.room) for sensor in sensors if sensor.device == key}


def test_a_device_that_was_found_is_put_into_a_room(
    connection: Connection[DictRow], home: reads.Home, seen_by: SeenBy
) -> None:
    with seen_by("carla") as view:
        made = rooms.add(view, UUID(str(home.public_id)), RoomKind.LIVING, "Soggiorno")
        number = installing.install(view, NEW, "Movimento soggiorno", made, Place.WALL, NOW)
        (act,) = devices.reads.seen_history(view, home.home_id)
    assert (act.device_id, act.action, act.account_name) == (number, "installed", "Carla Conti")
    assert sensed(connection, home, "0x1") == {("occupancy", "living"), ("battery", "living")}
    found = device(connection, "0x1")
    assert (found.name, found.place, found.model) == ("Movimento soggiorno", "wall", "SNZB-03")
    # Before, nobody had said where it was.
    assert sensed(connection, home, "0x1", NOW - timedelta(days=2)) == set()


def test_a_device_that_is_moved_was_where_it_was(
    connection: Connection[DictRow], home: reads.Home, seen_by: SeenBy
) -> None:
    kitchen = room(connection, home, "cucina")
    before = {name for name, _ in sensed(connection, home, MOTION)}
    with seen_by("carla") as view:
        installing.move(view, device(connection, MOTION).device_id, kitchen, None, NOW)
    assert sensed(connection, home, MOTION) == {(name, "cucina") for name in before}
    assert {where for _, where in sensed(connection, home, MOTION, NOW - timedelta(days=2))} == {"camera"}
    assert {where for _, where in sensed(connection, home, MOTION, NOW - timedelta(hours=2))} == {"cucina"}


def test_what_the_file_says_corrects_where_it_is_and_not_where_it_was(
    service: Database, connection: Connection[DictRow], home: reads.Home, example: Document, seen_by: SeenBy
) -> None:
    with seen_by("carla") as view:
        installing.move(view, device(connection, MOTION).device_id, room(connection, home, "bagno"), None, NOW)
    with service.transaction() as applying:
        apply(applying, example)
    assert {where for _, where in sensed(connection, home, MOTION)} == {"camera"}
    assert {where for _, where in sensed(connection, home, MOTION, LATER)} == {"camera"}


def test_a_broken_device_gives_its_place_to_a_new_one(
    connection: Connection[DictRow], home: reads.Home, seen_by: SeenBy
) -> None:
    broken = device(connection, DOOR)
    with seen_by("carla") as view:
        number = installing.replace(view, broken.device_id, Found("gw-casa-01", "0x2", "SNZB-04", ("contact",)), NOW)
    taken = device(connection, "0x2")
    assert (taken.device_id, taken.replaces_id) == (number, broken.device_id)
    assert (taken.name, taken.place, taken.room_id) == (broken.name, broken.place, broken.room_id)
    assert device(connection, DOOR).retired_at == NOW
    # The old one is missed no more, and its days stay what they were.
    assert sensed(connection, home, DOOR) == set()
    assert sensed(connection, home, DOOR, LATER) == set()
    assert ("contact", "ingresso") in sensed(connection, home, DOOR, NOW - timedelta(days=1))
    assert sensed(connection, home, "0x2") == {("contact", "ingresso")}


def test_what_another_gateway_of_the_home_has_found_takes_the_place_there(
    connection: Connection[DictRow], home: reads.Home, seen_by: SeenBy
) -> None:
    connection.execute(
        "INSERT INTO devices.gateway (organisation_id, home_id, key)"
        " SELECT organisation_id, home_id, 'gw-ble' FROM registry.home WHERE home_id = %s",
        (home.home_id,),
    )
    broken = device(connection, DOOR)
    with seen_by("carla") as view:
        taken = installing.replace(
            view, broken.device_id, Found("gw-ble", "a4c1380001", "SBDW-002C", ("contact",)), NOW
        )
    new = device(connection, "a4c1380001")
    assert (new.device_id, new.gateway, new.replaces_id) == (taken, "gw-ble", broken.device_id)
    assert (new.name, new.room_id, new.home_id) == (broken.name, broken.room_id, home.home_id)
    (series,) = devices.reads.series_of_gateways(connection, ["gw-ble"])
    assert series.name == "a4c1380001/contact"
    refused = [
        Found("gw-casa-02", "0x2", "SNZB-04", ("contact",)),  # of another home
        Found("gw-casa-01", DOOR, "SNZB-04", ("contact",)),  # the broken one itself
        Found("gw-ble", DOOR, "SNZB-04", ("contact",)),  # the same, heard by another gateway
    ]
    for found in refused:
        with seen_by("carla") as view, pytest.raises(DeviceNotFoundError):
            installing.replace(view, broken.device_id, found, NOW)


def test_every_step_is_noted_and_can_be_taken_back(
    connection: Connection[DictRow], home: reads.Home, seen_by: SeenBy
) -> None:
    number = device(connection, MOTION).device_id
    with seen_by("carla") as view:
        installing.describe(view, number, "Camera da letto", NOW)
        installing.describe(view, number, "Camera da letto", NOW)
        installing.retire(view, number, NOW)
        installing.restore(view, number, LATER)
        installing.change_battery(view, number, LATER)
        acts = devices.reads.seen_history(view, home.home_id)
    assert [act.action for act in acts] == ["battery", "restored", "retired", "described"]
    assert acts[-1].before["name"] == "Movimento camera"
    found = device(connection, MOTION)
    assert (found.retired_at, found.battery_changed_at) == (None, LATER)


def test_a_device_that_comes_back_has_its_history(
    connection: Connection[DictRow], home: reads.Home, seen_by: SeenBy
) -> None:
    before = device(connection, MOTION)
    series = {sensor.series_id for sensor in devices.reads.sensors_of_home(connection, home.home_id)}
    with seen_by("carla") as view:
        installing.retire(view, before.device_id, NOW)
        found = Found("gw-casa-01", MOTION, "RTCGQ11LM", ("occupancy",))
        assert installing.install(view, found, "Di nuovo", before.room_id, None, LATER) == before.device_id
    assert series == {sensor.series_id for sensor in devices.reads.sensors_of_home(connection, home.home_id)}


@pytest.mark.parametrize("login", ["omar", "beth"])
def test_only_who_is_in_charge_of_devices_changes_them(
    connection: Connection[DictRow], home: reads.Home, seen_by: SeenBy, login: str
) -> None:
    number = device(connection, MOTION).device_id
    acts: list[Callable[[View], object]] = [
        lambda view: installing.install(view, NEW, "x", None, None, NOW),
        lambda view: installing.describe(view, number, "x", NOW),
        lambda view: installing.move(view, number, None, None, NOW),
        lambda view: installing.retire(view, number, NOW),
        lambda view: installing.restore(view, number, NOW),
        lambda view: installing.change_battery(view, number, NOW),
        lambda view: installing.replace(view, number, NEW, NOW),
    ]
    for act in acts:
        with seen_by(login) as view, pytest.raises(DeviceNotFoundError):
            act(view)
    with seen_by(login) as view, pytest.raises(RoomNotFoundError):
        rooms.add(view, UUID(str(home.public_id)), RoomKind.HALL)
    with seen_by(login) as view, pytest.raises(RoomNotFoundError):
        rooms.rename(view, room(connection, home, "bagno"), "x")
    assert connection.execute("SELECT 1 FROM devices.history").fetchone() is None
    assert device(connection, MOTION).name == "Movimento camera"


def test_a_room_of_another_home_is_none(connection: Connection[DictRow], home: reads.Home, seen_by: SeenBy) -> None:
    other = next(each for each in reads.homes(connection) if each.key == "casa-02")
    foreign = room(connection, other, "camera")
    with seen_by("carla") as view, pytest.raises(DeviceNotFoundError):
        installing.move(view, device(connection, MOTION).device_id, foreign, None, NOW)
    with seen_by("carla") as view, pytest.raises(DeviceNotFoundError):
        installing.install(view, NEW, "x", foreign, None, NOW)


def test_a_room_that_is_added_twice_is_one(connection: Connection[DictRow], home: reads.Home, seen_by: SeenBy) -> None:
    with seen_by("carla") as view:
        first = rooms.add(view, UUID(str(home.public_id)), RoomKind.BATHROOM, "Bagno ospiti")
        assert rooms.add(view, UUID(str(home.public_id)), RoomKind.BATHROOM, "Bagno ospiti ") == first
        rooms.rename(view, first, "Bagno piccolo")
        names = {each.name for each in reads.seen_rooms(view, home.home_id) if each.kind == "bathroom"}
    assert names == {"Bagno", "Bagno piccolo"}


def test_what_cannot_be_shown_or_measures_nothing_is_refused(
    connection: Connection[DictRow], home: reads.Home, seen_by: SeenBy
) -> None:
    with seen_by("carla") as view:
        with pytest.raises(NameTooLongError):
            installing.describe(view, device(connection, MOTION).device_id, "x" * 81, NOW)
        with pytest.raises(NothingMeasuredError):
            installing.install(view, NEW._replace(series=()), "x", None, None, NOW)
        with pytest.raises(RoomNameTooLongError):
            rooms.add(view, UUID(str(home.public_id)), RoomKind.OTHER, "x" * 41)

"""What gateways find is stored as it is now, and nothing of it is lost when it goes."""

from datetime import UTC, datetime, timedelta

import pytest

from core.messages import FoundDevice, Inventory, encode
from core.topics import Leaf
from ingest import reads, repository
from tests.integration.ingest.homes import NOW_MS, until

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HALL = FoundDevice(
    "0x1",
    "hall",
    "SONOFF",
    "SNZB-03",
    "Motion sensor",
    ["occupancy", "mode"],
    ["occupancy", "battery"],
    {"mode": "home"},
)
STRANGER = FoundDevice("", "a stranger", unmapped={"state": "ON"})


@pytest.fixture
def find(world, service):
    key = world.home("home")

    def find(second, *devices, gateway=key):
        with service.transaction() as connection:
            return repository.record_inventory(connection, gateway, devices, NOW + timedelta(seconds=second))

    return find


@pytest.fixture
def inventory(service):
    def inventory():
        with service.transaction() as connection:
            return {each.key or each.name: each for each in reads.inventory(connection)}

    return inventory


def test_all_of_a_device_is_there_also_what_nobody_can_read(find, inventory):
    assert find(0, HALL, STRANGER)
    found = inventory()
    hall = found["0x1"]
    assert (hall.name, hall.vendor, hall.model, hall.description) == ("hall", "SONOFF", "SNZB-03", "Motion sensor")
    assert (hall.exposes, hall.quantities) == (["occupancy", "mode"], ["occupancy", "battery"])
    assert hall.unmapped == {"mode": "home"}
    assert found["a stranger"].unmapped == {"state": "ON"}
    assert found["a stranger"].is_present


def test_what_is_no_longer_found_is_kept_and_marked_and_may_come_back(find, inventory):
    find(0, HALL, STRANGER)
    find(60, STRANGER)
    assert (inventory()["0x1"].is_present, inventory()["0x1"].last_seen) == (False, NOW)
    find(120, HALL)
    hall, stranger = inventory()["0x1"], inventory()["a stranger"]
    assert (hall.is_present, hall.first_seen, hall.last_seen) == (True, NOW, NOW + timedelta(seconds=120))
    assert not stranger.is_present


@pytest.fixture
def series(world):
    def series(key):
        rows = world.query(
            "SELECT series.name FROM devices.series JOIN devices.device USING (device_id) WHERE device.key = %s", key
        )
        return {row["name"].partition("/")[2] for row in rows}

    return series


def test_what_an_installed_device_turns_out_to_report_it_may_report_from_then_on(
    find, series, world, start_worker, sender
):
    home = world.home("growing", ())
    world.device(home, "0x1", ("battery",))
    world.device(home, "0x2", ("battery",))
    world.connection.execute("UPDATE devices.device SET retired_at = %s WHERE key = '0x2'", (NOW,))
    found = [FoundDevice(key, quantities=["battery", "occupancy/left", "warp"]) for key in ("0x1", "0x2", "0x3")]
    for second in range(2):
        find(second, *found, gateway=home)
    # Not what nobody can read, what was taken away, or what is not installed.
    assert [series(key) for key in ("0x1", "0x2", "0x3")] == [{"battery", "occupancy/left"}, {"battery"}, set()]
    start_worker()
    gateway = sender(home)
    gateway.await_stored(gateway.send(("0x1/occupancy/left", NOW_MS, 1.0)))
    assert world.stored(home) == [("0x1/occupancy/left", NOW_MS, 1.0)]


def test_what_grows_without_end_does_not(find, series, world):
    home = world.home("endless", ())
    world.device(home, "0x1", ("battery",))
    for second in range(3):
        find(second, FoundDevice("0x1", quantities=[f"occupancy/{second}-{n}" for n in range(50)]), gateway=home)
    assert len(series("0x1")) == 64


def test_a_device_that_is_listed_twice_is_one(find, inventory):
    assert find(0, HALL, HALL)
    assert len(inventory()) == 1


def test_of_an_unknown_gateway_nothing_is_stored(find, inventory):
    assert not find(0, HALL, gateway="nobody")
    assert inventory() == {}


def test_inventories_come_in_live_and_as_they_were_retained(world, start_worker, sender):
    early, late = sender(world.home("early")), sender(world.home("late"))
    stray = sender(f"nobody-{world.mark}")
    early.say(encode(Inventory([HALL])), leaf=Leaf.INVENTORY)
    start_worker()
    late.say(b"{noise", leaf=Leaf.INVENTORY)
    late.say(encode(Inventory([STRANGER])), leaf=Leaf.INVENTORY)
    stray.say(encode(Inventory([HALL])), leaf=Leaf.INVENTORY)
    until(lambda: len(world.query("SELECT 1 FROM ingest.found_device")) == 2, "found inventories being stored")
    until(lambda: {"inventory", "unknown gateway"} <= world.rejected().keys(), "the other two being rejected")
    for each in (early, late, stray):
        each.say(b"", leaf=Leaf.INVENTORY)

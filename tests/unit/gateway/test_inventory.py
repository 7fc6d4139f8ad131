"""What a gateway has found goes into one inventory that the service takes, however much there is."""

import pytest

from core.messages import MOST_DEVICES, MOST_INVENTORY_BYTES, FoundDevice, Inventory, encode
from gateway.dialects.roster import Roster
from gateway.inventory import Findings, fitted
from ingest.inventory import read_inventory
from ingest.mqtt5 import Delivery


def taken(inventory):
    """Return the inventory as the service reads it."""
    gateway, read = read_inventory(Delivery("vicino/v1/gw/home-1/inventory", encode(inventory), [], 1, 1))
    assert (gateway, read) == ("home-1", inventory)
    return inventory


def test_of_too_many_the_installed_come_first_then_the_described_then_those_with_a_key():
    strangers = [FoundDevice("", f"stranger {n}") for n in range(5)]
    neighbours = [FoundDevice(f"a{n:04}") for n in range(1_200)]
    described = [FoundDevice(f"b{n}", vendor="SONOFF", model="SNZB-03") for n in range(5)]
    installed = FoundDevice("c", model="of nobody")
    inventory = taken(fitted([*strangers, *neighbours, *described, installed], {"c", "elsewhere"}))
    keys = [device.key for device in inventory.devices]
    assert keys[:7] == ["c", "b0", "b1", "b2", "b3", "b4", "a0000"]
    assert (len(keys), inventory.left_out, "" in keys) == (MOST_DEVICES, 1_211 - MOST_DEVICES, False)


def test_what_is_too_large_for_one_message_is_left_out_and_counted():
    large = [FoundDevice(f"a{n}", exposes=[f"property {m}" for m in range(400)]) for n in range(900)]
    inventory = taken(fitted(large, {"a899"}))
    assert MOST_INVENTORY_BYTES * 0.99 < len(encode(inventory)) <= MOST_INVENTORY_BYTES
    assert inventory.devices[0].key == "a899"
    assert len(inventory.devices) + inventory.left_out == 900


@pytest.mark.parametrize("text", ["x" * 400, "a\0b"])
def test_a_text_that_the_service_would_refuse_is_cut_and_costs_no_other_device_its_place(text):
    odd = FoundDevice("a", text, text, text, text, [text] * 600, [text] * 600, {f"{n}{text}": text for n in range(600)})
    inventory = taken(fitted([odd, FoundDevice("b")], ()))
    assert ([device.key for device in inventory.devices], inventory.left_out) == (["a", "b"], 0)
    assert taken(fitted([FoundDevice("k" * 301), FoundDevice("b")], ())).left_out == 1


def test_several_sources_are_one_inventory_that_says_by_which_each_was_found():
    said = []
    findings = Findings(said.append, lambda: {"b"})
    findings.of("zigbee2mqtt")(Inventory([FoundDevice("a")]))
    findings.of("ble")(Inventory([FoundDevice("b")]))
    assert [(device.key, device.system) for device in said[-1].devices] == [("b", "ble"), ("a", "zigbee2mqtt")]


def test_a_system_forgets_the_device_that_it_has_not_heard_for_longest_and_keeps_the_order_of_the_others():
    roster = Roster()
    for n in range(1_000):
        roster.note(FoundDevice(f"a{n}"))
    roster.note(FoundDevice("a0", name="heard again"))
    roster.note(FoundDevice("new"))
    keys = [device.key for device in roster.found()]
    assert (len(keys), keys[0], keys[1], keys[-1]) == (1_000, "a0", "a2", "new")
    roster.forget("a2")
    roster.note(FoundDevice("newer"))
    assert [device.key for device in roster.found()][:2] == ["a0", "a3"], "there was room"


def test_a_system_forgets_the_stranger_that_it_has_not_heard_for_longest():
    roster = Roster()
    for n in range(200):
        roster.stranger(f"s{n:03}", {"state": n})
    roster.stranger("s000", {"more": 1})
    roster.stranger("t")
    names = {device.name: device.unmapped for device in roster.found()}
    assert (len(names), "s001" in names, names["s000"]) == (200, False, {"state": "0", "more": "1"})

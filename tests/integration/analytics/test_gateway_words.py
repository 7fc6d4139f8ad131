"""What a real gateway says of its home, by real processes and real brokers: what it does not reach, what it found."""

import json
import os

import pytest

from core.database import Database, Role
from core.gateway_config import ConfiguredDevice, GatewayConfig
from core.messages import encode
from core.mqtt import BrokerAddress, Connection
from core.topics import Leaf, topic
from ingest import reads
from tests.integration.analytics.conftest import until
from tests.integration.gateway.conftest import OwnBroker


@pytest.fixture
def own_broker(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    broker = OwnBroker(folder)
    broker.start()
    yield broker
    broker.kill()


def test_a_gateway_whose_home_broker_is_gone_says_so_and_the_service_knows_which_devices_are_behind_it(
    installation, process, own_broker
):
    home = installation.home(installation.organisation())
    key = installation.rows("SELECT key FROM devices.gateway WHERE home_id = %s", home.home_id)[0]["key"]
    installation.connection.execute("UPDATE devices.device SET key = '0x01' WHERE key LIKE 'kitchen%%'")
    (kitchen,) = installation.rows("SELECT gateway_id, device_id FROM devices.device WHERE key = '0x01'")
    process("ingest", VICINO_INGEST_GROUP=f"test-{os.getpid()}")
    url = f"mqtt://{own_broker.address.host}:{own_broker.address.port}"
    process("gateway", VICINO_GATEWAYS=key, VICINO_SYSTEMS="zigbee2mqtt", VICINO_HOME_BROKER_URL=url)
    bridge = Connection(own_broker.address, "bridge")
    bridge.start()
    assert bridge.wait_connected(60)
    motion = {"definition": None, "friendly_name": "kitchen", "ieee_address": "0x01", "type": "EndDevice"}
    assert bridge.publish("zigbee2mqtt/bridge/devices", json.dumps([motion]).encode(), retain=True) is not None

    def unreachable():
        return [tuple(row["unreachable"]) for row in installation.rows("SELECT unreachable FROM ingest.gateway_status")]

    def behind():
        with Database(installation.url, Role.SERVICE, name="test") as database, database.transaction() as connection:
            return reads.systems_of_devices(connection, [kitchen["gateway_id"]])

    until(lambda: unreachable() == [()], 60)
    until(lambda: behind() == {kitchen["gateway_id"]: {kitchen["device_id"]: "zigbee2mqtt"}}, 60)
    # The broker is there, and what speaks there for the devices is not: the devices are heard as little.
    assert bridge.publish("zigbee2mqtt/bridge/state", b'{"state":"offline"}', retain=True) is not None
    until(lambda: unreachable() == [("zigbee2mqtt",)], 60)
    assert bridge.publish("zigbee2mqtt/bridge/state", b'{"state":"online"}', retain=True) is not None
    until(lambda: unreachable() == [()], 60)
    own_broker.kill()
    bridge.stop()
    until(lambda: unreachable() == [("zigbee2mqtt",)], 60)
    own_broker.start()
    until(lambda: unreachable() == [()], 60)
    changes = installation.rows("SELECT unreachable FROM ingest.gateway_transition ORDER BY at")
    assert [row["unreachable"] for row in changes][-2:] == [["zigbee2mqtt"], []]


def test_more_devices_than_an_inventory_takes_are_told_as_far_as_there_is_room_the_installed_ones_first(
    installation, process, own_broker, broker_url
):
    home = installation.home(installation.organisation())
    key = installation.rows("SELECT key FROM devices.gateway WHERE home_id = %s", home.home_id)[0]["key"]
    listed = [
        {"definition": None, "friendly_name": f"neighbour {n}", "ieee_address": f"0x{n:04x}", "type": "EndDevice"}
        for n in range(1_300)
    ]
    config = GatewayConfig(version="1", devices=[ConfiguredDevice(key="0x0513")])
    service = Connection(BrokerAddress.parse(broker_url), "service")
    bridge = Connection(own_broker.address, "bridge")
    for each in (service, bridge):
        each.start()
        assert each.wait_connected(60)
    service.publish(topic(key, Leaf.CONFIG), encode(config), retain=True)
    bridge.publish("zigbee2mqtt/bridge/devices", json.dumps(listed[:10]).encode(), retain=True)
    process("ingest", VICINO_INGEST_GROUP=f"test-{os.getpid()}")
    url = f"mqtt://{own_broker.address.host}:{own_broker.address.port}"
    process("gateway", VICINO_GATEWAYS=key, VICINO_SYSTEMS="zigbee2mqtt", VICINO_HOME_BROKER_URL=url)

    def found():
        rows = installation.rows("SELECT key FROM ingest.found_device WHERE is_present")
        left_out = installation.rows("SELECT left_out FROM ingest.inventory")
        return len(rows), [row["left_out"] for row in left_out], "0x0513" in {row["key"] for row in rows}

    until(lambda: found() == (10, [0], False), 60)
    bridge.publish("zigbee2mqtt/bridge/devices", json.dumps(listed).encode(), retain=True)
    until(lambda: found() == (1_000, [300], True), 60)
    assert installation.rows("SELECT FROM ingest.reject") == []
    for each in (service, bridge):
        each.stop()

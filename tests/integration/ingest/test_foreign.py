"""A gateway with credentials of its own says readings of another one's series: ingest does not take them."""

import pytest

from core import topics
from core.access.accounts import ADMINISTRATOR, INGEST, SERVICES, gateway_account
from core.mqtt import BrokerAddress
from core.topics import Leaf
from devices.dynamic_security import DynamicSecurity
from embedded.broker import EmbeddedBroker, Kind, find_mosquitto
from tests.integration.devices.clients import Client
from tests.integration.ingest.homes import NOW_MS, until

pytestmark = pytest.mark.skipif(find_mosquitto() is None, reason="Mosquitto is not installed (package mosquitto)")


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    with EmbeddedBroker(tmp_path_factory.mktemp("foreign") / "broker", accounts=SERVICES, kind=Kind.MOSQUITTO) as made:
        yield made


def test_readings_of_a_series_that_is_not_its_own_are_rejected(broker, start_worker, world):
    own = world.home("own")
    other = world.home("other")
    world.device(other, "e", ("occupancy",))
    start_worker(broker_url=broker.url_for(INGEST))
    with DynamicSecurity(BrokerAddress.parse(broker.url_for(ADMINISTRATOR))) as control:
        control.admit([(gateway_account(own), "x")])
    address = BrokerAddress.parse(broker.bare_url)._replace(user=own, password="x")
    records = [f'{{"n":"{name}/occupancy","t":{NOW_MS / 1000},"u":"1","v":1}}' for name in ("e", "d")]
    with Client(address, topics.client_id(own)) as gateway:
        assert gateway.may_publish(
            topics.topic(own, Leaf.READINGS),
            f"[{','.join(records)}]".encode(),
            properties=[("schema", "1"), ("boot", "b"), ("seq", "1"), ("mono", "1.000"), ("clock", "synced")],
        )
    (reject,) = until(lambda: world.query("SELECT reason, gateway_key, records FROM ingest.reject"))
    assert reject == {"reason": "foreign series", "gateway_key": own, "records": 1}
    rows = world.query("SELECT gateway.key FROM ingest.reading_event JOIN devices.series USING (series_id)"
                       " JOIN devices.gateway USING (gateway_id)")  # fmt: skip
    assert rows == [{"key": own}]

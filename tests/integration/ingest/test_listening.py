"""Gateways are told when ingest listens again: what they sent before may have been for nobody."""

import threading
import uuid

from core import topics
from core.mqtt import BrokerAddress, Connection
from tests.integration.ingest.homes import WITHIN_S


def test_a_worker_says_so_once_it_hears_on_every_lane(start_worker, broker_url):
    heard = threading.Event()
    listener = Connection(
        BrokerAddress.parse(broker_url),
        f"listener-{uuid.uuid4().hex[:6]}",
        on_message=lambda _: heard.set(),
        subscriptions=(topics.LISTENING,),
    )
    listener.start()
    assert listener.wait_connected(WITHIN_S)
    start_worker()
    assert heard.wait(WITHIN_S)
    listener.stop()

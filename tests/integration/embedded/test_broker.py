import os
import queue
import subprocess
import sys

import psutil
import pytest

from core.mqtt import BrokerAddress, Connection
from embedded.broker import EmbeddedBroker, Kind, find_mosquitto
from embedded.lock import FolderInUseError
from embedded.orphans import processes_in

MOSQUITTO = pytest.param(
    Kind.MOSQUITTO,
    marks=pytest.mark.skipif(find_mosquitto() is None, reason="Mosquitto is not installed (package mosquitto)"),
)
TOPIC = "vicino/v1/gw/test/status"
HOLDER = """
import sys
from pathlib import Path
from embedded.broker import EmbeddedBroker, Kind
with EmbeddedBroker(Path(sys.argv[1]), kind=Kind(sys.argv[2])) as broker:
    print(broker.url, flush=True)
    sys.stdin.read()
"""


def publish(url, payload, *, retain=False):
    confirmed = queue.Queue()
    connection = Connection(BrokerAddress.parse(url), "publisher", on_published=confirmed.put)
    connection.start()
    assert connection.wait_connected(60)
    mid = connection.publish(TOPIC, payload, retain=retain)
    assert confirmed.get(timeout=60) == mid
    connection.stop()


def receive(url, during=lambda: None):
    received = queue.Queue()
    connection = Connection(
        BrokerAddress.parse(url), "subscriber", on_message=received.put, subscriptions=("vicino/v1/gw/+/status",)
    )
    connection.start()
    assert connection.wait_connected(60)
    during()
    try:
        message = received.get(timeout=60)
        connection.acknowledge(message)
        return message.payload
    finally:
        connection.stop()


@pytest.mark.parametrize("kind", [MOSQUITTO, Kind.IOTCORE])
def test_it_carries_large_messages_and_listens_on_loopback_only(tmp_path, kind):
    large = b"x" * 200_000
    with EmbeddedBroker(tmp_path / "broker", kind=kind) as broker:
        assert receive(broker.url, lambda: publish(broker.url, large, retain=True)) == large
        (process,) = processes_in(tmp_path / "broker")
        listening = [c.laddr for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN]
        assert [tuple(address) for address in listening] == [("127.0.0.1", broker.port)]
    assert processes_in(tmp_path / "broker") == []


@pytest.mark.skipif(find_mosquitto() is None, reason="Mosquitto is not installed (package mosquitto)")
def test_retained_messages_survive_a_restart(tmp_path):
    with EmbeddedBroker(tmp_path / "broker", kind=Kind.MOSQUITTO) as broker:
        publish(broker.url, b"online", retain=True)
    with EmbeddedBroker(tmp_path / "broker", kind=Kind.MOSQUITTO) as broker:
        assert receive(broker.url) == b"online"


@pytest.mark.skipif(find_mosquitto() is None, reason="Mosquitto is not installed (package mosquitto)")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_mosquitto_does_not_run_as_root(tmp_path):
    with EmbeddedBroker(tmp_path / "broker", kind=Kind.MOSQUITTO):
        (process,) = processes_in(tmp_path / "broker")
        assert process.uids().real != 0
        assert (tmp_path / "broker").stat().st_uid == process.uids().real


@pytest.mark.parametrize("kind", [MOSQUITTO, Kind.IOTCORE])
def test_it_dies_with_a_killed_supervisor(tmp_path, kind):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "broker"), kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert "@127.0.0.1:" in (url := holder.stdout.readline()) or url.startswith("mqtt://127.0.0.1:")
        (process,) = processes_in(tmp_path / "broker")
        holder.kill()
    with EmbeddedBroker(tmp_path / "broker", kind=kind) as broker:
        assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
        assert receive(broker.url, lambda: publish(broker.url, b"again", retain=True)) == b"again"


def test_a_second_broker_in_the_folder_is_refused(tmp_path):
    with (
        EmbeddedBroker(tmp_path / "broker"),
        pytest.raises(FolderInUseError),
        EmbeddedBroker(tmp_path / "broker"),
    ):
        pass

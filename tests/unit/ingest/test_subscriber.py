"""The receiving connection against a broker that does exactly what the test says."""

import socket
import struct
import threading

import pytest

from core.clock import SystemClock
from core.mqtt import BrokerAddress
from ingest import mqtt5
from ingest.subscriber import Subscriber

CONNACK = b"\x20\x03\x00\x00\x00"
SUBACK = b"\x90\x04\x00\x01\x00\x01"
SUBSCRIBED = b"\x00\x01t\x01"  # the end of a subscription to the topic `t`
WITHIN_S = 60.0


def publish(packet_id, payload=b"x"):
    body = b"\x00\x01t" + struct.pack(">H", packet_id) + b"\x00" + payload
    return bytes([0x32, len(body)]) + body


class Broker:
    """Accepts connections one after the other; the test plays the broker's part."""

    def __init__(self):
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(WITHIN_S)
        self.port = self._listening.getsockname()[1]

    def accept(self, answers=CONNACK + SUBACK):
        connection, _ = self._listening.accept()
        connection.settimeout(WITHIN_S)
        packets = bytearray()
        connection.sendall(answers[:5])
        while not packets.endswith(SUBSCRIBED):
            data = connection.recv(4096)
            if not data:
                return connection  # refused by what it was told: it has gone
            packets += data
        connection.sendall(answers[5:])
        return connection

    def close(self):
        self._listening.close()


@pytest.fixture
def broker():
    made = Broker()
    yield made
    made.close()


class Receiver:
    """What was delivered, and whether there is room for more."""

    def __init__(self):
        self.deliveries = []
        self.arrived = threading.Condition()
        self.room = True

    def deliver(self, deliveries):
        with self.arrived:
            self.deliveries += deliveries
            self.arrived.notify_all()

    def has(self, count, seconds=WITHIN_S):
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.deliveries) >= count, seconds)


@pytest.fixture
def receiver():
    return Receiver()


@pytest.fixture
def subscriber(broker, receiver):
    made = Subscriber(
        BrokerAddress("127.0.0.1", broker.port, None, None, tls=False),
        "client",
        ["t"],
        deliver=receiver.deliver,
        has_room=lambda: receiver.room,
        receive_maximum=10,
        keepalive_s=1,
        clock=SystemClock(),
    )
    made.start()
    yield made
    made.stop()


def test_messages_are_delivered_and_acknowledged_in_one_go(broker, receiver, subscriber):
    with broker.accept() as connection:
        connection.sendall(publish(1, b"a") + publish(2, b"b"))
        assert receiver.has(2)
        assert [each.payload for each in receiver.deliveries] == [b"a", b"b"]
        subscriber.acknowledge(receiver.deliveries)
        assert connection.recv(100) == mqtt5.acknowledgement([1, 2])


def test_what_came_by_a_lost_connection_is_not_acknowledged_on_the_next(broker, receiver, subscriber):
    with broker.accept() as connection:
        connection.sendall(publish(1))
        assert receiver.has(1)
    with broker.accept() as connection:
        connection.sendall(publish(1) + publish(2))
        assert receiver.has(3)
        subscriber.acknowledge([receiver.deliveries[0], receiver.deliveries[2]])
        assert connection.recv(100) == mqtt5.acknowledgement([2])


def test_without_room_nothing_is_read_but_the_connection_is_kept_alive(broker, receiver, subscriber):
    with broker.accept() as connection:
        assert subscriber.wait_connected(WITHIN_S)
        receiver.room = False
        subscriber.wake()
        # It may have been about to read already; from its next look on it does not.
        assert connection.recv(100) == mqtt5.PING
        connection.sendall(publish(1))
        assert not receiver.has(1, seconds=0.7)
        assert connection.recv(100) == mqtt5.PING
        receiver.room = True
        subscriber.wake()
        assert receiver.has(1)


@pytest.mark.parametrize(
    "answers",
    [b"\x20\x03\x00\x87\x00" + SUBACK, CONNACK + b"\x90\x04\x00\x01\x00\x9e", CONNACK + b"\xff\xff\xff\xff\xff\xff"],
)
def test_a_broker_that_refuses_or_talks_nonsense_is_tried_again(broker, receiver, subscriber, answers):
    with broker.accept(answers), broker.accept() as connection:
        connection.sendall(publish(1))
        assert receiver.has(1)


def test_a_broker_that_falls_silent_is_left(broker, receiver, subscriber):
    with broker.accept(), broker.accept() as connection:
        connection.sendall(publish(5))
        assert receiver.has(1)

"""The MQTT connection of the kernel, on a real Mosquitto that is killed, stopped and restarted."""

import os
import resource
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Self

import pytest

from core.mqtt import BrokerAddress, Connection, Message, Version, Will


class Listener:
    def __init__(self, address: Any, *subscriptions: str, client_id: str = "listener", **options: Any) -> None:
        self.messages: list[Message] = []
        self.connections: list[bool] = []
        self.connection = Connection(
            address,
            client_id,
            on_message=self.messages.append,
            on_connection=self.connections.append,
            subscriptions=subscriptions,
            reconnect_max_s=1,
            **options,
        )

    def __enter__(self) -> Self:
        self.connection.start()
        assert self.connection.wait_connected(60)
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.stop()

    @property
    def payloads(self) -> list[bytes]:
        return [message.payload for message in self.messages]


def test_user_properties_and_binary_payloads_arrive(own_broker: Any, wait_until: Callable[..., None]) -> None:
    payload = bytes(range(256)) * 100
    properties = [("seq", "1"), ("seq", "2"), ("boot", "ùñ")]
    with Listener(own_broker.address, "t/#") as listener:
        published = listener.connection.publish("t/a", payload, user_properties=properties, content_type="x/y")
        assert published is not None
        wait_until(lambda: listener.messages)
        message = listener.messages[0]
        assert (message.topic, message.payload, message.retain) == ("t/a", payload, False)
        assert message.user_properties == properties
        listener.connection.acknowledge(message)


def test_without_a_connection_nothing_is_queued(own_broker: Any, wait_until: Callable[..., None]) -> None:
    with Listener(own_broker.address, "t/#") as listener:
        own_broker.kill()
        wait_until(lambda: not listener.connection.connected)
        assert listener.connection.publish("t/a", b"lost") is None
        own_broker.start()
        # Who waits for the connection may be woken before the callback has been called.
        wait_until(lambda: listener.connections == [True, False, True])
        # It has subscribed again, and what could not be sent does not come late.
        assert listener.connection.publish("t/a", b"new") is not None
        wait_until(lambda: listener.messages)
        assert listener.payloads == [b"new"]


def test_an_old_message_is_not_sent_after_a_newer_one(own_broker: Any, wait_until: Callable[..., None]) -> None:
    """What a frozen broker had not accepted when the connection broke must not overwrite what is retained after."""
    accepted: list[int] = []
    speaker = Connection(own_broker.address, "speaker", on_published=accepted.append, reconnect_max_s=1)
    speaker.start()
    assert speaker.wait_connected(60)
    own_broker.suspend()
    assert speaker.publish("t/status", b"old", retain=True) is not None
    own_broker.kill()
    wait_until(lambda: not speaker.connected)
    own_broker.start()
    assert speaker.wait_connected(60)
    mid = speaker.publish("t/status", b"new", retain=True)
    wait_until(lambda: accepted == [mid])
    with Listener(own_broker.address, "t/status") as listener:
        wait_until(lambda: listener.messages)
        assert listener.messages[0].retain
        assert listener.payloads == [b"new"]
    speaker.stop()


def test_what_was_not_acknowledged_is_delivered_again(own_broker: Any, wait_until: Callable[..., None]) -> None:
    options = {"clean_start": False, "session_expiry_s": 60, "client_id": "persistent"}
    with Listener(own_broker.address, "t/#", **options) as first:
        first.connection.publish("t/a", b"1")
        first.connection.publish("t/a", b"2")
        wait_until(lambda: len(first.messages) == 2)
        first.connection.acknowledge(first.messages[0])
    with Listener(own_broker.address, "t/#", **options) as second:
        wait_until(lambda: second.messages)
        assert second.payloads == [b"2"]
        # An id of the connection before means another message now, or none: it must not be acknowledged.
        second.connection.acknowledge(first.messages[1]._replace(connection=0))
    with Listener(own_broker.address, "t/#", **options) as third:
        wait_until(lambda: third.messages)
        assert third.payloads == [b"2"]
        third.connection.acknowledge(third.messages[0])
    with Listener(own_broker.address, "t/#", **options) as fourth:
        fourth.connection.publish("t/a", b"3")
        wait_until(lambda: fourth.messages)
        assert fourth.payloads == [b"3"]


def test_receive_maximum_is_back_pressure(own_broker: Any, wait_until: Callable[..., None]) -> None:
    with Listener(own_broker.address, "t/#", receive_maximum=3) as slow:
        for number in range(10):
            slow.connection.publish("t/a", b"%d" % number)
        wait_until(lambda: len(slow.messages) == 3)
        for position in range(10):
            wait_until(lambda position=position: len(slow.messages) > position)
            slow.connection.acknowledge(slow.messages[position])
        assert slow.payloads == [b"%d" % number for number in range(10)]


def abandon(connection: Connection) -> None:
    """Break the connection without a word, as a power cut does."""
    connection._client._sock.close()
    connection._client.loop_stop()


def test_a_process_with_many_open_files_stays_connected(own_broker: Any, wait_until: Callable[..., None]) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < 2_000:
        pytest.skip(f"A process may have only {most} open files here.")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], 2_000), most))
    with ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, before)
        for version in Version:
            # What was open before and has been closed since leaves low numbers free again.
            opened = 0
            while opened <= 1_023:
                opened = os.open(os.devnull, os.O_RDONLY)
                stack.callback(os.close, opened)
            with Listener(own_broker.address, "t/#", version=version) as listener:
                assert listener.connection._client.socket().fileno() > 1_023
                listener.connection.publish("t/a", b"1" * 1_000_000)
                wait_until(lambda: listener.messages)
                assert listener.connections == [True]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_the_will_comes_after_its_delay(own_broker: Any, wait_until: Callable[..., None]) -> None:
    will = Will("t/status", b"gone", 1)
    with Listener(own_broker.address, "t/status") as listener:
        lost = Connection(own_broker.address, "lost", will=will, clean_start=False, session_expiry_s=60)
        lost.start()
        assert lost.wait_connected(60)
        began = time.monotonic()
        abandon(lost)
        wait_until(lambda: listener.messages)
        assert listener.payloads == [b"gone"]
        assert time.monotonic() - began >= 0.9


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_coming_back_in_time_takes_the_will_back(own_broker: Any, wait_until: Callable[..., None]) -> None:
    will = Will("t/status", b"gone", 1)
    options: dict[str, Any] = {"will": will, "clean_start": False, "session_expiry_s": 60}
    with Listener(own_broker.address, "t/#") as listener:
        lost = Connection(own_broker.address, "same", **options)
        lost.start()
        assert lost.wait_connected(60)
        abandon(lost)
        back = Connection(own_broker.address, "same", **options)
        back.start()
        assert back.wait_connected(60)
        # A third client's will, later than the first would be, says that the time of the first has passed.
        marker = Connection(
            own_broker.address, "marker", will=Will("t/marker", b"later", 2), clean_start=False, session_expiry_s=60
        )
        marker.start()
        assert marker.wait_connected(60)
        abandon(marker)
        wait_until(lambda: listener.messages)
        assert listener.payloads == [b"later"]
        back.stop()


def test_who_takes_leave_leaves_no_will(own_broker: Any, wait_until: Callable[..., None]) -> None:
    with Listener(own_broker.address, "t/#") as listener:
        leaving = Connection(own_broker.address, "leaving", will=Will("t/status", b"gone", 0))
        leaving.start()
        assert leaving.wait_connected(60)
        leaving.publish("t/status", b"bye", retain=True)
        leaving.stop()
        listener.connection.publish("t/last", b"end")
        wait_until(lambda: b"end" in listener.payloads)
        assert listener.payloads == [b"bye", b"end"]


def test_who_takes_leave_has_said_everything(own_broker: Any, wait_until: Callable[..., None]) -> None:
    with Listener(own_broker.address, "t/#") as listener:
        leaving = Connection(own_broker.address, "leaving")
        leaving.start()
        assert leaving.wait_connected(60)
        for number in range(200):  # more than may be under way at once
            leaving.publish("t/a", b"%d" % number)
        leaving.stop()
        wait_until(lambda: b"199" in listener.payloads)


def test_a_frozen_broker_does_not_hold_up_the_end(own_broker: Any) -> None:
    with Listener(own_broker.address, "t/#") as listener:
        own_broker.suspend()
        for _ in range(30):
            listener.connection.publish("t/a", b"x" * 1_000_000)
        began = time.monotonic()
        listener.connection.stop()
        assert time.monotonic() - began < 5
        own_broker.resume()


def test_it_may_be_stopped_before_it_ever_connected() -> None:
    nobody = Connection(BrokerAddress("127.0.0.1", 9, None, None, tls=False), "nobody")
    nobody.start()
    nobody.stop()
    assert not nobody.connected


def test_an_error_in_a_callback_does_not_end_the_network_thread(
    own_broker: Any, wait_until: Callable[..., None]
) -> None:
    calls: list[bytes] = []
    again = threading.Event()

    def fail(message: Message) -> None:
        calls.append(message.payload)
        if not again.is_set():
            again.set()
            raise RuntimeError("this went wrong")

    connection = Connection(own_broker.address, "failing", on_message=fail, subscriptions=("t/#",))
    connection.start()
    assert connection.wait_connected(60)
    connection.publish("t/a", b"1")
    connection.publish("t/a", b"2")
    wait_until(lambda: calls == [b"1", b"2"])
    connection.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_mqtt_3_1_1_carries_what_it_can(own_broker: Any, wait_until: Callable[..., None]) -> None:
    will = Will("t/will", b"gone", 0)
    with Listener(own_broker.address, "t/#", version=Version.V3_1_1, qos=0) as listener:
        for version in Version:
            with Listener(own_broker.address, client_id="speaker", version=version) as speaker:
                assert (
                    speaker.connection.publish("t/a", b"1", user_properties=[("a", "b")], content_type="x") is not None
                )
                wait_until(lambda: listener.messages)
            message = listener.messages.pop()
            assert (message.topic, message.payload, message.qos, message.user_properties) == ("t/a", b"1", 0, [])
            # Nothing is to be acknowledged.
            listener.connection.acknowledge(message)
        lost = Connection(own_broker.address, "lost", will=will, version=Version.V3_1_1)
        lost.start()
        assert lost.wait_connected(60)
        abandon(lost)
        wait_until(lambda: b"gone" in listener.payloads)


def test_a_session_of_mqtt_3_1_1_keeps_what_was_not_acknowledged(
    own_broker: Any, wait_until: Callable[..., None]
) -> None:
    kept = {"client_id": "kept", "clean_start": False, "version": Version.V3_1_1}
    with Listener(own_broker.address, "t/#", **kept) as listener, Listener(own_broker.address) as speaker:
        speaker.connection.publish("t/a", b"1")
        wait_until(lambda: listener.messages)
        assert listener.messages[0].qos == 1
    with Listener(own_broker.address, "t/#", **kept) as listener:
        wait_until(lambda: listener.messages)
        assert listener.messages[0].payload == b"1"
        assert listener.messages[0].dup
        listener.connection.acknowledge(listener.messages[0])


def test_what_is_lost_of_3_1_1_comes_back(own_broker: Any, wait_until: Callable[..., None]) -> None:
    with Listener(own_broker.address, "t/#", version=Version.V3_1_1, qos=0) as listener:
        own_broker.kill()
        wait_until(lambda: listener.connections == [True, False])
        own_broker.start()
        wait_until(lambda: listener.connections == [True, False, True])
        with Listener(own_broker.address, client_id="speaker") as speaker:
            speaker.connection.publish("t/a", b"1")
            wait_until(lambda: listener.payloads == [b"1"])

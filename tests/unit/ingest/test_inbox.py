"""The bounded queue."""

import threading

from ingest.inbox import Inbox
from ingest.mqtt5 import Delivery


def deliveries(*sizes):
    return [Delivery("t", bytes(size), [], number + 1, 1) for number, size in enumerate(sizes)]


def test_messages_leave_in_the_order_in_which_they_came():
    inbox = Inbox(10, 1_000)
    inbox.put(deliveries(1, 2))
    inbox.put(deliveries(3))
    assert [len(each.payload) for each in inbox.take(2, 1_000)] == [1, 2]
    assert [len(each.payload) for each in inbox.take(2, 1_000)] == [3]
    assert inbox.take(2, 1_000) == []


def test_there_is_no_more_room_at_the_number_or_the_bytes_and_room_again_after_taking():
    few, small = Inbox(2, 1_000), Inbox(100, 50)
    few.put(deliveries(1))
    assert few.has_room()
    few.put(deliveries(1))
    assert not few.has_room()
    small.put(deliveries(60))
    assert not small.has_room()
    small.take(1, 10)
    assert small.has_room()


def test_what_is_taken_is_bounded_in_bytes_but_never_nothing():
    inbox = Inbox(10, 1_000)
    inbox.put(deliveries(500, 10, 10, 500))
    assert len(inbox.take(10, 100)) == 1
    assert len(inbox.take(10, 100)) == 2
    assert len(inbox.take(10, 100)) == 1


def test_whoever_waits_is_woken():
    inbox = Inbox(10, 1_000)
    assert not inbox.wait(0)
    woken = []
    thread = threading.Thread(target=lambda: woken.append(inbox.wait(10)))
    thread.start()
    inbox.put(deliveries(1))
    thread.join(10)
    assert woken == [True]

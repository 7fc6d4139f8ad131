"""The bounded queue."""

import sys
import threading
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from core.clock import SimulatedClock
from ingest import mqtt5
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


def test_topics_and_properties_take_room_too_but_are_no_payload():
    packet = mqtt5.publish("t" * 100, b"x", [("", "")] * 1_000)
    (found,) = mqtt5.split(bytearray(packet))
    message = mqtt5.delivery(found, 1)
    held = sum(sys.getsizeof(pair) + sum(map(sys.getsizeof, set(pair))) for pair in message.user_properties)
    inbox = Inbox(100, held)
    for _ in range(2):
        assert inbox.has_room()
        inbox.put([message])
        assert not inbox.has_room()
        assert inbox.held().payload_bytes == 1
        inbox.put([message])
        # What goes into one commit is bounded by the payload, as ever.
        assert len(inbox.take(10, 2)) == 2


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


def test_it_knows_how_long_messages_wait_and_how_long_they_took():
    clock = SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC))
    inbox = Inbox(10, 1_000, clock)
    assert inbox.held() == (0, 0, 0.0)
    inbox.put(deliveries(1, 2))
    clock.advance(2)
    inbox.put([Delivery("t", b"xxx", [], 3, 1)])
    clock.advance(3)
    assert inbox.held() == (3, 6, 5.0)
    first = inbox.take(1, 1_000)
    clock.advance(1)
    rest = inbox.take(10, 1_000)
    clock.advance(1)
    # What was taken and is not settled still counts.
    assert inbox.held() == (0, 0, 7.0)
    assert inbox.settled(rest) == (7.0, 1.0)
    assert inbox.settled(rest) is None
    assert inbox.settled(first) == (7.0, 2.0)
    assert inbox.held() == (0, 0, 0.0)


def test_of_messages_settled_apart_the_first_speak_for_all():
    clock = SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC))
    inbox = Inbox(10, 1_000, clock)
    inbox.put(deliveries(1, 1, 1, 1))
    taken = inbox.take(10, 1_000)
    clock.advance(1)
    assert inbox.settled(taken[2:]) is None
    assert inbox.settled(taken[:2]) == (1.0, 1.0)


def test_what_a_lost_connection_left_unsettled_is_forgotten_with_it():
    clock = SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC))
    inbox = Inbox(10, 1_000, clock)
    inbox.put(deliveries(1))
    inbox.take(10, 1_000)
    clock.advance(100)
    again = [Delivery("t", b"x", [], 1, 2)]
    inbox.put(again)
    inbox.take(10, 1_000)
    clock.advance(1)
    assert inbox.held().oldest_s == 1.0
    assert inbox.settled(again) == (1.0, 1.0)


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 9), st.booleans()),
        max_size=30,
    )
)
def test_the_oldest_is_always_the_oldest_of_what_waits_or_is_not_settled(steps):
    clock = SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC))
    inbox = Inbox(10_000, 1_000_000, clock)
    arrived, in_hand, number = {}, [], 0
    for put, take, settle in steps:
        came = [Delivery("t", b"x", [], number + each + 1, 1) for each in range(put)]
        number += put
        arrived |= {each.packet_id: clock.monotonic() for each in came}
        inbox.put(came)
        if taken := inbox.take(take, 1_000_000):
            in_hand.append(taken)
        clock.advance(1)
        if settle and in_hand:
            done = in_hand.pop()
            assert inbox.settled(done).since_arrival_s == clock.monotonic() - arrived[done[0].packet_id]
            for each in done:
                del arrived[each.packet_id]
        expected = max((clock.monotonic() - at for at in arrived.values()), default=0.0)
        assert inbox.held().oldest_s == expected


def test_company_is_waited_for_until_there_is_enough_of_it():
    inbox = Inbox(100, 10_000)
    inbox.put(deliveries(10, 10))
    inbox.linger(2, 1_000, 60.0)
    inbox.linger(50, 20, 60.0)
    inbox.linger(50, 1_000, 0.0)
    came = threading.Thread(target=lambda: inbox.put(deliveries(980)))
    came.start()
    inbox.linger(50, 1_000, 60.0)
    came.join()
    assert len(inbox) == 3

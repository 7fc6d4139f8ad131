"""Outbox and publisher on a real broker, before a stand-in for the service."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest

from core.clock import SystemClock
from core.messages import FoundDevice, Inventory, decode_inventory
from core.mqtt import Connection, Message
from core.topics import Leaf
from gateway.outbox import Outbox, Reading
from gateway.publisher import Pace, Publisher
from gateway.window import Limits

GATEWAY = "gw-1"
PACE = Pace(batch_readings=10, linger_s=0.0, will_delay_s=0, reconnect_max_s=1, limits=Limits(first_s=0.3))


class Gateway:
    def __init__(
        self, folder: Path, broker: Any, boot: str = "boot-1", pace: Pace = PACE, *, says_status: bool = True
    ) -> None:
        self.outbox = Outbox(folder / "outbox.db", SystemClock(), boot)
        self.publisher = Publisher(
            GATEWAY, self.outbox, broker.address, SystemClock(), pace=pace, says_status=says_status
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.publisher.run, args=(self._stop,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self.publisher.notify()
        self._thread.join()
        self.outbox.close()

    def add(self, *readings: Reading) -> None:
        self.outbox.add(readings)
        self.publisher.notify()


@pytest.fixture
def gateway(tmp_path: Path, own_broker: Any) -> Iterator[Gateway]:
    with Gateway(tmp_path, own_broker) as running:
        yield running


@contextmanager
def answering(service_of: Any, broker: Any, *, answers: bool = True) -> Iterator[Any]:
    with service_of(broker.address, answering=answers) as service:
        yield service


def motion(number: int, at_ms: int | None = None) -> Reading:
    return Reading(f"motion-{number}/motion", 1.0, "1", at_ms)


def test_readings_travel_and_are_deleted_when_stored(
    gateway: Gateway, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    with answering(service_of, own_broker) as service:
        gateway.add(*(motion(number) for number in range(95)))
        wait_until(lambda: service.keys == 95 and gateway.outbox.queued == 0)
        assert {lane for lane, *_ in service.messages} == {Leaf.READINGS}
        assert all(properties.boot == "boot-1" for _, properties, _ in service.messages)


def test_without_stored_at_most_eight_batches_are_under_way_but_urgent_goes(
    gateway: Gateway, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    with answering(service_of, own_broker, answers=False) as service:
        gateway.add(*(motion(number) for number in range(500)))
        wait_until(lambda: len(service.messages) >= 8)
        gateway.add(Reading("button/sos_button", 1.0, "1"))
        wait_until(lambda: any(lane is Leaf.URGENT for lane, *_ in service.messages))
        # They are sent again and again, in the same bytes, and nothing else besides.
        wait_until(lambda: len(service.messages) > 20)
        sequences = {properties.sequence for _, properties, _ in service.messages}
        assert len(sequences) == 9
        assert service.same_bytes()
        assert gateway.outbox.queued == 501
        service.answering = True
        wait_until(lambda: gateway.outbox.queued == 0)
        assert service.keys == 501
        assert service.conflicts == 0


def test_stored_in_any_order_twice_of_other_boots_and_nonsense(
    gateway: Gateway, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    with answering(service_of, own_broker, answers=False) as service:
        gateway.add(*(motion(number) for number in range(50)))
        wait_until(lambda: len({properties.sequence for _, properties, _ in service.messages}) == 5)
        sequences = sorted({properties.sequence for _, properties, _ in service.messages})
        service.say(GATEWAY, Leaf.STORED, b"\xff\x00 no JSON")
        service.say(GATEWAY, Leaf.STORED, b'{"boot": 3}')
        service.say_stored(GATEWAY, "another-boot", *sequences)
        service.say_stored(GATEWAY, "boot-1", 10**9)
        service.say_stored(GATEWAY, "boot-1", sequences[4], sequences[1], sequences[4])
        wait_until(lambda: gateway.outbox.queued == 30)
        service.say_stored(GATEWAY, "boot-1", *reversed(sequences))
        wait_until(lambda: gateway.outbox.queued == 0)


def test_old_readings_go_as_backfill_and_live_ones_do_not_wait_for_them(
    gateway: Gateway, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    with answering(service_of, own_broker, answers=False) as service:
        gateway.add(*(motion(number, at_ms=1_700_000_000_000) for number in range(300)))
        wait_until(lambda: len(service.messages) >= 6)
        gateway.add(motion(0))
        wait_until(lambda: any(lane is Leaf.READINGS for lane, *_ in service.messages))
        assert {lane for lane, *_ in service.messages} == {Leaf.BACKFILL, Leaf.READINGS}


def test_old_readings_go_also_while_live_ones_come_all_the_time(
    tmp_path: Path, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    pace = PACE._replace(linger_s=5.0)
    with answering(service_of, own_broker) as service, Gateway(tmp_path, own_broker, pace=pace) as running:
        running.add(motion(0))
        wait_until(lambda: service.keys == 1)
        running.add(*(motion(number, at_ms=1_700_000_000_000) for number in range(9)))

        def backfilled() -> bool:
            # With nine old ones, each new one makes a batch full.
            running.add(motion(0))
            time.sleep(0.02)
            return any(lane is Leaf.BACKFILL for lane, *_ in service.messages)

        wait_until(backfilled)


def test_what_is_under_way_goes_again_as_soon_as_ingest_says_that_it_listens(
    tmp_path: Path, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    pace = PACE._replace(limits=Limits(first_s=600.0))
    with (
        answering(service_of, own_broker, answers=False) as service,
        Gateway(tmp_path, own_broker, pace=pace) as running,
    ):
        running.add(*(motion(number) for number in range(30)))
        # Each may come twice, if the word that the connection stands comes after they went.
        wait_until(lambda: len({properties.sequence for _, properties, _ in service.messages}) == 3)
        service.answering = True
        service.say_listening()
        wait_until(lambda: running.outbox.queued == 0)
        assert service.same_bytes()


def test_a_broker_that_is_killed_loses_nothing(
    gateway: Gateway, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    with answering(service_of, own_broker, answers=False) as service:
        gateway.add(*(motion(number) for number in range(60)))
        wait_until(lambda: service.messages)
        own_broker.kill()
        gateway.add(*(motion(number) for number in range(60, 120)))
        service.answering = True
        own_broker.start()
        wait_until(lambda: gateway.outbox.queued == 0)
        assert service.keys == 120
        assert service.conflicts == 0
        assert service.same_bytes()


def test_a_restarted_gateway_sends_what_was_sealed_before(
    tmp_path: Path, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    with answering(service_of, own_broker, answers=False) as service:
        with Gateway(tmp_path, own_broker, "boot-1") as first:
            first.add(*(motion(number) for number in range(200)))
            wait_until(lambda: len(service.messages) >= 8)
        service.answering = True
        with Gateway(tmp_path, own_broker, "boot-2") as second:
            wait_until(lambda: second.outbox.queued == 0)
        assert service.keys == 200
        assert service.same_bytes()
        assert {properties.boot for _, properties, _ in service.messages} == {"boot-1", "boot-2"}


def test_whoever_hands_in_what_another_kept_says_nothing_of_the_gateway(
    tmp_path: Path, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    with answering(service_of, own_broker) as service:
        with Gateway(tmp_path, own_broker, says_status=False) as running:
            running.add(*(motion(number) for number in range(95)))
            wait_until(lambda: service.keys == 95 and running.outbox.queued == 0)
        with Gateway(tmp_path, own_broker, boot="boot-2") as following:
            following.add(motion(0, at_ms=1_700_000_000_000))
            wait_until(lambda: service.statuses and service.keys == 96)
        assert {status.boot for status in service.statuses} == {"boot-2"}


def test_status_is_retained_and_says_when_the_gateway_ends_on_purpose(
    tmp_path: Path, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    with answering(service_of, own_broker) as service:
        with Gateway(tmp_path, own_broker) as running:
            wait_until(lambda: service.statuses)
            status = service.statuses[-1]
            assert (status.online, status.boot, status.queued, status.clock) == (True, "boot-1", 0, "synced")
            assert status.at is not None
            assert running.outbox.queued == 0
        wait_until(lambda: not service.statuses[-1].online)
        assert service.statuses[-1].at is not None
    with answering(service_of, own_broker) as later:
        wait_until(lambda: later.statuses)
        assert not later.statuses[-1].online


def test_being_behind_is_said_at_once(
    tmp_path: Path, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    with answering(service_of, own_broker, answers=False) as service, Gateway(tmp_path, own_broker) as running:
        wait_until(lambda: service.statuses)
        running.add(motion(1, at_ms=1_700_000_000_000))
        wait_until(lambda: service.statuses[-1].queued == 1)
        assert service.statuses[-1].oldest_unsent is not None
        assert service.statuses[-1].oldest_unsent.timestamp() == 1_700_000_000
        service.answering = True
        wait_until(lambda: service.statuses[-1].queued == 0)


def test_a_lost_gateway_is_called_offline_by_its_will(
    own_broker: Any, tmp_path: Path, service_of: Any, wait_until: Callable[..., None]
) -> None:
    with answering(service_of, own_broker) as service, Gateway(tmp_path, own_broker) as running:
        wait_until(lambda: service.statuses)
        running.publisher._connection._client._sock.shutdown(2)
        wait_until(lambda: any(not status.online for status in service.statuses))
        said = next(status for status in service.statuses if not status.online)
        assert said.at is None
        # It comes back by itself and says so.
        wait_until(lambda: service.statuses[-1].online)


def test_the_inventory_is_published(gateway: Gateway, own_broker: Any, wait_until: Callable[..., None]) -> None:
    found: list[Message] = []
    gateway.publisher.say_inventory(Inventory([FoundDevice("0x1", name="kitchen/door")]))
    listener = Connection(
        own_broker.address, "listener", on_message=found.append, subscriptions=("vicino/v1/gw/gw-1/inventory",)
    )
    listener.start()
    wait_until(lambda: found)
    assert decode_inventory(found[0].payload).devices[0].name == "kitchen/door"
    listener.stop()


def test_a_service_that_comes_back_after_a_while_is_found_soon_by_a_batch_that_knocks(
    tmp_path: Path, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    # With nothing but the back-off, the batches would be sent again after a quarter of an hour.
    limits = Limits(first_s=0.2, longest_s=1000.0, answered_s=0.1)
    pace = PACE._replace(limits=limits)
    with Gateway(tmp_path, own_broker, pace=pace) as running:
        running.add(*(motion(number) for number in range(80)))
        window = running.publisher._window
        wait_until(lambda: any(flight.unheard >= 5 for flight in list(window._flights.values())))
        with answering(service_of, own_broker) as service:
            wait_until(lambda: running.outbox.queued == 0)
            assert service.keys == 80
            assert service.same_bytes()


def test_trouble_is_told_at_once_and_what_was_stored_is_noted_when_the_disk_is_well_again(
    tmp_path: Path, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    with answering(service_of, own_broker, answers=False) as service, Gateway(tmp_path, own_broker) as running:
        running.add(motion(1))
        wait_until(lambda: service.messages)
        sequence = service.messages[0][1].sequence
        running.outbox._db.execute("PRAGMA query_only = ON")
        service.say_stored(GATEWAY, "boot-1", sequence)
        wait_until(lambda: service.statuses[-1].trouble == "disk broken")
        assert running.outbox.queued == 1
        running.outbox._db.execute("PRAGMA query_only = OFF")
        wait_until(lambda: running.outbox.queued == 0)
        wait_until(lambda: service.statuses[-1].trouble == "")


def test_on_every_connection_the_status_goes_before_calls_for_help(
    tmp_path: Path, own_broker: Any, wait_until: Callable[..., None]
) -> None:
    found: list[str] = []
    listener = Connection(
        own_broker.address,
        "listener",
        on_message=lambda message: found.append(message.topic.rpartition("/")[2]),
        subscriptions=("vicino/v1/gw/gw-1/status", "vicino/v1/gw/gw-1/urgent", "subscribed"),
    )
    listener.start()
    wait_until(lambda: listener.publish("subscribed", b"") is not None)
    wait_until(lambda: "subscribed" in found)
    for boot in ("boot-1", "boot-2"):
        with Outbox(tmp_path / "outbox.db", SystemClock(), boot) as outbox:
            outbox.add([Reading("button/sos_button", 1.0, "1")])
        found.clear()
        with Gateway(tmp_path, own_broker, boot):
            wait_until(lambda: "urgent" in found)
        assert found[0] == "status"
        wait_until(lambda: found[-1] == "status")
    listener.stop()


def test_after_an_outage_calls_for_help_go_before_all_that_is_older(
    tmp_path: Path, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    with Outbox(tmp_path / "outbox.db", SystemClock(), "boot-0") as outbox:
        old_ms = round((time.time() - 86_400) * 1000)
        outbox.add([motion(number, old_ms + number) for number in range(300)])
        outbox.add([motion(number) for number in range(50)])
        outbox.add([Reading("button/sos_button", 1.0, "1")])
    with answering(service_of, own_broker) as service, Gateway(tmp_path, own_broker) as gateway:
        wait_until(lambda: gateway.outbox.queued == 0)
        lanes = [lane for lane, *_ in service.messages]
        assert lanes[0] is Leaf.URGENT
        assert {Leaf.READINGS, Leaf.BACKFILL} <= set(lanes)

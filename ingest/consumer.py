"""The lanes by which messages come in: each a connection, a bounded inbox and writers of its own."""

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from prometheus_client import CollectorRegistry
from psycopg import Connection
from psycopg.rows import DictRow

from core import messages, topics
from core.clock import Clock
from core.messages import Stored
from core.mqtt import broker_of
from core.topics import Leaf
from devices.reads import Series
from ingest import inventory, status
from ingest.counters import Counters
from ingest.delays import Delays
from ingest.flood import Flood
from ingest.inbox import Inbox
from ingest.mqtt5 import Delivery
from ingest.settings import IngestSettings, allowances_of, limits_of
from ingest.subscriber import Subscriber
from ingest.told import Store, TellingWriter
from ingest.validate import Reason
from ingest.writer import Pace, Writer

END_S = 5.0

Connect = Callable[[], Connection[DictRow]]
Load = Callable[[Connection[DictRow], Sequence[str] | None], Sequence[Series]]
Acknowledge = Callable[[Sequence[Delivery]], None]
Tell = Callable[[Iterable[tuple[str, bytes]]], None]


class Lane(NamedTuple):
    """One way in: what receives, what waits, and what takes."""

    name: str
    subscriber: Subscriber
    inbox: Inbox
    works: Sequence[Callable[[threading.Event], None]]


class _Answers:
    """Tells the broker of one lane, and the gateways, what is stored."""

    def __init__(self, acknowledge: Acknowledge, tell: Tell) -> None:
        self._acknowledge = acknowledge
        self._tell = tell

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Tell the broker."""
        self._acknowledge(deliveries)

    def announce(self, stored: Sequence[tuple[str, Stored]]) -> None:
        """Tell the gateways. One that does not hear it sends again and is told again, so this may be lost."""
        self._tell([(topics.topic(gateway, Leaf.STORED), messages.encode(said)) for gateway, said in stored])


class Consumer:
    """All lanes of one worker, running in threads of their own from `start` to `stop`."""

    def __init__(
        self,
        settings: IngestSettings,
        connect: Connect,
        load: Load,
        clock: Clock,
        counters: Counters,
        delays: Delays | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._counters = counters
        self._delays = delays or Delays(CollectorRegistry(), clock)
        self._address = broker_of(settings)
        self._lanes: list[Lane] = []
        self._stop = threading.Event()
        self._lanes = [self._lane(leaf, connect, load) for leaf in topics.LANES] + [
            self._telling_lane(Leaf.STATUS, connect, status.StatusStore(), Reason.STATUS),
            self._telling_lane(Leaf.INVENTORY, connect, inventory.store, Reason.INVENTORY),
        ]
        self._threads = [
            threading.Thread(target=work, args=(self._stop,), name=f"{lane.name} {number}", daemon=True)
            for lane in self._lanes
            for number, work in enumerate(lane.works)
        ]

    def start(self) -> None:
        """Connect to the broker and begin to store."""
        for thread in self._threads:
            thread.start()
        for lane in self._lanes:
            lane.subscriber.start()

    def stop(self) -> None:
        """Finish the transactions that are open, acknowledge them and take leave of the broker."""
        self._stop.set()
        for thread in self._threads:
            thread.join(END_S / len(self._threads))
        for lane in self._lanes:
            lane.subscriber.stop(END_S / len(self._lanes))

    def wait_connected(self, seconds: float) -> bool:
        """Wait until every lane is connected; tell whether they are."""
        deadline = self._clock.monotonic() + seconds
        waits = [lane.subscriber.wait_connected for lane in self._lanes]
        return all(wait(max(0.0, deadline - self._clock.monotonic())) for wait in waits)

    @property
    def alive(self) -> bool:
        """Whether every thread still runs."""
        return all(thread.is_alive() for thread in self._threads)

    def _lane(self, leaf: Leaf, connect: Connect, load: Load) -> Lane:
        settings = self._settings
        inbox, subscriber = self._receiving(leaf, topics.subscription(leaf, settings.ingest_group))
        urgent = leaf is Leaf.URGENT
        allowances = allowances_of(settings, leaf)
        flood = Flood(*allowances, self._clock) if allowances else None
        works = [
            Writer(
                str(leaf),
                f"{settings.ingest_worker}/{number}",
                inbox,
                _Answers(self._acknowledging(leaf, subscriber), subscriber.tell),
                connect=connect,
                load=load,
                pace=Pace(
                    settings.ingest_batch_messages,
                    settings.ingest_batch_bytes,
                    0.0 if urgent else settings.ingest_linger_s,
                ),
                limits=limits_of(settings),
                counters=self._counters,
                clock=self._clock,
                flood=flood,
                on_taken=subscriber.wake,
            ).run
            for number in range(settings.ingest_writers if leaf is Leaf.READINGS else 1)
        ]
        return Lane(str(leaf), subscriber, inbox, works)

    def _telling_lane(self, leaf: Leaf, connect: Connect, store: Store, reason: Reason) -> Lane:
        # Not shared: a shared subscription is not told what was retained.
        inbox, subscriber = self._receiving(leaf, topics.subscription(leaf))
        writer = TellingWriter(
            str(leaf),
            inbox,
            self._acknowledging(leaf, subscriber),
            store,
            reason,
            connect=connect,
            counters=self._counters,
            clock=self._clock,
        )
        return Lane(str(leaf), subscriber, inbox, [writer.run])

    def _receiving(self, leaf: Leaf, subscription: str) -> tuple[Inbox, Subscriber]:
        settings = self._settings
        inbox = Inbox(settings.ingest_queue_messages, settings.ingest_queue_bytes, self._clock)
        self._delays.watch(str(leaf), inbox)
        subscriber = Subscriber(
            self._address,
            self._client_id(leaf),
            [subscription],
            deliver=inbox.put,
            has_room=inbox.has_room,
            on_subscribed=self._say_listening,
            receive_maximum=settings.ingest_queue_messages,
            keepalive_s=settings.keepalive_s,
            clock=self._clock,
        )
        return inbox, subscriber

    def _acknowledging(self, leaf: Leaf, subscriber: Subscriber) -> Acknowledge:
        def acknowledge(deliveries: Sequence[Delivery]) -> None:
            subscriber.acknowledge(deliveries)
            self._delays.settled(str(leaf), deliveries)

        return acknowledge

    def _say_listening(self) -> None:
        """Tell all gateways, as soon as we hear on every lane.

        What went under way before may be lost: a broker drops what it has sent to a worker that went away, and what
        nobody subscribes to. What we answered meanwhile may not have been heard.
        """
        if self._lanes and all(lane.subscriber.connected for lane in self._lanes):
            self._lanes[0].subscriber.tell([(topics.LISTENING, b"")])

    def _client_id(self, leaf: Leaf) -> str:
        return f"vicino-ingest-{self._settings.ingest_worker}-{leaf}"

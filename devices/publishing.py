"""Publishes each gateway's configuration when it has changed, and notes which one the gateway says it follows.

What is published is in the database first: a broker that has forgotten it is told again on each connection.
"""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

import msgspec
import psycopg
from psycopg_pool import PoolTimeout

from core import topics
from core.clock import Clock
from core.database import Database
from core.gateway_config import ConfigError
from core.log import logger
from core.messages import decode_status, encode
from core.mqtt import BrokerAddress, Connection, Message
from core.topics import Leaf
from devices.composition import Expectations, compose, nothing_expected
from devices.gateways import repository

LOST = (psycopg.Error, PoolTimeout)
_LONGEST_VERSION = 64
_LONGEST_TROUBLE = 500
_LARGEST_STATUS = 16_384
_MOST_STATUSES = 5_000


class ConfigPublisher:
    """One connection to the broker. `turn` does what there is to do; callbacks only put things into queues."""

    def __init__(
        self,
        database: Database,
        broker: BrokerAddress,
        clock: Clock,
        *,
        worker: str,
        keepalive_s: int = 30,
        expectations: Expectations = nothing_expected,
        on_event: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare to publish; `on_event` is called on the network thread when there is something to do."""
        self.published = 0
        self._database = database
        self._clock = clock
        self._expectations = expectations
        self._on_event = on_event
        self._everything = threading.Event()
        self._statuses: SimpleQueue[Message] = SimpleQueue()
        self._accepted: SimpleQueue[int] = SimpleQueue()
        self._under_way: dict[int, repository.Config] = {}
        self._known: dict[str, tuple[str, str]] = {}
        self._refused: dict[str, str] = {}
        self._connection = Connection(
            broker,
            f"vicino-devices-{worker}",
            on_message=self._take,
            on_connection=self._connected,
            on_published=self._note_accepted,
            subscriptions=(topics.subscription(Leaf.STATUS),),
            keepalive_s=keepalive_s,
        )

    def start(self) -> None:
        """Connect in the background."""
        self._connection.start()

    def stop(self) -> None:
        """Take leave of the broker."""
        self._connection.stop()

    def look(self) -> int:
        """Make the configurations of all gateways anew and keep those that differ; return how many did.

        Raises `psycopg.Error` or `PoolTimeout` without a database.
        """
        changed = 0
        with self._database.transaction() as connection:
            for source in repository.sources(connection):
                try:
                    config = compose(source, self._expectations)
                except ConfigError as error:
                    self._say_refused(source.gateway, source.gateway_id, str(error))
                    continue
                self._refused.pop(source.gateway, None)
                if config.version != source.version:
                    now = self._clock.now()
                    repository.write_config(connection, source.gateway_id, config.version, encode(config), now)
                    changed += 1
        return changed

    def turn(self) -> None:
        """Publish what the broker does not have, and note what it has and what gateways confirm.

        Raises `psycopg.Error` or `PoolTimeout` without a database; it is done at the next turn then.
        """
        self._publish()
        self._settle()
        self._confirm()

    def _publish(self) -> None:
        if not self._connection.connected:
            return
        everything = self._everything.is_set()
        with self._database.transaction() as connection:
            waiting = repository.configs(connection, everything=everything)
        self._everything.clear()
        under_way = {(config.gateway, config.version) for config in self._under_way.values()}
        for config in waiting:
            if (config.gateway, config.version) in under_way and not everything:
                continue
            mid = self._connection.publish(topics.topic(config.gateway, Leaf.CONFIG), config.config, retain=True)
            if mid is None:
                self._everything.set()
                return
            self._under_way[mid] = config

    def _settle(self) -> None:
        while True:
            try:
                mid = self._accepted.get_nowait()
            except Empty:
                return
            config = self._under_way.pop(mid, None)
            if config is not None:
                self.published += 1
                with self._database.transaction() as connection:
                    repository.note_published(connection, config, self._clock.now())

    def _confirm(self) -> None:
        latest: dict[str, tuple[str, str]] = {}
        while True:
            try:
                message = self._statuses.get_nowait()
            except Empty:
                break
            if (said := _said(message)) is not None:
                latest[said[0]] = said[1:]
        news = {key: said for key, said in latest.items() if self._known.get(key) != said}
        if news:
            with self._database.transaction() as connection:
                for key, (confirmed, trouble) in sorted(news.items()):
                    repository.note_confirmed(connection, key, confirmed, trouble, self._clock.now())
            self._known |= news

    def _say_refused(self, gateway: str, gateway_id: int, reason: str) -> None:
        if self._refused.get(gateway) != reason:
            logger().error("a configuration cannot be made; the one before stays", gateway_id=gateway_id, reason=reason)
            self._refused[gateway] = reason

    def _connected(self, there: bool) -> None:
        # What was under way is sent again; ids begin anew.
        if there:
            self._under_way = {}
            self._everything.set()
            self._on_event()

    def _note_accepted(self, mid: int) -> None:
        self._accepted.put(mid)
        self._on_event()

    def _take(self, message: Message) -> None:
        self._connection.acknowledge(message)
        # They are said again every minute.
        if self._statuses.qsize() < _MOST_STATUSES:
            self._statuses.put(message)
            self._on_event()


def _said(message: Message) -> tuple[str, str, str] | None:
    """Return the gateway and what it says of its configuration; None where it says nothing. Ingest refuses the rest."""
    topic = topics.parse(message.topic)
    if topic is None or len(message.payload) > _LARGEST_STATUS:
        return None
    try:
        status = decode_status(message.payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    # A last will was written before the gateway knew.
    if not status.online or len(status.config) > _LONGEST_VERSION:
        return None
    confirmed, trouble = (text.replace("\x00", "") for text in (status.config, status.config_trouble))
    return topic.gateway, confirmed, trouble[:_LONGEST_TROUBLE]

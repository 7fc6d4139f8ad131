"""Takes messages from an inbox, stores what is right in them, and only then lets go of them.

One writer is one thread with a database connection of its own. Whatever happens to the database, the messages stay
here, unacknowledged, until a transaction with them has been committed.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple, Protocol

from psycopg import Connection
from psycopg.rows import DictRow

from core import topics
from core.clock import Clock
from core.log import logger
from core.messages import BatchProperties, Stored
from core.topics import Leaf
from devices.reads import Series
from ingest import packing, repository
from ingest.correction import shift_ms
from ingest.counters import Counters
from ingest.doubt import Doubt
from ingest.flood import Flood
from ingest.inbox import Inbox
from ingest.mqtt5 import Delivery
from ingest.reads import gateway_starts
from ingest.repository import Outcome
from ingest.series import Directory
from ingest.session import Session
from ingest.starts import Start, Starts
from ingest.validate import Call, Limits, Reason, Rejection, Verdict, judge

CAREFUL_COMMITS = 8
IDLE_S = 0.5  # how soon a stop is noticed while nothing comes


class Pace(NamedTuple):
    """How much goes into one transaction, and how long a writer waits for more."""

    messages: int
    payload_bytes: int
    linger_s: float


class Answers(Protocol):
    """Whom a writer tells that messages are safe."""

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Tell the broker."""

    def announce(self, stored: Sequence[tuple[str, Stored]]) -> None:
        """Tell the gateways, by their keys."""


class Writer:
    """Stores what comes by one lane.

    `load` reads the registered series of gateways, or of all. `on_taken` is called when the inbox has room again.
    `flood` says how much may come; without it there is no limit.
    """

    def __init__(
        self,
        lane: str,
        worker: str,
        inbox: Inbox,
        answers: Answers,
        *,
        connect: Callable[[], Connection[DictRow]],
        load: Callable[[Connection[DictRow], Sequence[str] | None], Sequence[Series]],
        pace: Pace,
        limits: Limits,
        counters: Counters,
        clock: Clock,
        flood: Flood | None = None,
        on_taken: Callable[[], None] = lambda: None,
    ) -> None:
        self._flood = flood
        self._on_taken = on_taken
        self._lane = lane
        self._worker = worker
        self._inbox = inbox
        self._answers = answers
        self._load = load
        self._pace = pace
        self._limits = limits
        self._counters = counters
        self._clock = clock
        self._months: set[tuple[int, int]] = set()
        self._careful = 0
        self._directory = Directory(clock)
        self._doubt = Doubt(clock)
        self._starts = Starts(clock)
        self._session = Session(lane, connect, counters, clock, self._forget)

    def run(self, stop: threading.Event) -> None:
        """Store until `stop` is set; what is then not committed has not been acknowledged and comes again."""
        while not stop.is_set():
            if not self._inbox.wait(IDLE_S):
                continue
            messages, size, linger_s = self._pace
            if linger_s:
                self._inbox.linger(messages, size, linger_s)
            deliveries = self._inbox.take(messages, size)
            self._on_taken()
            if deliveries:
                self._settle(deliveries, stop)
        self._session.close()

    def _settle(self, deliveries: Sequence[Delivery], stop: threading.Event) -> None:
        """Store these messages; one among them that cannot be stored is found by halving and rejected."""
        try:
            self._persist(lambda connection: self._judged(connection, deliveries), stop)
        except Exception as error:  # noqa: BLE001 - one message must never end the service for all others
            self._divide(deliveries, error, stop)

    def _divide(self, deliveries: Sequence[Delivery], error: Exception, stop: threading.Event) -> None:
        middle = len(deliveries) // 2
        if middle:
            self._settle(deliveries[:middle], stop)
            self._settle(deliveries[middle:], stop)
            return
        code = getattr(error, "sqlstate", None) or type(error).__name__
        logger().error("a message cannot be stored; it is kept among the rejects", lane=self._lane, reason=code)
        try:
            self._persist(lambda connection: [self._refused_whole(connection, deliveries[0], code)], stop)
        except Exception as second:  # noqa: BLE001 - unacknowledged and not stored, it stays with broker and gateway
            logger().error("a message cannot even be rejected", lane=self._lane, reason=type(second).__name__)

    def _persist(self, judged: Callable[[Connection[DictRow]], Sequence[Verdict]], stop: threading.Event) -> None:
        """Commit, and only then let go."""

        def work(connection: Connection[DictRow]) -> tuple[Sequence[Verdict], Outcome]:
            verdicts = judged(connection)
            if self._flood is None:
                return verdicts, self._store(connection, verdicts)
            # What is not committed was not sent, as far as its allowance goes: it is judged and counted again.
            with self._flood.admitting(verdicts, self._directory) as admitted:
                return admitted.verdicts, self._store(connection, admitted.verdicts, admitted.parked)

        done = self._session.persist(work, stop, gives_up=True)
        if done is not None:
            self._let_go(*done)

    def _judged(self, connection: Connection[DictRow], deliveries: Sequence[Delivery]) -> list[Verdict]:
        def load(keys: Sequence[str] | None) -> Sequence[Series]:
            return self._load(connection, keys)

        self._directory.refresh_if_due(load)
        now_ms = round(self._clock.now().timestamp() * 1000)
        verdicts = [judge(delivery, self._directory, now_ms, self._limits) for delivery in deliveries]
        missing = {verdict.gateway for verdict in verdicts if verdict.misses and verdict.gateway}
        if missing and self._directory.look_again(missing, load):
            verdicts = [
                judge(verdict.delivery, self._directory, now_ms, self._limits) if verdict.misses else verdict
                for verdict in verdicts
            ]
        if self._lane != Leaf.URGENT:
            return verdicts
        doubtful = {
            (verdict.gateway, verdict.batch.boot)
            for verdict in verdicts
            if verdict.gateway and verdict.batch and _is_doubtful(verdict)
        }
        starts = self._starts.of(doubtful, lambda keys: gateway_starts(connection, keys)) if doubtful else {}
        return _corrected(verdicts, now_ms, starts)

    def _refused_whole(self, connection: Connection[DictRow], delivery: Delivery, code: str) -> Verdict:
        calls: tuple[Call, ...] = ()
        # Judging may be what failed; the message is to be kept all the same.
        with suppress(Exception):
            (verdict,) = self._judged(connection, [delivery])
            calls = verdict.calls
        return _poisonous(delivery, code, calls)

    def _store(
        self,
        connection: Connection[DictRow],
        verdicts: Sequence[Verdict],
        parked: Mapping[tuple[str, str], int] = MappingProxyType({}),
    ) -> Outcome:
        columns = packing.gather(verdicts)
        for year, month in packing.months(columns):
            if (year, month) not in self._months:
                repository.ensure_month(connection, datetime(year, month, 1, tzinfo=UTC))
                self._months.add((year, month))
        outcome = repository.store(
            connection,
            verdicts,
            lane=self._lane,
            worker=self._worker,
            received_at=self._clock.now(),
            columns=columns,
            parked=parked,
            careful=self._careful > 0,
        )
        # Where one reading was sent again, others are: a gateway that reconnects sends all that is under way.
        self._careful = CAREFUL_COMMITS if outcome.duplicates else max(0, self._careful - 1)
        return outcome

    def _let_go(self, verdicts: Sequence[Verdict], outcome: Outcome) -> None:
        self._answers.acknowledge([verdict.delivery for verdict in verdicts])
        batches: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for verdict in verdicts:
            # A gateway that is not registered yet keeps what it has: it comes again, with its own time, once it is.
            if verdict.unregistered or self._doubt.keeps(verdict):
                continue
            if verdict.gateway is not None and verdict.batch is not None:
                batches[verdict.gateway, verdict.batch.boot].append(verdict.batch.sequence)
        self._answers.announce([(gateway, Stored(boot, numbers)) for (gateway, boot), numbers in batches.items()])
        self._counters.add(
            self._lane,
            messages=len(verdicts),
            stored=outcome.stored,
            duplicates=outcome.duplicates,
            rejected=sum(refused.rejection.records for refused in outcome.refused),
            parked=sum(
                refused.rejection.records for refused in outcome.refused if refused.rejection.reason is Reason.FLOOD
            ),
            commits=1,
        )

    def _forget(self) -> None:
        self._directory.forget()
        self._months.clear()


def _corrected(verdicts: list[Verdict], now_ms: int, starts: Mapping[Start, int]) -> list[Verdict]:
    """Say of calls whose gateway does not trust its clock when they must have been."""

    def corrected(verdict: Verdict) -> Verdict:
        if verdict.gateway is None or verdict.batch is None or not _is_doubtful(verdict):
            return verdict
        started_ms = starts.get((verdict.gateway, verdict.batch.boot))
        return verdict._replace(shift_ms=shift_ms(verdict.readings, now_ms, verdict.batch.monotonic_s, started_ms))

    return [corrected(verdict) for verdict in verdicts]


def _is_doubtful(verdict: Verdict) -> bool:
    return bool(verdict.readings) and verdict.batch is not None and verdict.batch.clock == "unsynced"


def _poisonous(delivery: Delivery, code: str, calls: tuple[Call, ...]) -> Verdict:
    topic = topics.parse(delivery.topic)
    batch = None
    with suppress(ValueError):
        batch = BatchProperties.from_user_properties(delivery.user_properties)
    rejection = Rejection(Reason.RECORD, f"The message could not be stored: {code}.", 1, calls)
    return Verdict(delivery, topic.gateway if topic else None, batch, (), (rejection,))

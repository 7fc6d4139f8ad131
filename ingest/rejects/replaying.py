"""Trying rejects again, after what they were rejected for may have changed. Nothing is stored or counted twice.

1. Read the whole message, in the bytes in which it came, and judge it by what is registered now. Whether its times lie
   ahead of the clock is judged by when it came: a gateway's clock that was wrong then does not become right by waiting.
   Where the gateway knew the time, it was rather our clock that was behind, and its times are held against the present.
2. Leave out what is stored already: the part of the message that was good at first, and all that the gateway has sent
   again since. A reading that says something else than what is stored stays a conflict.
3. Store the rest with its original time, by the lane `replay`, and mark the hours it touches.
4. A call for help whose message was read when it came has called people then: its reading is stored and calls nobody
   again. Where nobody could be called then, as of a gateway that was not registered, people are called now, and told
   how old the call is: nobody has answered it.
5. What is stored is no reject any more; what is still refused stays one, with the reason that holds now.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from psycopg.errors import DataError, DeadlockDetected, IntegrityError, UniqueViolation

import ingest.repository
from core import topics
from core.clock import Clock
from core.vocabulary import Retention
from devices.reads import Series as Registered
from ingest.mqtt5 import Delivery
from ingest.reading import Reading
from ingest.rejects import repository
from ingest.rejects.repository import Copied, Dictionaries, Message, Settled
from ingest.repository import Heard
from ingest.series import ROUTES, SAFETY_ROUTE, Directory
from ingest.validate import Call, Limits, Reason, Rejection, Verdict, judge

LANE = "replay"
AT_ONCE = 100  # messages in one transaction
ATTEMPTS = 5
EVENT_ROUTE = ROUTES.index(Retention.EVENT)

# What may be otherwise now than when the message came.
CHANGEABLE = frozenset(
    {Reason.UNKNOWN_GATEWAY, Reason.UNKNOWN_SERIES, Reason.FOREIGN_SERIES, Reason.UNIT, Reason.RECORD, Reason.FLOOD}
)
# Where one of these was said of it, a message was read when it came, and every call for help in it was passed on.
READ_WHEN_IT_CAME = frozenset(
    {
        Reason.RECORD,
        Reason.TIME,
        Reason.UNIT,
        Reason.VALUE,
        Reason.UNKNOWN_SERIES,
        Reason.FOREIGN_SERIES,
        Reason.CONFLICT,
        Reason.AFTER_RETENTION,
        Reason.FLOOD,
    }
)

Load = Callable[[Dictionaries, Sequence[str] | None], Sequence[Registered]]
Known = dict[tuple[int, int], float]  # values by series and milliseconds since 1970


class Report(NamedTuple):
    """What trying rejects again brought: messages tried, readings stored, already there, and still refused by reason.

    `cut` counts messages that cannot be tried, because only their beginning was kept.
    """

    messages: int = 0
    stored: int = 0
    already: int = 0
    refused: Mapping[str, int] = Counter()
    cut: int = 0

    def plus(self, other: "Report") -> "Report":
        """Return the sum of two reports."""
        return Report(
            self.messages + other.messages,
            self.stored + other.stored,
            self.already + other.already,
            Counter(self.refused) + Counter(other.refused),
            self.cut + other.cut,
        )


class Sorted(NamedTuple):
    """What of a message is to be stored, how much of it is there already, what is refused, and who is to be called."""

    fresh: Sequence[Reading]
    already: int
    refused: Mapping[Reason, Rejection]
    calls: Sequence[Call]


def replay(
    connection: Dictionaries,
    ids: Sequence[int],
    *,
    load: Load,
    limits: Limits,
    clock: Clock,
    worker: str,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    stop: threading.Event | None = None,
) -> Report:
    """Try rejects again, and with each the whole message it belongs to; the connection has the turn and is prepared.

    Each transaction is complete in itself: after an interruption the same call goes on. Raises `psycopg.Error` where
    the database itself fails.
    """
    directory = Directory(clock)
    directory.refresh(lambda keys: load(connection, keys))
    attempt = _Attempt(connection, directory, limits, clock, worker)
    report, done = Report(), set[int]()
    for start in range(0, len(ids), AT_ONCE):
        if stop is not None and stop.is_set():
            break
        wanted = [number for number in ids[start : start + AT_ONCE] if number not in done]
        found = repository.messages(connection, wanted)
        report = report.plus(attempt.settle(found))
        done |= {row.reject_id for message in found for row in message.rows}
        progress(min(start + AT_ONCE, len(ids)), len(ids))
    return report


def would_store(message: Message, directory: Directory, now_ms: int, limits: Limits) -> bool:
    """Tell whether something of a message would be accepted by what is registered now, whether it is stored or not."""
    if _tells_of_itself(message):
        return message.gateway_key is not None and directory.home_of(message.gateway_key) is not None
    refused = {row.reason for row in message.rows if not row.replayed}
    verdict = judge(_delivery(message), directory, now_ms, limits)
    unchanged = {Reason.CONFLICT} if _knew_the_time(verdict) else {Reason.CONFLICT, Reason.TIME}
    return bool(refused - {rejection.reason for rejection in verdict.rejections} - unchanged)


def sort_out(message: Message, verdict: Verdict, known: Known, ahead_ms: int) -> Sorted:
    """Return what becomes of a message that was judged anew. Pure but that it adds what is to be stored to `known`."""
    was_read = _was_read(message)
    latest_ms = round(message.first_at.timestamp() * 1000) + ahead_ms
    refused = {rejection.reason: rejection for rejection in verdict.rejections}
    fresh: list[Reading] = []
    already = 0
    for reading in verdict.readings:
        key = (reading.series_id, reading.at_ms)
        there = known.get(key)
        if reading.at_ms > latest_ms and not _knew_the_time(verdict):
            _refuse(refused, Reason.TIME, f"The time {reading.at_ms} ms was ahead of the clock.", reading)
        elif there is None:
            known[key] = reading.value
            fresh.append(_silenced(reading) if was_read and _calls(reading) else reading)
        elif there == reading.value:
            already += 1
        else:
            detail = f"Series {reading.series_id} has another value at the same time; the first one is kept."
            _refuse(refused, Reason.CONFLICT, detail, reading)
    calls = {} if was_read else {call.caller: call for rejection in refused.values() for call in rejection.calls}
    return Sorted(fresh, already, refused, list(calls.values()))


def plan(message: Message, refused: Mapping[Reason, Rejection], now: datetime) -> tuple[list[Settled], list[Copied]]:
    """Return what is written down of a message: every reason that holds now stands in exactly one row. Pure."""
    left = dict(refused)
    settled: list[Settled] = []
    outdated = []
    for row in message.rows:
        holds = left.pop(row.reason, None)
        if holds is not None:
            settled.append(_refused_still(row.reject_id, None, holds))
        elif not row.replayed:
            outdated.append(row.reject_id)
    new = list(left.values())
    settled += [_refused_still(number, str(found.reason), found) for number, found in zip(outdated, new, strict=False)]
    settled += [Settled(number, None, None, None, now) for number in outdated[len(new) :]]
    copied = [
        Copied(message.rows[0].reject_id, str(found.reason), ingest.repository.kept_text(found.detail), found.records)
        for found in new[len(outdated) :]
    ]
    return settled, copied


def _refused_still(reject_id: int, reason: str | None, found: Rejection) -> Settled:
    return Settled(reject_id, reason, ingest.repository.kept_text(found.detail), found.records, None)


class _Attempt(NamedTuple):
    connection: Dictionaries
    directory: Directory
    limits: Limits
    clock: Clock
    worker: str

    def settle(self, messages: Sequence[Message]) -> Report:
        """Try messages together, and each alone where one of them spoils it for all."""
        for _ in range(ATTEMPTS):
            try:
                return self._together(messages)
            except (DeadlockDetected, UniqueViolation):
                # The gateway sends the same bytes at this very moment.
                messages = repository.messages(self.connection, [message.rows[0].reject_id for message in messages])
            except (DataError, IntegrityError) as error:
                if len(messages) > 1:
                    return _sum(self.settle([message]) for message in messages)
                return self._spoilt(messages[0], error.sqlstate or type(error).__name__)
        return Report(len(messages), refused=Counter({str(Reason.RECORD): len(messages)}))

    def _together(self, messages: Sequence[Message]) -> Report:
        now = self.clock.now()
        judged = [
            (message, judge(_delivery(message), self.directory, round(now.timestamp() * 1000), self.limits))
            for message in messages
            if not _tells_of_itself(message)
        ]
        verdicts = [verdict for _, verdict in judged]
        for month in _months(verdicts):
            ingest.repository.ensure_month(self.connection, month)
        with self.connection.transaction():
            known = self._known(verdicts)
            found = [
                (message, verdict, sort_out(message, verdict, known, self.limits.ahead_ms))
                for message, verdict in judged
            ]
            found = self._stored(found, now)
            late = [_heard(message, call) for message, _, each in found for call in each.calls]
            repository.pass_on(self.connection, late, now)
            refused = [(message, each.refused) for message, _, each in found]
            refused += [(message, self._of_itself(message)) for message in messages if _tells_of_itself(message)]
            self._write_down(refused, now)
        return Report(
            len(messages),
            sum(len(each.fresh) for _, _, each in found),
            sum(each.already for _, _, each in found),
            _counted(refused),
        )

    def _stored(
        self, found: Sequence[tuple[Message, Verdict, Sorted]], now: datetime
    ) -> list[tuple[Message, Verdict, Sorted]]:
        """Store what is fresh; what turns out not to be storable after all is added to what is refused."""
        verdicts = [verdict._replace(readings=each.fresh, rejections=()) for _, verdict, each in found if each.fresh]
        if not verdicts:
            return list(found)
        outcome = ingest.repository.store(self.connection, verdicts, lane=LANE, worker=self.worker, received_at=now)
        late: dict[int, list[Rejection]] = {}
        for each in outcome.refused:
            late.setdefault(id(each.delivery), []).append(each.rejection)
        return [
            (message, verdict, _less(result, late.get(id(verdict.delivery), ()))) for message, verdict, result in found
        ]

    def _known(self, verdicts: Sequence[Verdict]) -> Known:
        keys: dict[int, set[tuple[int, datetime]]] = {}
        for verdict in verdicts:
            for reading in verdict.readings:
                instant = datetime.fromtimestamp(reading.at_ms / 1000, UTC)
                keys.setdefault(reading.route, set()).add((reading.series_id, instant))
        known: Known = {}
        for route, wanted in keys.items():
            values = repository.kept_values(self.connection, route, sorted(wanted))
            known |= {
                (series_id, round(instant.timestamp() * 1000)): value for (series_id, instant), value in values.items()
            }
        return known

    def _of_itself(self, message: Message) -> dict[Reason, Rejection]:
        """Return why the word of a gateway about itself is still refused; once it is registered it speaks anew."""
        if message.gateway_key is not None and self.directory.home_of(message.gateway_key) is not None:
            return {}
        return {row.reason: Rejection(row.reason, "It is no reading.", 1) for row in message.rows if not row.replayed}

    def _write_down(self, refused: Sequence[tuple[Message, Mapping[Reason, Rejection]]], now: datetime) -> None:
        plans = [plan(message, reasons, now) for message, reasons in refused]
        repository.settle(
            self.connection,
            [row for settled, _ in plans for row in settled],
            [row for _, copied in plans for row in copied],
        )

    def _spoilt(self, message: Message, code: str) -> Report:
        refused = {Reason.RECORD: Rejection(Reason.RECORD, f"The message could not be stored: {code}.", 1)}
        now = self.clock.now()
        # What it calls for does not wait until it can be stored.
        verdict = judge(_delivery(message), self.directory, round(now.timestamp() * 1000), self.limits)
        calls = () if _was_read(message) else verdict.calls
        with self.connection.transaction():
            repository.pass_on(self.connection, [_heard(message, call) for call in calls], now)
            self._write_down([(message, refused)], now)
        return Report(1, refused=Counter({str(Reason.RECORD): 1}))


def _delivery(message: Message) -> Delivery:
    return Delivery(message.topic, message.payload, message.properties, 1, 0)


def _heard(message: Message, call: Call) -> Heard:
    return Heard(call, message.gateway_key or "", message.first_at)


def _was_read(message: Message) -> bool:
    """Tell whether people were called by every call in a message when it came, or when it was tried again before."""
    return any(row.reason in READ_WHEN_IT_CAME for row in message.rows)


def _knew_the_time(verdict: Verdict) -> bool:
    return verdict.batch is not None and verdict.batch.clock == "synced"


def _tells_of_itself(message: Message) -> bool:
    topic = topics.parse(message.topic)
    return topic is not None and topic.leaf in (topics.Leaf.STATUS, topics.Leaf.INVENTORY)


def _calls(reading: Reading) -> bool:
    return reading.route == SAFETY_ROUTE and bool(reading.value)


def _silenced(reading: Reading) -> Reading:
    """Return a safety reading that is stored like any other and calls nobody."""
    return reading._replace(route=EVENT_ROUTE)


def _refuse(refused: dict[Reason, Rejection], reason: Reason, detail: str, reading: Reading) -> None:
    call = Call(reading.series_id, reading.home_id, reading.quantity_id, reading.value)
    calls = (call,) if _calls(reading) else ()
    before = refused.get(reason, Rejection(reason, detail, 0))
    refused[reason] = before._replace(records=before.records + 1, calls=before.calls + calls)


def _less(result: Sorted, late: Sequence[Rejection]) -> Sorted:
    """Return `result` without what the database refused; which calls were in that has been seen to."""
    if not late:
        return result
    refused = dict(result.refused)
    for rejection in late:
        before = refused.get(rejection.reason, rejection._replace(records=0))
        refused[rejection.reason] = before._replace(records=before.records + rejection.records)
    lost = sum(rejection.records for rejection in late)
    return result._replace(fresh=result.fresh[lost:], refused=refused)


def _counted(refused: Sequence[tuple[Message, Mapping[Reason, Rejection]]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for _, reasons in refused:
        for reason, rejection in reasons.items():
            counts[str(reason)] += rejection.records
    return counts


def _months(verdicts: Sequence[Verdict]) -> list[datetime]:
    instants = (datetime.fromtimestamp(reading.at_ms / 1000, UTC) for v in verdicts for reading in v.readings)
    return sorted({datetime(instant.year, instant.month, 1, tzinfo=UTC) for instant in instants})


def _sum(reports: Iterator[Report]) -> Report:
    total = Report()
    for each in reports:
        total = total.plus(each)
    return total

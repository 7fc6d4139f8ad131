"""What ingest writes to the database. One call is one transaction."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
import numpy as np
from psycopg import Connection
from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow
from psycopg.sql import Composed, Identifier
from psycopg.types.json import Jsonb

from core.messages import FoundDevice
from core.statements import Statements
from core.vocabulary import BY_NAME, QUANTITIES, Retention
from ingest import packing
from ingest.mqtt5 import Delivery
from ingest.packing import Columns
from ingest.reads import FLOOD_PAUSE
from ingest.rejects import room
from ingest.series import ROUTES, SAFETY_ROUTE
from ingest.validate import Call, Reason, Rejection, Verdict

URGENT_CHANNEL = "vicino_urgent"
TOUCHED_CHANNEL = "vicino_touched"

KEPT_BYTES = 65_536  # of a payload that is rejected
KEPT_TEXT = 1_000
KEPT_PROPERTIES = 20

# What tells of somebody's life, and what calls for help; the rest is of the devices themselves.
SAFETY = [quantity.id for quantity in QUANTITIES if quantity.safety]
WELLBEING = [q.id for q in QUANTITIES if not q.safety and q.retention is not Retention.TECHNICAL]

_sql = Statements.beside(__file__)


def _into(name: str) -> list[Composed]:
    """Return a statement for the table of each route; safety readings lie among the events."""
    tables = [*ROUTES, Retention.EVENT]
    return [_sql[name].format(readings=Identifier("ingest", f"reading_{table}")) for table in tables]


_COPY = _into("copy_readings")
_INSERT = _into("insert_readings")
_INSERT_ONLY = _into("insert_only")
_CONTRADICTIONS = _into("contradictions")

Dictionaries = Connection[DictRow]


class Heard(NamedTuple):
    """A call for help, the key of the gateway that heard it, and when it was first received."""

    call: Call
    gateway: str
    received_at: datetime

    @property
    def instant(self) -> datetime:
        """When it was, which was not after it was received."""
        at_ms = self.call.at_ms
        return self.received_at if at_ms is None else min(datetime.fromtimestamp(at_ms / 1000, UTC), self.received_at)


class Refused(NamedTuple):
    """What of a message cannot be stored."""

    delivery: Delivery
    gateway: str | None
    rejection: Rejection


class Outcome(NamedTuple):
    """What one commit did: readings stored, readings that were there already, and all that was rejected."""

    stored: int
    duplicates: int
    refused: Sequence[Refused]


class _Arrived(NamedTuple):
    """What is to be stored in one transaction, as `store` is told of it."""

    verdicts: Sequence[Verdict]
    columns: Columns
    lane: str
    worker: str
    received_at: datetime
    parked: Mapping[tuple[str, str], int]


class _Settled(NamedTuple):
    stored: int
    duplicates: int
    conflicts: dict[int, Rejection]
    touched: set[tuple[int, int]]
    urgent: bool


_NOTHING = _Settled(0, 0, {}, set(), urgent=False)


def prepare(connection: Dictionaries) -> None:
    """Make ready a connection on which `store` will be called."""
    connection.execute(_sql["make_staging"])


def ensure_month(connection: Dictionaries, month: datetime) -> None:
    """Make the partitions that readings of a month need, in a transaction of their own."""
    connection.execute(_sql["ensure_partition"], {"month": month})


def store(
    connection: Dictionaries,
    verdicts: Sequence[Verdict],
    *,
    lane: str,
    worker: str,
    received_at: datetime,
    columns: Columns | None = None,
    parked: Mapping[tuple[str, str], int] = MappingProxyType({}),
    careful: bool = False,
) -> Outcome:
    """Store what was accepted and keep what was rejected, in one transaction.

    A call for help among what was rejected goes to the urgent outbox with its own time, or with that at which it was
    received where nobody knows better, once however often the same bytes come. A reading whose key is there already
    counts as duplicate if it says the same and is rejected as a conflict if it does not. `lane` and `worker` name where
    the readings came by and who counts them; `columns` are the accepted readings if they have been gathered; `parked`
    says how many readings among what was rejected were put aside, by gateway and device, because there were too many.
    Readings are taken to be new, which is tried at twice the speed, unless `careful` says that many are probably there
    already; the outcome is the same.
    Raises `psycopg.Error`, and then nothing was stored.
    """
    if columns is None:
        columns = packing.gather(verdicts)
    arrived = _Arrived(verdicts, columns, lane, worker, received_at, parked)
    if not careful:
        # A savepoint around each table would cost as much as the rare second attempt, and always.
        with suppress(UniqueViolation):
            return _committed(connection, arrived, careful=False)
    return _committed(connection, arrived, careful=True)


def _committed(connection: Dictionaries, arrived: _Arrived, *, careful: bool) -> Outcome:
    """Store all that may be, in one transaction. Raises `UniqueViolation` if not `careful` and some of it is there."""
    verdicts, received_at = arrived.verdicts, arrived.received_at
    refused = [
        Refused(verdict.delivery, verdict.gateway, rejection)
        for verdict in verdicts
        for rejection in verdict.rejections
    ]
    with connection.transaction():
        arrived = arrived._replace(columns=_watched(connection, arrived.columns))
        settled = _store_readings(connection, arrived, careful=careful) if len(arrived.columns) else _NOTHING
        refused += [
            Refused(verdicts[message].delivery, verdicts[message].gateway, rejection)
            for message, rejection in settled.conflicts.items()
        ]
        called = _keep_refused(connection, refused, received_at)
        _record_floods(connection, arrived.parked, received_at)
        _announce(connection, settled._replace(urgent=settled.urgent or called), received_at)
        connection.execute(
            _sql["add_tally"],
            {
                "received_at": received_at,
                "worker": f"{arrived.worker}/{arrived.lane}",
                "stored": settled.stored,
                "duplicates": settled.duplicates,
                "conflicts": sum(rejection.records for rejection in settled.conflicts.values()),
            },
        )
    return Outcome(settled.stored, settled.duplicates, refused)


def store_staged(connection: Dictionaries, rows: bytes, routes: Iterable[int]) -> None:
    """Store `packing.staged` rows of some routes by way of the staging table and do nothing else, in one transaction.

    With `store_copied` the measure of what the database can take at most.
    """
    with connection.transaction():
        with connection.cursor() as cursor, cursor.copy(_sql["copy_staging"]) as copy:
            copy.write(rows)
        for route in routes:
            connection.execute(_INSERT_ONLY[route], {"route": route})


def store_copied(connection: Dictionaries, rows: Mapping[int, bytes]) -> None:
    """Store `packing.kept` rows by their route straight into their tables and do nothing else, in one transaction."""
    with connection.transaction():
        for route, packed in rows.items():
            with connection.cursor() as cursor, cursor.copy(_COPY[route]) as copy:
                copy.write(packed)


def keep_refused(connection: Dictionaries, refused: Sequence[Refused], received_at: datetime) -> None:
    """Keep what was rejected, in one transaction. Raises `psycopg.Error`, and then nothing was kept."""
    with connection.transaction():
        _keep_refused(connection, refused, received_at)


def record_inventory(
    connection: Dictionaries,
    gateway: str,
    devices: Sequence[FoundDevice],
    received_at: datetime,
    *,
    left_out: int = 0,
) -> bool:
    """Store what a gateway has found, and how many it had no room for; tell whether the gateway is known.

    A device that is installed gets the series it turns out to report: not every one says at first all that it can.
    The caller owns the transaction.
    """
    # Whole, not as on the wire, where what is empty is left out.
    rows = [{"ident": device.key or f"?{device.name}", **msgspec.structs.asdict(device)} for device in devices]
    row = connection.execute(
        _sql["record_inventory"], {"key": gateway, "devices": Jsonb(rows), "left_out": left_out, "now": received_at}
    ).fetchone()
    if row is None or not row["known"]:
        return False
    reported = [
        {"key": device.key, "name": f"{device.key}/{name}", "quantity_id": known.id}
        for device in devices
        if device.key
        for name in device.quantities
        if (known := BY_NAME.get(name.partition("/")[0]))
    ]
    connection.execute(_sql["grow"], {"key": gateway, "series": Jsonb(reported)})
    return True


def _store_readings(connection: Dictionaries, arrived: _Arrived, *, careful: bool) -> _Settled:
    columns = arrived.columns
    connection.execute(_sql["insert_intake"], {"received_at": arrived.received_at, "lane": arrived.lane})
    routes = np.unique(columns["route"]).tolist()
    sifted = [route for route in routes if careful or route == SAFETY_ROUTE]
    for route in routes:
        if route not in sifted:
            with connection.cursor() as cursor, cursor.copy(_COPY[route]) as copy:
                copy.write(packing.kept(columns[columns["route"] == route]))
    if not sifted:
        return _NOTHING._replace(stored=len(columns), touched=packing.hours(columns))
    doubtful = np.isin(columns["route"], sifted)
    settled = _sift(connection, columns[doubtful], sifted, arrived.received_at, arrived.verdicts)
    copied = columns[~doubtful]
    return settled._replace(stored=settled.stored + len(copied), touched=settled.touched | packing.hours(copied))


def _watched(connection: Dictionaries, columns: Columns) -> Columns:
    """Return readings without those of times in which nothing of a home is recorded: they are let go, as if stored."""
    if not len(columns):
        return columns
    given = {
        "homes": np.unique(columns["home_id"]).tolist(),
        "start": _instant(columns["at_ms"].min()),
        "end": _instant(columns["at_ms"].max() + 1),
        "wellbeing": WELLBEING,
        "safety": SAFETY,
    }
    kept = np.ones(len(columns), dtype=bool)
    for row in connection.execute(_sql["unwatched"], given):
        of_series = (columns["series_id"] == row["series_id"]) & (columns["route"] != SAFETY_ROUTE)
        of_series &= columns["at_ms"] >= _milliseconds(row["started_at"])
        if row["ended_at"] is not None:
            of_series &= columns["at_ms"] < _milliseconds(row["ended_at"])
        kept &= ~of_series
    return columns if kept.all() else columns[kept]


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(int(at_ms) / 1000, UTC)


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _sift(
    connection: Dictionaries,
    columns: Columns,
    routes: Sequence[int],
    received_at: datetime,
    verdicts: Sequence[Verdict],
) -> _Settled:
    """Store what is new of readings of these routes, and find what is there already or contradicts what is there."""
    with connection.cursor() as cursor, cursor.copy(_sql["copy_staging"]) as copy:
        copy.write(packing.staged(columns))
    conflicts: dict[int, Rejection] = {}
    touched: set[tuple[int, int]] = set()
    stored, urgent = 0, False
    for route in routes:
        parameters = {"route": route, "received_at": received_at}
        insert = _sql["insert_safety"] if route == SAFETY_ROUTE else _INSERT[route]
        new = 0
        for row in connection.execute(insert, parameters):
            new += row["readings"]
            touched.add((row["home_id"], int(row["hour"].timestamp() * 1000) // packing.HOUR_MS))
        urgent |= route == SAFETY_ROUTE and new > 0
        stored += new
        if new < np.count_nonzero(columns["route"] == route):
            safety = _quantities(verdicts) if route == SAFETY_ROUTE else {}
            for row in connection.execute(_CONTRADICTIONS[route], parameters):
                _add_conflict(conflicts, row, safety)
    clashing = sum(rejection.records for rejection in conflicts.values())
    return _Settled(stored, len(columns) - stored - clashing, conflicts, touched, urgent)


def _quantities(verdicts: Sequence[Verdict]) -> dict[int, int]:
    return {reading.series_id: reading.quantity_id for verdict in verdicts for reading in verdict.readings}


def _add_conflict(conflicts: dict[int, Rejection], found: DictRow, safety: Mapping[int, int]) -> None:
    before = conflicts.get(found["message"])
    quantity_id = safety.get(found["series_id"])
    calls = before.calls if before else ()
    if quantity_id is not None and found["value"]:
        called_at = found["called_at"]
        at_ms = None if called_at is None else round(called_at.timestamp() * 1000)
        calls += (Call(found["series_id"], found["home_id"], quantity_id, found["value"], at_ms),)
    conflicts[found["message"]] = Rejection(
        Reason.CONFLICT,
        f"Series {found['series_id']} has another value at the same time; the first one is kept.",
        found["readings"] + (before.records if before else 0),
        calls,
    )


def _announce(connection: Dictionaries, settled: _Settled, received_at: datetime) -> None:
    if settled.touched:
        touched = sorted(settled.touched)
        connection.execute(
            _sql["insert_touched"],
            {
                "received_at": received_at,
                # As text: there are hundreds in a commit, and an adapter looks at each.
                "homes": f"{{{','.join([str(home) for home, _ in touched])}}}",
                "hours": f"{{{','.join([str(hour) for _, hour in touched])}}}",
                "channel": TOUCHED_CHANNEL,
            },
        )
    if settled.urgent:
        connection.execute(_sql["notify"], {"channel": URGENT_CHANNEL})


def _keep_refused(connection: Dictionaries, refused: Iterable[Refused], received_at: datetime) -> bool:
    """Keep what was rejected and pass on the calls for help in it that are new; tell whether there were any."""
    rows: dict[tuple[str, str, bytes], dict[str, Any]] = {}
    calls: dict[tuple[str, str, bytes], tuple[Call, ...]] = {}
    for delivery, gateway, rejection in refused:
        digest = hashlib.sha256(delivery.payload).digest()
        topic = kept_text(delivery.topic)
        # By its gateway, not by its topic: a resend takes another lane.
        key = (gateway or topic, str(rejection.reason), digest)
        if key in rows:
            rows[key]["count"] += 1
            continue
        properties = [[kept_text(name), kept_text(value)] for name, value in delivery.user_properties[:KEPT_PROPERTIES]]
        rows[key] = {
            "topic": topic,
            "gateway_key": gateway,
            "reason": key[1],
            "detail": kept_text(rejection.detail),
            "payload": delivery.payload[:KEPT_BYTES],
            "payload_bytes": len(delivery.payload),
            "properties": Jsonb(properties),
            "digest": digest,
            "records": rejection.records,
            "count": 1,
        }
        calls[key] = rejection.calls
    if not rows:
        return False
    # In the order of their keys, for the same reason as the readings.
    ordered = [rows[key] for key in sorted(rows)]
    columns = {name: [row[name] for row in ordered] for name in ordered[0]}
    parameters = {**columns, **room.parameters(), "received_at": received_at}
    kept = connection.execute(_sql["keep_rejects"], parameters).fetchall()
    new = [
        Heard(call, row["source"], received_at)
        for row in kept
        if row["is_new"]
        for call in calls[row["source"], row["reason"], bytes(row["digest"])]
    ]
    pass_on(connection, new, received_at)
    return bool(new)


def pass_on(connection: Dictionaries, calls: Sequence[Heard], now: datetime) -> None:
    """Put calls for help into the urgent outbox of those whose they are. The caller owns the transaction."""
    if not calls:
        return
    connection.execute(
        _sql["insert_calls"],
        {
            "series_ids": [heard.call.series_id for heard in calls],
            "gateways": [heard.gateway for heard in calls],
            "names": [kept_text(heard.call.name) for heard in calls],
            "home_ids": [heard.call.home_id for heard in calls],
            "quantity_ids": [heard.call.quantity_id for heard in calls],
            "values": [heard.call.value for heard in calls],
            "instants": [heard.instant for heard in calls],
            "received_at": now,
        },
    )


def _record_floods(connection: Dictionaries, parked: Mapping[tuple[str, str], int], received_at: datetime) -> None:
    # In the order of their keys, for the same reason as the readings.
    for (gateway, device), count in sorted(parked.items()):
        key = {"gateway": gateway, "device": device}
        connection.execute(_sql["close_flood"], {**key, "paused_since": received_at - FLOOD_PAUSE})
        connection.execute(_sql["put_flood"], {**key, "received_at": received_at, "parked": count})


def kept_text(text: str) -> str:
    """Return `text` as it is kept in PostgreSQL: no NUL, no lone surrogates, not endless."""
    return text[:KEPT_TEXT].replace("\x00", "\ufffd").encode("utf-8", "replace").decode()

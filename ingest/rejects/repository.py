"""What is written about rejects: what became of those tried again, wishes that were fulfilled, what was deleted."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import Identifier
from psycopg.types.json import Jsonb

import ingest.repository
from core.statements import Statements
from core.vocabulary import Retention
from ingest.repository import Heard
from ingest.series import ROUTES
from ingest.validate import Reason

PRUNED_AT_ONCE = 5_000
URGENT_CHANNEL = "vicino_urgent"

_sql = Statements.beside(ingest.__file__ or "")
# Safety readings lie among the events.
_VALUES = [
    _sql["kept_values"].format(readings=Identifier("ingest", f"reading_{table}"))
    for table in (*ROUTES, Retention.EVENT)
]

Dictionaries = Connection[DictRow]
Key = tuple[int, datetime]


class Selected(NamedTuple):
    """A reject that is meant to be tried again: whether it was cut, and whether it was stored since."""

    reject_id: int
    cut: bool
    replayed: bool


class Row(NamedTuple):
    """One reason for which a message was rejected."""

    reject_id: int
    reason: Reason
    replayed: bool


class Message(NamedTuple):
    """One rejected message with all that it was rejected for; `first_at` is when it first came."""

    topic: str
    gateway_key: str | None
    payload: bytes
    properties: list[tuple[str, str]]
    first_at: datetime
    rows: tuple[Row, ...]


class Settled(NamedTuple):
    """What became of one row: stored where `replayed_at` says when, else refused still; None leaves what it says."""

    reject_id: int
    reason: str | None
    detail: str | None
    records: int | None
    replayed_at: datetime | None


class Copied(NamedTuple):
    """A further reason for which the message of a row is refused."""

    reject_id: int
    reason: str
    detail: str
    records: int


class Request(NamedTuple):
    """A wish of somebody to have one reject tried again, or where `reject_id` is None all of a gateway and reason."""

    request_id: int
    gateway_key: str
    reason: str
    reject_id: int | None


def selected(
    connection: Dictionaries,
    *,
    ids: Sequence[int] | None = None,
    reasons: Iterable[Reason] | None = None,
    gateway: str | None = None,
) -> list[Selected]:
    """Return the rejects that are meant, the oldest first; those that were stored since only if named by number."""
    parameters = {
        "ids": None if ids is None else list(ids),
        "reasons": None if reasons is None else [str(reason) for reason in reasons],
        "gateway": gateway,
    }
    return [Selected(**row) for row in connection.execute(_sql["selected_rejects"], parameters)]


def messages(connection: Dictionaries, ids: Sequence[int]) -> list[Message]:
    """Return the messages to which rejects belong, each once."""
    found: dict[tuple[str, bytes], list[dict[str, Any]]] = {}
    for row in connection.execute(_sql["rejected_messages"], {"ids": list(ids)}):
        found.setdefault((row["sender"], bytes(row["digest"])), []).append(row)
    return [_message(rows) for rows in found.values()]


def _message(rows: Sequence[dict[str, Any]]) -> Message:
    # The same bytes may have come once with properties that said nothing, and once more with good ones.
    said = next((row for row in rows if row["reason"] not in (Reason.PROPERTIES, Reason.TOPIC)), rows[0])
    return Message(
        topic=said["topic"],
        gateway_key=said["gateway_key"],
        payload=bytes(said["payload"]),
        properties=[(name, value) for name, value in said["properties"]],
        first_at=min(row["first_at"] for row in rows),
        rows=tuple(Row(row["reject_id"], Reason(row["reason"]), row["replayed_at"] is not None) for row in rows),
    )


def kept_values(connection: Dictionaries, route: int, keys: Sequence[Key]) -> dict[Key, float]:
    """Return the values that are stored under some keys (series, instant) in the table of a route."""
    parameters = {"series_ids": [series_id for series_id, _ in keys], "instants": [instant for _, instant in keys]}
    return {(row["series_id"], row["ts"]): row["value"] for row in connection.execute(_VALUES[route], parameters)}


def pass_on(connection: Dictionaries, calls: Sequence[Heard], now: datetime) -> None:
    """Put calls for help into the urgent outbox, with their own time or else that at which they were first received."""
    if not calls:
        return
    ingest.repository.pass_on(connection, calls, now)
    connection.execute(_sql["notify"], {"channel": URGENT_CHANNEL})


def settle(connection: Dictionaries, settled: Sequence[Settled], copied: Sequence[Copied]) -> None:
    """Write down what became of rejects."""
    if settled:
        ordered = sorted(settled)
        parameters = {
            "ids": [row.reject_id for row in ordered],
            "reasons": [row.reason for row in ordered],
            "details": [row.detail for row in ordered],
            "records": [row.records for row in ordered],
            "replayed": [row.replayed_at for row in ordered],
        }
        connection.execute(_sql["settle_rejects"], parameters)
    if copied:
        parameters = {
            "ids": [row.reject_id for row in copied],
            "reasons": [row.reason for row in copied],
            "details": [row.detail for row in copied],
            "records": [row.records for row in copied],
        }
        connection.execute(_sql["copy_rejects"], parameters)


def wish_replay(connection: Dictionaries, reject_id: int, now: datetime, *, with_its_group: bool) -> bool:
    """Write down the viewer's wish; tell whether there is such a reject that waits and that the viewer may see."""
    parameters = {"reject_id": reject_id, "with_its_group": with_its_group, "now": now}
    row = connection.execute(_sql["request_replay"], parameters).fetchone()
    return row is not None and bool(row["done"])


def take_turn(connection: Dictionaries) -> bool:
    """Make this connection the only one that tries rejects again; tell whether it is. It is until it ends its turn."""
    row = connection.execute(_sql["take_turn"]).fetchone()
    return row is not None and bool(row["taken"])


def end_turn(connection: Dictionaries) -> None:
    """Let another connection try rejects again."""
    connection.execute(_sql["end_turn"])


def open_requests(connection: Dictionaries) -> list[Request]:
    """Return the wishes that nobody has fulfilled, the oldest first."""
    return [Request(**row) for row in connection.execute(_sql["open_requests"])]


def finish_request(connection: Dictionaries, request_id: int, outcome: dict[str, Any], now: datetime) -> None:
    """Write down what became of a wish."""
    connection.execute(_sql["finish_request"], {"request_id": request_id, "outcome": Jsonb(outcome), "now": now})


def prune(connection: Dictionaries, before: datetime, maximum: int = PRUNED_AT_ONCE) -> int:
    """Delete some rejects that did not come again since `before`, which stay counted; return how many.

    Call it again while it returns `maximum`. Wishes fulfilled before then are deleted, too.
    """
    connection.execute(_sql["prune_requests"], {"before": before})
    row = connection.execute(_sql["prune_rejects"], {"before": before, "maximum": maximum}).fetchone()
    return 0 if row is None else int(row["pruned"])

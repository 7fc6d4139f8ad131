"""What others may read of contexts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.contexts.context import Context, Standing
from analytics.contexts.kinds import ContextKind
from core.database import Answer, Row, View, ask
from core.statements import Statements
from registry import reads as registry

SQL = Statements.beside(__file__)


class Seen(NamedTuple):
    """A context as the viewer sees it. `detector` is "" where somebody entered it; `why` is a sentence by language."""

    public_id: UUID
    home_id: int
    context: Context
    detector: str
    evidence: dict[str, Any]
    why: dict[str, str]
    note: str
    made_at: datetime
    may_act: bool


class Step(NamedTuple):
    """What became of a context at an instant: by whom ("" for the system), and how it stood then."""

    public_id: UUID
    at: datetime
    account_name: str
    action: str
    context: Context


def contexts(view: View, start: datetime, end: datetime, home_id: int | None = None) -> list[Seen]:
    """Return the contexts of one home, or of all that the viewer may see, that touch `[start, end)`; latest first."""
    return contexts_among(view, start, end, None if home_id is None else [home_id])


def contexts_among(view: View, start: datetime, end: datetime, homes: Sequence[int] | None) -> list[Seen]:
    """Return the same of some homes, or of all."""
    return ask_contexts_among(view, start, end, homes)()


def ask_contexts_among(view: View, start: datetime, end: datetime, homes: Sequence[int] | None) -> Answer[list[Seen]]:
    """Ask for the same, without waiting."""
    given = {"homes": None if homes is None else list(homes), "start": start, "end": end}
    return ask(view.connection, SQL["seen_contexts"], given, lambda rows: [_seen(row) for row in rows])


def going_on(connection: Connection[DictRow], home_id: int, now: datetime) -> list[Context]:
    """Return what keeps a home from being judged as usual at `now`, as it stands, for a service."""
    rows = connection.execute(SQL["contexts_of_homes"], {"homes": [home_id], "start": now})
    found = [_context(row, row["confidence"]) for row in rows]
    pauses = registry.unwatched(connection, [home_id], now).get(home_id, [])
    found += [Context(ContextKind.PAUSED, *interval) for interval in pauses]
    return [each for each in found if each.start <= now < each.unjudged.end]


def context(view: View, public_id: UUID) -> Seen | None:
    """Return one context by its public id, if the viewer may see it."""
    row = view.connection.execute(SQL["seen_context"], {"public_id": public_id}).fetchone()
    if row is None:
        return None
    view.homes.add(row["home_id"])
    return _seen(row)


def history(view: View, home_id: int) -> list[Step]:
    """Return what became of the contexts of a home, in order."""
    return [
        Step(row["public_id"], row["at"], row["account_name"], row["action"], _context(row))
        for row in view.connection.execute(SQL["seen_context_history"], {"home_id": home_id})
    ]


def silenced(view: View, home_id: int, first: date, last: date) -> list[Row]:
    """Return what would have been told of a home but for a context, by day: kind, day, context_kind."""
    given = {"home_id": home_id, "first": first, "last": last}
    return view.connection.execute(SQL["seen_silenced"], given).fetchall()


def silenced_by_context(connection: Connection[DictRow]) -> dict[str, int]:
    """Return how many findings contexts keep back, by kind of context."""
    return {row["context_kind"]: row["findings"] for row in connection.execute(SQL["silenced"])}


def _context(row: Row, confidence: float = 1.0) -> Context:
    kind, standing = ContextKind(row["kind"]), Standing(row["standing"])
    return Context(kind, row["started_at"], row["ended_at"], standing, confidence)


def _seen(row: Row) -> Seen:
    return Seen(
        row["public_id"],
        row["home_id"],
        _context(row, row["confidence"]),
        row["detector"],
        row["evidence"],
        {"it": row["why_it"], "en": row["why_en"]},
        row["note"],
        row["made_at"],
        row["may_act"],
    )


def may_act(view: View, home_id: int) -> bool:
    """Tell whether the viewer may enter contexts of a home, and answer questions about it."""
    return view.connection.execute(SQL["seen_may_act"], {"home_id": home_id}).fetchone() is not None


def all_contexts(connection: Connection[DictRow]) -> list[Row]:
    """Return the contexts of all homes, for whoever runs the installation, but for what was withdrawn; by home."""
    return connection.execute(SQL["all_contexts"]).fetchall()

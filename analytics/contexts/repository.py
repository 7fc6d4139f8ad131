"""What is stored of contexts. People write through the functions of the database, which decide who may."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow, tuple_row
from psycopg.types.json import Jsonb

from analytics.contexts.context import Context, Standing
from analytics.contexts.kinds import ContextKind
from analytics.contexts.proposal import Changes, Known, Proposal
from analytics.contexts.traces import Traces, of_text, to_text
from analytics.contexts.wording import why
from analytics.repository import Home
from analytics.version import CODE_VERSION
from core.localtime import Interval
from core.statements import Statements

SQL = Statements.beside(__file__)


def known(connection: Connection[DictRow], home_id: int, start: datetime) -> list[Known]:
    """Return the contexts of a home that reach beyond `start`, in order, also those that were refused."""
    return known_of_homes(connection, [home_id], start)[home_id]


def known_of_homes(connection: Connection[DictRow], homes: Sequence[int], start: datetime) -> dict[int, list[Known]]:
    """Return the same of several homes, by their ids."""
    found: dict[int, list[Known]] = {home_id: [] for home_id in homes}
    for row in connection.execute(SQL["contexts_of_homes"], {"homes": list(homes), "start": start}):
        found[row["home_id"]].append(_known(row))
    return found


def _known(row: DictRow) -> Known:
    context = Context(
        ContextKind(row["kind"]), row["started_at"], row["ended_at"], Standing(row["standing"]), row["confidence"]
    )
    return Known(row["context_id"], context, row["detector"], row["updated_at"], row["evidence"])


def store(connection: Connection[DictRow], home: Home, changes: Changes, now: datetime) -> None:
    """Store what became of proposals, each with what stands in its history."""
    for one in changes.made:
        row = connection.execute(SQL["put_proposal"], _proposal(home, one, now)).fetchone()
        assert row is not None
        _note(connection, row["context_id"], "proposed", now)
    for context_id, one in changes.restated:
        given = _proposal(home, one, now) | {"context_id": context_id}
        if connection.execute(SQL["restate_proposal"], given).fetchone():
            _note(connection, context_id, "restated", now)
    for context_id, end in changes.ended:
        given = {"context_id": context_id, "end": end, "now": now}
        if connection.execute(SQL["end_context"], given).fetchone():
            _note(connection, context_id, "ended", now)
    for context_id in changes.withdrawn:
        if connection.execute(SQL["withdraw_proposal"], {"context_id": context_id, "now": now}).fetchone():
            _note(connection, context_id, "withdrawn", now)


def _proposal(home: Home, one: Proposal, now: datetime) -> dict[str, Any]:
    said = why(one, home.zone)
    return one._asdict() | {
        "organisation_id": home.organisation_id,
        "home_id": home.home_id,
        "evidence": Jsonb(one.evidence),
        "why_it": said.it,
        "why_en": said.en,
        "now": now,
    }


def _note(connection: Connection[DictRow], context_id: int, action: str, now: datetime) -> None:
    connection.execute(SQL["note_context"], {"context_id": context_id, "action": action, "now": now})


def judge_again(connection: Connection[DictRow], home_id: int, since: datetime, now: datetime) -> None:
    """Have a home judged again from an instant on."""
    connection.execute(SQL["judge_again"], {"home_id": home_id, "since": since, "now": now})


def is_due(connection: Connection[DictRow], home_id: int, now: datetime) -> bool:
    """Tell whether a home is to be judged again."""
    return connection.execute(SQL["is_due"], {"home_id": home_id, "now": now}).fetchone() is not None


def take_due(connection: Connection[DictRow], home_id: int, now: datetime) -> datetime | None:
    """Return since when a home is to be judged again; None if it is not. It is not due any more then."""
    row = connection.execute(SQL["take_due"], {"home_id": home_id, "now": now}).fetchone()
    return None if row is None else row["since"]


def put_traces(connection: Connection[DictRow], home: Home, days: Sequence[Traces]) -> None:
    """Store the traces of days."""
    if not days:
        return
    given = {"organisation_id": home.organisation_id, "home_id": home.home_id, "code_version": CODE_VERSION} | {
        "days": [one.day for one in days],
        "traces": [to_text(one) for one in days],
    }
    connection.execute(SQL["put_traces"], given)


def traces_of(connection: Connection[DictRow], home_id: int, first: date, last: date) -> dict[date, Traces]:
    """Return the traces of a home's days, `first` and `last` included."""
    interval = {"home_id": home_id, "first": first, "last": last}
    with connection.cursor(row_factory=tuple_row) as cursor:
        return {day: of_text(day, traces) for day, traces in cursor.execute(SQL["traces_of_home"], interval)}


def put_silenced(
    connection: Connection[DictRow],
    home: Home,
    kinds: Collection[str],
    days: tuple[date, date],
    silenced: Sequence[tuple[str, date, ContextKind]],
    now: datetime,
) -> None:
    """Make `silenced` (kind, day, context) all that contexts keep back of some kinds from one day to another."""
    given = {"home_id": home.home_id, "judged": list(kinds), "first": days[0], "last": days[1]} | {
        "organisation_id": home.organisation_id,
        "kinds": [kind for kind, _, _ in silenced],
        "days": [day for _, day, _ in silenced],
        "contexts": [context for _, _, context in silenced],
        "now": now,
    }
    connection.execute(SQL["delete_silenced"], given)
    if silenced:
        connection.execute(SQL["put_silenced"], given)


def looked_at(connection: Connection[DictRow], homes: Sequence[int]) -> dict[int, datetime | None]:
    """Return when each home was last looked at for contexts, None where that was never done."""
    rows = connection.execute(SQL["looked_at"], {"homes": list(homes)})
    known = {row["home_id"]: row["looked_at"] for row in rows}
    return {home_id: known.get(home_id) for home_id in homes}


def take_look(connection: Connection[DictRow], home_id: int, now: datetime, unless_since: datetime) -> bool:
    """Take the right to look for contexts of a home; False if that was done after `unless_since` already."""
    given = {"home_id": home_id, "now": now, "unless_since": unless_since}
    return connection.execute(SQL["take_look"], given).fetchone() is not None


def wellbeing_findings(connection: Connection[DictRow], home_id: int, since: datetime) -> list[tuple[str, Interval]]:
    """Return kind and interval of the findings about the person of a home that hold and reach beyond an instant."""
    rows = connection.execute(SQL["wellbeing_findings"], {"home_id": home_id, "since": since})
    return [(row["kind"], Interval(row["started_at"], row["ended_at"])) for row in rows]


# --- what people do ---


def enter(
    connection: Connection[DictRow],
    home: UUID,
    kind: ContextKind,
    start: datetime,
    end: datetime | None,
    note: str,
    now: datetime,
) -> UUID | None:
    """Enter a context as the viewer of the connection; None where that is not for the viewer."""
    given = {"home": home, "kind": kind, "start": start, "end": end, "note": note, "now": now}
    return _public_id(connection, "enter_context", given)


def answer(connection: Connection[DictRow], context: UUID, kind: ContextKind | None, now: datetime) -> UUID | None:
    """Confirm a proposal as a kind, or refuse it (None); None where that cannot be, or is not for the viewer."""
    return _public_id(connection, "answer_context", {"context": context, "kind": kind, "now": now})


def correct(
    connection: Connection[DictRow],
    context: UUID,
    kind: ContextKind,
    start: datetime,
    end: datetime | None,
    note: str,
    now: datetime,
    *,
    action: str = "corrected",
    standing: Standing | None = None,
) -> UUID | None:
    """Correct, end or take back a context; None where that cannot be, or is not for the viewer."""
    given = {"context": context, "kind": kind, "start": start, "end": end, "note": note, "now": now}
    return _public_id(connection, "correct_context", given | {"action": action, "standing": standing})


def _public_id(connection: Connection[DictRow], statement: str, given: dict[str, Any]) -> UUID | None:
    row = connection.execute(SQL[statement], given).fetchone()
    return row["public_id"] if row else None

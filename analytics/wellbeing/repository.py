"""What is stored of how the days of a home stand, and what that rests on."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.change.domains import Domain
from analytics.contexts.kinds import ContextKind
from analytics.repository import Home
from analytics.version import CODE_VERSION
from analytics.wellbeing.rows import as_row
from analytics.wellbeing.state import DayState
from analytics.wellbeing.told import Told
from core.statements import Statements

SQL = Statements.beside(__file__)


def coverages(connection: Connection[DictRow], home_id: int, first: date) -> dict[date, float]:
    """Return how much was seen of each day of a home that is over, from `first` on."""
    rows = connection.execute(SQL["seen_of_days"], {"home_id": home_id, "first": first})
    return {row["day"]: row["coverage"] for row in rows}


class ToldNow(NamedTuple):
    """What is told of a home and holds, and when the first begins of what was changed right now (None: nothing was)."""

    told: Sequence[Told]
    changed_since: datetime | None


def told_since(connection: Connection[DictRow], home_id: int, start: datetime, now: datetime) -> ToldNow:
    """Return what is told of the person of a home beyond `start`, and whether anything of it was changed at `now`."""
    rows = connection.execute(SQL["told_since"], {"home_id": home_id, "start": start, "now": now}).fetchall()
    changed = min((row["started_at"] for row in rows if row["changed"]), default=None)
    return ToldNow([_told(row) for row in rows if row["holds"]], changed)


def _told(row: DictRow) -> Told:
    known = {str(domain) for domain in Domain}
    domain = Domain(row["domain"]) if row["domain"] in known else None
    shown_on = row["shown_on"]
    return Told(
        row["finding_id"],
        row["kind"],
        row["severity"],
        row["started_at"],
        row["ended_at"],
        domain,
        (date.fromisoformat(shown_on[0]), date.fromisoformat(shown_on[1])) if domain and shown_on else None,
    )


def kept_back(connection: Connection[DictRow], home_id: int, first: date) -> dict[date, dict[str, ContextKind]]:
    """Return what contexts keep from being told of a home, by day and kind, from `first` on."""
    found: dict[date, dict[str, ContextKind]] = {}
    for row in connection.execute(SQL["kept_back"], {"home_id": home_id, "first": first}):
        found.setdefault(row["day"], {})[row["kind"]] = ContextKind(row["context_kind"])
    return found


def known_days(
    connection: Connection[DictRow], home_id: int, kinds: Collection[str], first: date, last: date
) -> Mapping[str, Sequence[date]]:
    """Return the days from `first` to `last` with a verdict on each of some indicators of a home."""
    wanted = {"home_id": home_id, "kinds": list(kinds), "first": first, "last": last}
    return {row["kind"]: row["days"] for row in connection.execute(SQL["known_days"], wanted)}


def put_days(connection: Connection[DictRow], home: Home, days: Sequence[DayState], now: datetime) -> set[date]:
    """Store how days stand; return those that are new or different."""
    rows = [as_row(one) for one in days]
    given = {column: [row[column] for row in rows] for column in rows[0]} if rows else {}
    common = {
        "organisation_id": home.organisation_id,
        "home_id": home.home_id,
        "code_version": CODE_VERSION,
        "now": now,
    }
    stored = connection.execute(SQL["put_wellbeing_days"], given | common) if rows else ()
    return {row["day"] for row in stored}

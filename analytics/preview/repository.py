"""What is stored of rules that people set, and of what they would have told. People write through functions alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from analytics.change.domains import DOMAIN_OF
from analytics.rules.protocol import Mode
from analytics.rules.repository import Scope
from analytics.rules.standing import CHANGES, Setting
from core.statements import Statements

SQL = Statements.beside(__file__)


class Told(NamedTuple):
    """What would have been told on a local day (as text), in both languages."""

    day: str
    kind: str
    it: str
    en: str


class Task(NamedTuple):
    """A home in which a setting is to be tried: `wished` at `scope`, over `days` up to the day before `asked_at`."""

    preview_id: int
    home_id: int
    scope: Scope
    wished: Setting
    days: int
    asked_at: datetime


def set_rule(connection: Connection[DictRow], scope: Scope, setting: Setting, reason: str, now: datetime) -> bool:
    """Set a rule as the viewer; tell whether the viewer may."""
    given = _setting(scope, setting) | {"reason": reason, "now": now}
    tells_changes = setting.rule == CHANGES or setting.rule in DOMAIN_OF
    row = connection.execute(SQL["set_rule"], given | {"tells_changes": tells_changes}).fetchone()
    return row is not None and bool(row["done"])


def ask(connection: Connection[DictRow], scope: Scope, wished: Setting, days: int, now: datetime) -> UUID | None:
    """Have worked out as the viewer what a setting would have told; None where the viewer may not set it."""
    row = connection.execute(SQL["ask_preview"], _setting(scope, wished) | {"days": days, "now": now}).fetchone()
    return row["public_id"] if row else None


def _setting(scope: Scope, setting: Setting) -> dict[str, Any]:
    return scope._asdict() | setting._asdict() | {"fields": Jsonb(dict(setting.fields))}


def take_home(connection: Connection[DictRow]) -> Task | None:
    """Take a home until the end of the transaction of which something is to be worked out; None if there is none."""
    row = connection.execute(SQL["take_home"]).fetchone()
    if row is None:
        return None
    return Task(
        row["preview_id"],
        row["home_id"],
        Scope(row["set_for_organisation"], row["set_for_home"]),
        Setting(row["rule"], Mode(row["mode"]), row["fields"]),
        row["days"],
        row["asked_at"],
    )


def put_home(
    connection: Connection[DictRow],
    task: Task,
    found: tuple[Sequence[Told], Sequence[Told]] | None,
    now: datetime,
) -> None:
    """Note what would have been told in a home as it is set and as it is wished; None: it could not be worked out."""
    as_set, as_wished = found or ((), ())
    given = {"preview_id": task.preview_id, "home_id": task.home_id, "now": now, "failed": found is None}
    told = {"as_set": Jsonb([list(each) for each in as_set]), "as_wished": Jsonb([list(each) for each in as_wished])}
    connection.execute(SQL["put_home"], given | told)


def anything_left(connection: Connection[DictRow]) -> bool:
    """Tell whether anything is still to be worked out."""
    row = connection.execute(SQL["anything_left"]).fetchone()
    return row is not None and bool(row["left"])

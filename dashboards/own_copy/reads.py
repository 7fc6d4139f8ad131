"""What a person's own copy reads: for the person, a delegate, and an administrator of the organisation."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from core.database import View, only
from core.statements import Statements
from dashboards.own_copy.parts import Part

_SQL = Statements.beside(__file__)
STRETCH = timedelta(days=10)  # of readings that the database puts together at once
AT_ONCE = 2_000  # rows that come over the line together


class Span(NamedTuple):
    """From when to when there are readings or figures of them; None where there are none."""

    first: datetime | None
    last: datetime | None


def may_have(view: View, person: UUID, now: datetime) -> int | None:
    """Return the number of a person of whom the viewer may have a copy; None for any other."""
    row = only(view.connection.execute(_SQL["may_have"], {"person": person, "now": now}))
    return None if row["person_id"] is None else int(row["person_id"])


def wait_for_a_slow_line(view: View) -> None:
    """Let the database end the transaction of a view that asks for nothing for a minute: nobody takes the copy."""
    view.connection.execute(_SQL["wait_for_a_slow_line"])


def columns(view: View, part: Part) -> list[str]:
    """Return the names of the columns of a part, in their order."""
    return [row["name"] for row in view.connection.execute(_SQL["columns"], {"part": part.name})]


def span(view: View, person: UUID, now: datetime) -> Span:
    """Return of which time there are readings of a person."""
    return Span(**only(view.connection.execute(_SQL["span"], {"person": person, "now": now})))


def rows(view: View, person: UUID, part: Part, known: Span, now: datetime) -> Iterator[dict[str, Any]]:
    """Give the rows of a part, a few at a time however many they are."""
    values: dict[str, Any] = {"person": person, "part": part.name, "since": None, "until": None, "now": now}
    if not part.by_time:
        yield from _stretch(view, values)
        return
    since = known.first
    while since is not None and known.last is not None and since <= known.last:
        yield from _stretch(view, values | {"since": since, "until": since + STRETCH})
        since += STRETCH


def _stretch(view: View, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    with view.connection.cursor(name="own_copy") as cursor:
        cursor.itersize = AT_ONCE
        for row in cursor.execute(_SQL["rows"], values):
            yield row["held"]

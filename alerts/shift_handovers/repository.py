"""What is kept of hand-overs. People write through functions of the database, which decide who may."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from alerts.repository import Connection
from core.database import Row, only
from core.statements import Statements

_SQL = Statements.beside(__file__)


class Untold(NamedTuple):
    """A hand-over of which nobody was told yet."""

    shift_handover_id: int
    organisation_id: int
    made_by: int


class Left(NamedTuple):
    """An alert that nobody has taken over, locked."""

    alert_id: int
    organisation_id: int
    policy: dict[str, Any]
    taken_by: int
    taken_by_name: str


def can_be_handed_over(connection: Connection) -> list[UUID]:
    """Return which alerts the viewer can hand over."""
    return [row["public_id"] for row in connection.execute(_SQL["can_be_handed_over"])]


def offer(connection: Connection, alerts: Sequence[UUID], note: str, until: datetime, now: datetime) -> UUID | None:
    """Offer alerts as the viewer until an instant; None where one of them is not theirs to hand over."""
    values = {"alerts": list(alerts), "note": note, "until": until, "now": now}
    found: UUID | None = only(connection.execute(_SQL["offer"], values))["public_id"]
    return found


def accept(connection: Connection, public_id: UUID, now: datetime) -> int | None:
    """Take an offer over as the viewer; return how many alerts that are, None where it is not to be had."""
    taken: int | None = only(connection.execute(_SQL["accept"], {"public_id": public_id, "now": now}))["taken"]
    return taken


def withdraw(connection: Connection, public_id: UUID, now: datetime) -> bool:
    """Take an offer of the viewer back; tell whether it was still open."""
    return bool(only(connection.execute(_SQL["withdraw"], {"public_id": public_id, "now": now}))["withdrawn"])


def homes_of(connection: Connection, public_id: UUID) -> list[int]:
    """Return the numbers of the homes whose alerts a hand-over holds, as far as the viewer may see them."""
    return [row["home_id"] for row in connection.execute(_SQL["homes_of"], {"public_id": public_id})]


def seen(
    connection: Connection,
    now: datetime,
    limit: int,
    *,
    since: datetime | None = None,
    only_open: bool = False,
    before: tuple[datetime, UUID] | None = None,
    public_id: UUID | None = None,
) -> list[Row]:
    """Return the hand-overs the viewer may see, the latest first, at most so many.

    All of them, or those made `since` an instant and the open ones, or only these; from the one on that was made
    `before`, by its instant and public id; or one by its public id.
    """
    before_at, before_id = before or (None, None)
    values = {
        "now": now,
        "limit": limit,
        "since": since,
        "only_open": only_open,
        "before_at": before_at,
        "before_id": before_id,
        "public_id": public_id,
    }
    return connection.execute(_SQL["seen"], values).fetchall()


def offered_to(connection: Connection, now: datetime) -> int:
    """Return how many hand-overs wait for the viewer to take them over."""
    return int(only(connection.execute(_SQL["offered_to"], {"now": now}))["offers"])


def untold(connection: Connection, now: datetime) -> list[Untold]:
    """Return the hand-overs of which nobody was told yet."""
    return [Untold(**row) for row in connection.execute(_SQL["untold"], {"now": now})]


def mark_told(connection: Connection, shift_handover_id: int, now: datetime) -> list[int]:
    """Note that whoever is on duty is told; return the alerts, the most pressing first, none if somebody did."""
    values = {"shift_handover_id": shift_handover_id, "now": now}
    row = connection.execute(_SQL["mark_told"], values).fetchone()
    return list(row["alert_ids"]) if row else []


def expired(connection: Connection, now: datetime) -> list[int]:
    """Return the hand-overs that nobody has taken over in time."""
    return [row["shift_handover_id"] for row in connection.execute(_SQL["expired"], {"now": now})]


def expire(connection: Connection, shift_handover_id: int, now: datetime) -> list[Left] | None:
    """End a hand-over that nobody has taken over; return what is left of it, None where somebody else has ended it."""
    values = {"shift_handover_id": shift_handover_id, "now": now}
    if connection.execute(_SQL["expire"], values).fetchone() is None:
        return None
    return [Left(**row) for row in connection.execute(_SQL["left"], values)]

"""What people do with a hand-over: offer it, take it over, take it back.

An alert stays with whoever has it until somebody takes it over, so that it is nobody's at no moment. What nobody has
taken over within `WAITS` goes back to the queue (`alerts.shift_handovers.due`), and people are called.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from alerts.errors import AlertError, AlertNotFoundError, EmptyNoteError, NotAllowedError, NoteTooLongError
from alerts.lifecycle import NOTE_CHARACTERS
from alerts.repository import standing
from alerts.shift_handovers import repository
from core.database import Row, View
from core.translation import mark

WAITS = timedelta(minutes=30)
SHOWN_FOR = timedelta(days=7)
SHOWN_AT_ONCE = 50


class NothingHandedOverError(AlertError):
    """No alert was chosen."""

    message = mark("Nothing was handed over: choose at least one alert.")


class ChangedMeanwhileError(AlertError):
    """One of the alerts is not in charge of whoever had it any more, or is handed over already."""

    message = mark("Nothing was handed over: one of the alerts has changed meanwhile. Look again.")


class HandOverEndedError(AlertError):
    """Somebody else has taken it over, or it was taken back, or came too late."""

    message = mark("This hand-over is over: somebody has taken it over, or it was taken back, or it was too late.")


class HandOver(NamedTuple):
    """A hand-over as whoever may see it sees it; `waiting` are the alerts that can still be taken over.

    `may_act`: whether the viewer is operator or coordinator where it belongs.
    """

    public_id: UUID
    made_by: int
    made_by_name: str
    note: str
    made_at: datetime
    until: datetime
    state: str
    ended_at: datetime | None
    accepted_by_name: str
    may_act: bool
    alerts: int
    waiting: tuple[UUID, ...]


def offer(view: View, alerts: Sequence[UUID], note: str, now: datetime) -> UUID:
    """Offer alerts to the next shift with a note; return by what the offer is called.

    Raises `NothingHandedOverError`, `EmptyNoteError`, `NoteTooLongError`, `AlertNotFoundError`, `NotAllowedError` or
    `ChangedMeanwhileError`.
    """
    said = note.strip()
    if not alerts:
        raise NothingHandedOverError
    if not said:
        raise EmptyNoteError
    if len(said) > NOTE_CHARACTERS:
        raise NoteTooLongError(limit=str(NOTE_CHARACTERS))
    made = repository.offer(view.connection, alerts, said, now + WAITS, now)
    if made is None:
        raise _refusal(view, alerts)
    view.homes.update(repository.homes_of(view.connection, made))
    return made


def accept(view: View, public_id: UUID, now: datetime) -> int:
    """Take an offer over; return how many alerts the viewer has now by it. Raises `HandOverEndedError`."""
    taken = repository.accept(view.connection, public_id, now)
    if taken is None:
        raise HandOverEndedError
    view.homes.update(repository.homes_of(view.connection, public_id))
    return taken


def withdraw(view: View, public_id: UUID, now: datetime) -> None:
    """Take an offer of the viewer back. Raises `HandOverEndedError`."""
    if not repository.withdraw(view.connection, public_id, now):
        raise HandOverEndedError
    view.homes.update(repository.homes_of(view.connection, public_id))


def hand_overs(view: View, now: datetime) -> list[HandOver]:
    """Return the hand-overs that are open and those of the last days, the latest first."""
    rows = repository.seen(view.connection, now, SHOWN_AT_ONCE, since=now - SHOWN_FOR)
    return [_hand_over(view, row) for row in rows]


def listed(
    view: View, now: datetime, before: tuple[datetime, UUID] | None, limit: int, *, only_open: bool
) -> list[HandOver]:
    """Return at most `limit` of all hand-overs, or of those that are open, the latest first.

    From the one on that was made `before`, by its instant and public id.
    """
    rows = repository.seen(view.connection, now, limit, only_open=only_open, before=before)
    return [_hand_over(view, row) for row in rows]


def hand_over(view: View, public_id: UUID, now: datetime) -> HandOver | None:
    """Return one hand-over; None if there is none that the viewer may see."""
    rows = repository.seen(view.connection, now, 1, public_id=public_id)
    return _hand_over(view, rows[0]) if rows else None


def can_be_handed_over(view: View) -> frozenset[UUID]:
    """Return which alerts the viewer can hand over: their own, as a coordinator also those of others."""
    return frozenset(repository.can_be_handed_over(view.connection))


def waiting_for(view: View, now: datetime) -> int:
    """Return how many hand-overs wait for the viewer to take them over."""
    return repository.offered_to(view.connection, now)


def _refusal(view: View, alerts: Sequence[UUID]) -> AlertError:
    """Return why alerts could not be offered, from the first that is not the viewer's to act on."""
    for alert in alerts:
        found = standing(view.connection, alert)
        if found is None:
            return AlertNotFoundError()
        if not found.may_act:
            return NotAllowedError()
    return ChangedMeanwhileError()


def _hand_over(view: View, row: Row) -> HandOver:
    # Its note is about whoever lives there.
    view.homes.update(row["homes"])
    return HandOver(**{name: row[name] for name in HandOver._fields} | {"waiting": tuple(row["waiting"])})

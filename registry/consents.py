"""On what the use of a person's data rests, purpose by purpose, and what people record and withdraw of it.

The database decides who may: the person, a delegate, and whoever works for the person (`registry/sql/idempotent`).
"""

from datetime import datetime, timedelta
from uuid import UUID

from core.database import View
from core.errors import VicinoError
from core.translation import mark, translator
from registry import repository
from registry.agreement import ON_CONSENT_ALONE, Basis, Purpose

NOTE_CHARACTERS = 500
FURTHEST = timedelta(days=366 * 20)


class DecisionError(VicinoError):
    """Base: nothing about the data of a person was changed. `message` is the English text, the key of translations."""

    message = mark("Nothing was changed.")

    def __init__(self, **values: str | int) -> None:
        self.values = values
        super().__init__(self.message % values)

    def text(self, language: str) -> str:
        """Return what happened in `language`."""
        return translator(language).gettext(self.message) % self.values


class NotDecidedHereError(DecisionError):
    """There is no such person or contact among those that the viewer decides about."""

    message = mark("This person or contact is not there, or it is not for you to decide. Nothing was changed.")


class PeriodError(DecisionError):
    """A period does not end after it begins, or lies too far away."""

    message = mark("It has to end after it begins. Nothing was changed.")


class NoteTooLongError(DecisionError):
    """The note is longer than can be kept."""

    message = mark("The note is too long: at most %(most)d characters. Nothing was changed.")


class BasisError(DecisionError):
    """The basis does not go with the purpose."""

    message = mark("For family and research only the consent of the person counts. Nothing was changed.")


def give(
    view: View,
    person: UUID,
    purpose: Purpose,
    basis: Basis,
    start: datetime,
    end: datetime | None,
    note: str,
    now: datetime,
) -> None:
    """Record a legal basis from `start` to `end` (None: without end).

    Raises `NotDecidedHereError`, `PeriodError`, `NoteTooLongError` or `BasisError`.
    """
    if (end is not None and end <= start) or not now - FURTHEST < start < now + FURTHEST:
        raise PeriodError
    if len(note.strip()) > NOTE_CHARACTERS:
        raise NoteTooLongError(most=NOTE_CHARACTERS)
    if purpose in ON_CONSENT_ALONE and basis is not Basis.CONSENT:
        raise BasisError
    if repository.give_consent(view.connection, person, purpose, basis, start, end, note.strip(), now) is None:
        raise NotDecidedHereError


def withdraw(view: View, person: UUID, purpose: Purpose, now: datetime) -> int:
    """Withdraw whatever holds of a purpose, at once; return how many bases that were. Raises `NotDecidedHereError`."""
    ended = repository.withdraw_consent(view.connection, person, purpose, now)
    if ended is None:
        raise NotDecidedHereError
    return ended

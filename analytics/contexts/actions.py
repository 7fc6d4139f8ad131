"""What people do with the contexts of a home. The database decides who may: `analytics/sql/idempotent`.

Of what changes, the home is judged again: findings that a context explains are withdrawn, and what is usual is worked
out without its days.
"""

from datetime import datetime, timedelta
from uuid import UUID

from analytics.contexts import repository
from analytics.contexts.context import Standing
from analytics.contexts.kinds import ENTERABLE, ContextKind
from analytics.contexts.reads import Seen
from analytics.contexts.reads import context as seen_context
from core.database import View
from core.errors import VicinoError
from core.translation import mark, translator

NOTE_CHARACTERS = 500
FURTHEST_BACK = timedelta(days=400)
FURTHEST_AHEAD = timedelta(days=400)


class ContextError(VicinoError):
    """Base: a context was not entered or changed. `message` is the English text, the key of its translations."""

    message = mark("The context could not be changed.")

    def text(self, language: str) -> str:
        """Return what happened in `language`."""
        return translator(language).gettext(self.message)

    def __init__(self) -> None:
        super().__init__(self.message)


class ContextNotFoundError(ContextError):
    """There is no such home or context among those that the viewer answers for, or it does not stand so any more."""

    message = mark("This is not there any more, or somebody has answered it already, or you are not in charge of it.")


class ContextAnsweredError(ContextNotFoundError):
    """The viewer sees it, and it does not stand so any more: somebody else was sooner."""


class ContextTimeError(ContextError):
    """It does not end after it begins, or lies too far away."""

    message = mark("It has to end after it begins, and to lie within a year of today.")


class ContextNoteError(ContextError):
    """The note is longer than can be kept."""

    message = mark("The note is too long: at most 500 characters.")


def enter(
    view: View, home: UUID, kind: ContextKind, start: datetime, end: datetime | None, note: str, now: datetime
) -> UUID:
    """Enter a context of a home; `end` may be open. The same again is entered once.

    Raises `ContextNotFoundError`, `ContextTimeError` or `ContextNoteError`.
    """
    _check(start, end, note, now)
    _enterable(kind)
    entered = repository.enter(view.connection, home, kind, start, end, note.strip(), now)
    if entered is None:
        raise ContextNotFoundError
    return _done(view, entered, entered)


def confirm(view: View, context: UUID, kind: ContextKind | None, now: datetime) -> UUID:
    """Say that a proposal is right, as it is or as another kind. Raises `ContextNotFoundError`."""
    answered = _enterable(kind or _seen(view, context).context.kind)
    return _done(view, context, repository.answer(view.connection, context, answered, now))


def refuse(view: View, context: UUID, now: datetime) -> UUID:
    """Say that a proposal is wrong: it has no effect, and is not made again. Raises `ContextNotFoundError`."""
    return _done(view, context, repository.answer(view.connection, context, None, now))


def end(view: View, context: UUID, at: datetime, now: datetime) -> UUID:
    """Say that a context is over since `at`. Raises `ContextNotFoundError` or `ContextTimeError`."""
    found = _seen(view, context)
    old = found.context
    _check(old.start, at, "", now)
    ended = repository.correct(view.connection, context, old.kind, old.start, at, found.note, now, action="ended")
    return _done(view, context, ended)


def correct(
    view: View, context: UUID, kind: ContextKind, start: datetime, end: datetime | None, note: str, now: datetime
) -> UUID:
    """Correct a context; a proposal is confirmed by that.

    Raises `ContextNotFoundError`, `ContextTimeError` or `ContextNoteError`.
    """
    _check(start, end, note, now)
    corrected = repository.correct(view.connection, context, _enterable(kind), start, end, note.strip(), now)
    return _done(view, context, corrected)


def take_back(view: View, context: UUID, now: datetime) -> UUID:
    """Take back what was entered by mistake. Raises `ContextNotFoundError`."""
    found = _seen(view, context)
    old = found.context
    return _done(
        view,
        context,
        repository.correct(
            view.connection, context, old.kind, old.start, old.end, found.note, now,
            action="withdrawn", standing=Standing.WITHDRAWN,
        )
    )  # fmt: skip


def _seen(view: View, context: UUID) -> Seen:
    found = seen_context(view, context)
    if found is None:
        raise ContextNotFoundError
    return found


def _enterable(kind: ContextKind) -> ContextKind:
    if kind not in ENTERABLE:
        raise ContextNotFoundError
    return kind


def _check(start: datetime, end: datetime | None, note: str, now: datetime) -> None:
    if (end is not None and end <= start) or start < now - FURTHEST_BACK or (end or start) > now + FURTHEST_AHEAD:
        raise ContextTimeError
    if len(note.strip()) > NOTE_CHARACTERS:
        raise ContextNoteError


def _done(view: View, context: UUID, done: UUID | None) -> UUID:
    seen = seen_context(view, context)  # so that it is noted whose it is
    if done is None:
        raise ContextNotFoundError if seen is None else ContextAnsweredError
    return done

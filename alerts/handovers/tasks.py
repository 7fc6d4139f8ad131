"""A task for an association: what it says, and what its members do with it."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from alerts import repository as alerts_repository
from alerts.errors import AlertError, NoteTooLongError
from alerts.handovers import repository
from alerts.lifecycle import NOTE_CHARACTERS, Action, Family, State
from alerts.policy import from_json, new_round
from alerts.repository import Connection, Entry
from alerts.wording import title
from core.database import Row, View
from core.languages import written
from core.translation import mark, translator

# What a member is asked to do. Of wellbeing it says no more: what it is about is not theirs to know.
GO = mark("Go there or call: %(what)s.")
LOOK = mark("Look in and see whether all is well.")


class TaskOutcome(StrEnum):
    """What came of a task."""

    DONE = "done"
    NOT_FOUND = "not_found"
    CANNOT = "cannot"


OUTCOMES: dict[TaskOutcome, str] = {
    TaskOutcome.DONE: mark("Done: I was there"),
    TaskOutcome.NOT_FOUND: mark("Nobody was found there"),
    TaskOutcome.CANNOT: mark("I cannot do it"),
}


class GoneError(AlertError):
    """Somebody else has the task, or it is over."""

    message = mark("Somebody else has taken this task, or it is over.")


class Task(NamedTuple):
    """A task as a member of the association sees it; the address is there only while they have it."""

    public_id: UUID
    alert_public_id: UUID
    task_it: str
    task_en: str
    municipality: str
    address: str
    state: str
    offered_at: datetime
    accepted_at: datetime | None
    accepted_by: int | None
    ended_at: datetime | None
    outcome: TaskOutcome | None

    def text(self, language: str) -> str:
        """Return what is to be done."""
        return self.task_it if written(language) == "it" else self.task_en


def offer(
    connection: Connection,
    organisation_id: int,
    alert_id: int,
    family: Family,
    kind: str,
    association: str,
    now: datetime,
) -> None:
    """Offer an alert of an organisation to an association as a task, and say so in its history, once in a round."""
    it, en = (_text(family, kind, language) for language in ("it", "en"))
    name = repository.offer(connection, alert_id, association, it, en, now)
    if name is not None:
        detail = {"association": name}
        entry = Entry(organisation_id, alert_id, now, Action.HANDED_OVER, State.NEW, State.NEW, detail=detail)
        alerts_repository.add_history(connection, entry)


def tasks(view: View) -> list[Task]:
    """Return the tasks of the viewer's associations, the latest first."""
    return [_noted(view, row) for row in repository.seen(view.connection)]


def task(view: View, public_id: UUID) -> Task | None:
    """Return one task; None if it is not to be seen."""
    return next((_noted(view, row) for row in repository.seen(view.connection, public_id)), None)


def task_of_alert(view: View, alert_public_id: UUID) -> Task | None:
    """Return the latest task that came of an alert, for whoever sees the task and not the alert; None if none."""
    return next((_task(row) for row in repository.seen(view.connection, alert_public_id=alert_public_id)), None)


def accept(view: View, public_id: UUID, now: datetime) -> None:
    """Take a task, and with it the alert in charge: nobody else is called. Raises `GoneError`."""
    if not repository.accept(view.connection, public_id, now):
        raise GoneError
    task(view, public_id)  # whose task that was is noted


def give_back(view: View, public_id: UUID, outcome: TaskOutcome, note: str, now: datetime) -> None:
    """Return what came of a task: the alert goes back to its own people. Raises `GoneError` or `NoteTooLongError`."""
    if len(note) > NOTE_CHARACTERS:
        raise NoteTooLongError(limit=str(NOTE_CHARACTERS))
    policy = repository.policy_of(view.connection, public_id)
    if policy is None:
        raise GoneError
    calls_at = new_round(from_json(policy), now)
    if not repository.give_back(view.connection, public_id, outcome, note, calls_at, now):
        raise GoneError
    task(view, public_id)  # whose task that was is noted


def _text(family: Family, kind: str, language: str) -> str:
    gettext = translator(language).gettext
    if family is not Family.SAFETY:
        return gettext(LOOK)
    return gettext(GO) % {"what": title(kind, family, language)}


def _noted(view: View, row: Row) -> Task:
    view.homes.add(row["home_id"])
    return _task(row)


def _task(row: Row) -> Task:
    shown = {name: row[name] for name in Task._fields}
    return Task(**shown | {"outcome": TaskOutcome(row["outcome"]) if row["outcome"] else None})

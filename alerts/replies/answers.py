"""What becomes of the link in a message: whether it may be used, and what it does.

To look at it changes nothing, however often mail scanners and previews do. To answer takes charge by the same function
as on the pages, as the account that the message went to, which must be allowed to at that moment. A member of an
association, who does not see the alert, takes the task that it was handed to them as.

A contact of the home, who has no account, can say to be there: whoever looks after it reads that, and the calls go on
unless the policy of the alert lets them wait.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from alerts import actions
from alerts.errors import AlertError
from alerts.handovers import tasks
from alerts.handovers.tasks import Task
from alerts.lifecycle import Family, State
from alerts.replies import repository
from alerts.replies.repository import Asked
from core.database import Database, View
from core.viewer import Viewer

BY_LINK = "link"


class Answer(StrEnum):
    """What a message can be answered with."""

    TAKE_CHARGE = "take_charge"
    THERE = "there"


class Standing(StrEnum):
    """How it stands with a link."""

    OPEN = "open"
    UNKNOWN = "unknown"  # tampered with, or of no message
    NOT_ALLOWED = "not_allowed"  # the account was closed, or has lost its role
    RESOLVED = "resolved"
    MINE = "mine"  # whoever holds the link has the alert in charge
    TAKEN = "taken"  # somebody else has
    USED = "used"
    GONE = "gone"  # the task is somebody else's, or was withdrawn
    OVER = "over"  # people are being called anew, by other messages
    EXPIRED = "expired"


class Reply(NamedTuple):
    """How it stands with a link, and what it is about; `asked` is None where it is about nothing.

    `task` is what a member of an association answers of, who does not see the alert.
    """

    standing: Standing
    asked: Asked | None = None
    task: Task | None = None

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What can be answered now: nobody is with the person because of a technical alert."""
        if self.standing is not Standing.OPEN or self.asked is None:
            return ()
        if self.asked.contact_id is not None:
            return (Answer.THERE,)
        if self.task is not None:
            return (Answer.TAKE_CHARGE,)
        technical = self.asked.family is Family.TECHNICAL
        return (Answer.TAKE_CHARGE,) if technical else (Answer.TAKE_CHARGE, Answer.THERE)


UNKNOWN = Reply(Standing.UNKNOWN)


class _UsedError(Exception):
    """The same link was used at the same moment: what was done here is undone."""


def stand(asked: Asked, now: datetime, lasts: timedelta, *, may_act: bool) -> Standing:
    """Return how it stands with a link that lasts so long from the moment when the message went out."""
    if not may_act:
        return Standing.NOT_ALLOWED
    if asked.state is State.RESOLVED:
        return Standing.RESOLVED
    # A contact never takes charge, and may say to be there whoever has.
    if asked.state is State.IN_CHARGE and asked.contact_id is None:
        return Standing.MINE if asked.taken_by == asked.account_id else Standing.TAKEN
    if asked.answer is not None:
        return Standing.USED
    if not asked.is_round:
        return Standing.OVER
    return Standing.OPEN if now < asked.told_at + lasts else Standing.EXPIRED


def stand_of_task(task: Task, asked: Asked, now: datetime, lasts: timedelta) -> Standing:
    """Return how it stands with the link of a message to a member of an association."""
    if asked.state is State.RESOLVED:
        return Standing.RESOLVED
    if task.state == "accepted" and task.accepted_by == asked.account_id:
        return Standing.MINE
    if asked.answer is not None:
        return Standing.USED
    if not asked.is_round:
        return Standing.OVER
    if task.state != "offered":
        return Standing.GONE
    return Standing.OPEN if now < asked.told_at + lasts else Standing.EXPIRED


def look(database: Database, message: UUID, now: datetime, lasts: timedelta) -> Reply:
    """Return how it stands with the link of a message; `database` acts in the role that serves people."""
    with database.transaction() as connection:
        asked = repository.asked(connection, message)
    if asked is None or (asked.account_id is None and asked.contact_id is None):
        return UNKNOWN
    may_act, task = _rights(database, asked)
    if task is not None:
        return Reply(stand_of_task(task, asked, now, lasts), asked, task)
    return Reply(stand(asked, now, lasts, may_act=may_act), asked)


def answer(database: Database, message: UUID, said: Answer, now: datetime, lasts: timedelta) -> Reply:
    """Answer by the link of a message, if it may be used: `OPEN` as it was before, else why nothing was done."""
    reply = look(database, message, now, lasts)
    asked = reply.asked
    if asked is None or said not in reply.answers:
        return reply
    if asked.account_id is None:
        with database.transaction() as connection:
            noted = repository.say_contact_there(connection, message, now)
        return reply if noted else look(database, message, now, lasts)
    try:
        with database.seen_by(Viewer(asked.account_id)) as view:
            repository.acts_by(view, BY_LINK)
            # The alert is locked before anything else: of two links at once one waits here for the other.
            if reply.task is None:
                actions.take_charge(view, asked.alert, now)
            else:
                tasks.accept(view, reply.task.public_id, now)
            if said is Answer.THERE:
                repository.say_there(view, asked.alert, now)
            _use(view, message, said, now)
    except (AlertError, _UsedError):
        # Somebody was faster: how it stands now says who.
        return look(database, message, now, lasts)
    return reply


def _rights(database: Database, asked: Asked) -> tuple[bool, Task | None]:
    """Return whether whoever holds the link may act on the alert, else the task that it is to them, if it is one."""
    if asked.account_id is None:
        return True, None
    with database.seen_by(Viewer(asked.account_id)) as view:
        may_act = repository.may_act(view, asked.alert)
        return may_act, None if may_act else tasks.task_of_alert(view, asked.alert)


def _use(view: View, message: UUID, said: Answer, now: datetime) -> None:
    if not repository.note_reply(view.connection, message, said, now):
        raise _UsedError

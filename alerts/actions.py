"""What an operator does with an alert. The database decides who may, and who did: `alerts/sql/idempotent`.

Of two operators who act at the same moment one wins: the alert is locked while it changes, and whoever changed nothing
is told how it stands. Everything an action writes is one transaction, that of its `View`.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from alerts import repository
from alerts.errors import (
    AlertError,
    AlertNotFoundError,
    AlreadyResolvedError,
    AlreadyTakenError,
    AnotherIsOpenError,
    EmptyNoteError,
    NewsError,
    NotAllowedError,
    NoteTooLongError,
    NotInChargeError,
    NotResolvedError,
    NotThisReasonError,
)
from alerts.lifecycle import NOTE_CHARACTERS, Outcome, State
from alerts.policy import new_round
from alerts.reasons import repository as reasons
from alerts.reasons.catalogue import OUTCOME_OF, Reason
from alerts.repository import Standing
from analytics.feedback import actions as feedback
from analytics.feedback.precision import Judgement
from core.database import View


class Done(NamedTuple):
    """The alert's state after an action, and how many messages that had not been sent were called off."""

    state: State
    called_off: int = 0


# All of these raise `AlertNotFoundError` where the viewer sees no such alert, and `NotAllowedError` where the viewer
# sees it but is neither operator nor coordinator of its organisation or of one above it.
# `seen_times` is how often it had happened on the page on which the operator decided (`Alert.times`).


def take_charge(view: View, alert_public_id: UUID, now: datetime, seen_times: int | None = None) -> Done:
    """Take a new alert in charge; nobody else is told of it from now on. Taking one's own alert again is no error.

    Raises `AlreadyTakenError` with the name of who was faster, `AlreadyResolvedError`, or `NewsError` where it has
    happened more than `seen_times` times.
    """
    called_off = repository.take_charge(view.connection, alert_public_id, seen_times, now)
    if called_off is not None:
        _standing(view, alert_public_id)  # whose alert that was is noted
        return Done(State.IN_CHARGE, called_off)
    found = _standing(view, alert_public_id)
    if found.state is State.IN_CHARGE and found.taken_by == view.viewer.account_id:
        return Done(State.IN_CHARGE)
    if found.state is State.NEW:
        raise NewsError
    raise _refusal(found)


def release(view: View, alert_public_id: UUID, now: datetime, note: str = "") -> Done:
    """Give an alert back to the queue: people are told of it anew.

    Raises `NotInChargeError`, `AlreadyResolvedError` or `NoteTooLongError`.
    """
    _check(note)
    found = _standing(view, alert_public_id)
    if repository.release(view.connection, alert_public_id, note, new_round(found.policy, now), now) is None:
        raise _refusal(_standing(view, alert_public_id))
    return Done(State.NEW)


def resolve(
    view: View,
    alert_public_id: UUID,
    outcome: Outcome,
    note: str,
    now: datetime,
    seen_times: int | None = None,
    reason: Reason | None = None,
) -> Done:
    """End an open alert with its outcome, which is handed to the analysis for the findings that the alert is about.

    Raises `NotThisReasonError` where the `reason` goes with another outcome, `AlreadyResolvedError`,
    `NoteTooLongError`, or `NewsError` where it has happened more than `seen_times` times.
    """
    _check(note)
    if reason is not None and OUTCOME_OF[reason] is not outcome:
        raise NotThisReasonError
    called_off = reasons.resolve(view.connection, alert_public_id, outcome, reason, note, seen_times, now)
    if called_off is not None:
        _standing(view, alert_public_id)  # whose alert that was is noted
        findings = repository.findings_of(view.connection, alert_public_id)
        feedback.judge(view, findings, alert_public_id, Judgement(outcome), now, reason)
        return Done(State.RESOLVED, called_off)
    found = _standing(view, alert_public_id)
    raise AlreadyResolvedError if found.state is State.RESOLVED else NewsError


def reopen(view: View, alert_public_id: UUID, now: datetime, note: str = "") -> Done:
    """Open a resolved alert again: people are told of it anew, and its outcome does not count any more.

    Raises `NotResolvedError`, `AnotherIsOpenError` or `NoteTooLongError`.
    """
    _check(note)
    found = _standing(view, alert_public_id)
    try:
        changed = repository.reopen(view.connection, alert_public_id, note, new_round(found.policy, now), now)
    except repository.AnotherOpenError as error:
        raise AnotherIsOpenError from error
    if changed is None:
        raise NotResolvedError
    feedback.take_back(view, alert_public_id)
    return Done(State.NEW)


def note(view: View, alert_public_id: UUID, text: str, now: datetime) -> Done:
    """Write a note into the alert's history.

    Raises `EmptyNoteError` or `NoteTooLongError`.
    """
    _check(text)
    if not text.strip():
        raise EmptyNoteError
    found = _standing(view, alert_public_id)
    repository.note(view.connection, alert_public_id, text.strip(), now)
    return Done(found.state)


def _standing(view: View, alert_public_id: UUID) -> Standing:
    found = repository.standing(view.connection, alert_public_id)
    if found is None:
        raise AlertNotFoundError
    if not found.may_act:
        raise NotAllowedError
    view.homes.add(found.home_id)
    return found


def _refusal(found: Standing) -> AlertError:
    """Return why an action could not be carried out, from how the alert stands."""
    if found.state is State.RESOLVED:
        return AlreadyResolvedError()
    if found.state is State.IN_CHARGE:
        return AlreadyTakenError(found.taken_by_name, found.taken_at)
    return NotInChargeError()


def _check(text: str) -> None:
    if len(text) > NOTE_CHARACTERS:
        raise NoteTooLongError(limit=str(NOTE_CHARACTERS))

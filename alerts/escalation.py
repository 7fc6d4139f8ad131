"""Carries out the due tellings of alerts that nobody has taken, and says once that nobody came.

A telling that means nobody at the moment (no one is on duty, no account has the role, nobody can be reached) is passed
over: the next step comes at once, and the history says so. It ends in somebody being told or in "nobody took charge".

Each person is told by the best way there is to them; the others are kept with the message, to fall back to.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from alerts import repository
from alerts.addresses.ways import Recipient, Way
from alerts.due import carry_out_due
from alerts.fallback.next_way import falls_back_at
from alerts.grouping.groups import LOOKED_AT_AGAIN, waits_for_group
from alerts.handovers.tasks import offer
from alerts.lifecycle import Action, State
from alerts.policies.recipients import Place, reached
from alerts.policies.walk import carry_out
from alerts.policy import NextStep, awake, from_json, next_step, permitted_of
from alerts.repository import Connection, Entry, Escalation
from alerts.summaries import repository as summaries
from alerts.summaries.about import Purpose
from alerts.summaries.bundling import due_at, purpose_of
from core.database import Database
from core.log import logger


def escalate(database: Database, now: datetime) -> int:
    """Carry out every step that is due at `now`; return how many."""
    return carry_out_due(database, now, "step", repository.due_escalation, _carry_out, repository.push_escalation_ahead)


def _carry_out(connection: Connection, escalation: Escalation, now: datetime) -> None:
    """Tell whom the telling that is due reaches; where that is nobody, whom the next step reaches, at once."""
    policy = from_json(escalation.policy)
    # A step that was due by day and is carried out late, for the worker was away, wakes nobody up.
    told_from = awake(policy, now) if next_step(policy, escalation.step, now).tell else now
    if told_from > now:
        repository.set_step(connection, escalation.alert_id, escalation.step, told_from)
        return
    if waits_for_group(connection, escalation.group_of, escalation.family):
        again_at = permitted_of(policy, now + LOOKED_AT_AGAIN)
        repository.set_step(connection, escalation.alert_id, escalation.step, again_at)
        return
    place = Place(escalation.organisation_id, escalation.home_id, escalation.person_id, escalation.family)
    carried = carry_out(policy, escalation.step, now, partial(reached, connection, place, escalation.family, now))
    for step in carried.passed_over:
        _write(connection, escalation, Action.PASSED_ON, now, {"step": step})
    for recipient, ways in carried.people:
        purpose = purpose_of(connection, escalation.alert_id, policy, recipient, now)
        if purpose is Purpose.CALL:
            _notify(connection, escalation._replace(step=carried.number), recipient, ways, now)
        else:
            at = due_at(purpose, ZoneInfo(policy.zone), now)
            summaries.add(connection, [escalation.alert_id], recipient, ways, purpose, at, now)
        if purpose is Purpose.OVERFLOW and summaries.mark_overflow(connection, escalation.alert_id, now):
            _write(connection, escalation, Action.OVERFLOW, now)
    if carried.people:
        _hand_over(connection, escalation, carried.found, now)
    if carried.found.unanswered:
        _write(connection, escalation, Action.UNANSWERED, now)
        logger().warning("nobody took charge", alert_id=escalation.alert_id)
    if not carried.people and carried.found.tell:
        logger().warning("nobody to be told", alert_id=escalation.alert_id)
    repository.set_step(connection, escalation.alert_id, carried.number + 1, carried.found.next_at)


def _hand_over(connection: Connection, escalation: Escalation, found: NextStep, now: datetime) -> None:
    """Offer the alert as a task to each association that the step tells."""
    for who in found.tell:
        if who.association:
            offer(
                connection, escalation.organisation_id, escalation.alert_id, escalation.family, escalation.kind,
                who.association, now,
            )  # fmt: skip


def _notify(
    connection: Connection, escalation: Escalation, recipient: Recipient, ways: Sequence[Way], now: datetime
) -> None:
    """Note a message to one person on the best of `ways` on which no earlier one waits; the rest go with it.

    Those that were passed over go last. Where one waits on each, that is the message.
    """
    for place, way in enumerate(ways):
        left = [*ways[place + 1 :], *ways[:place]]
        if repository.add_notification(
            connection,
            escalation,
            channel=way.channel,
            address=way.address,
            language=recipient.language,
            due_at=now,
            account_id=recipient.account_id,
            contact_id=recipient.contact_id,
            others=left,
            falls_back_at=falls_back_at(escalation.family, now) if left else None,
        ):
            return


def _write(
    connection: Connection, escalation: Escalation, action: Action, now: datetime, detail: dict[str, Any] | None = None
) -> None:
    entry = Entry(escalation.organisation_id, escalation.alert_id, now, action, State.NEW, State.NEW, detail=detail)
    repository.add_history(connection, entry)

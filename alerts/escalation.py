"""Carries out the due tellings of alerts that nobody has taken, and says once that nobody came.

A telling that means nobody at the moment (no one is on duty, no account has the role, nobody can be reached) is passed
over: the next step comes at once, and the history says so. It ends in somebody being told or in "nobody took charge".

Each person is told by the best way there is to them; the others are kept with the message, to fall back to.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from alerts import repository
from alerts.addresses.ways import Recipient, Way, ways_of
from alerts.fallback.next_way import falls_back_at
from alerts.lifecycle import Action, State
from alerts.policies.plan import first_of_next, telling
from alerts.policies.recipients import Place, people
from alerts.policy import NextStep, from_json, next_step
from alerts.repository import Connection, Entry, Escalation
from core.database import Database
from core.log import logger

PUT_OFF = timedelta(seconds=10)


def escalate(database: Database, now: datetime) -> int:
    """Carry out every step that is due at `now`; return how many.

    A step that fails is put off, so that it holds up no other.
    """
    done = 0
    while True:
        found: Escalation | None = None
        try:
            with database.transaction() as connection:
                found = repository.due_escalation(connection, now)
                if found is None:
                    return done
                _carry_out(connection, found, now)
        except repository.DATABASE_AWAY:
            # The database, not the alert: the caller waits for it.
            raise
        except Exception as error:
            if found is None:
                raise
            logger().error("step put off", alert_id=found.alert_id, reason=type(error).__name__)
            with database.transaction() as connection:
                repository.push_escalation_ahead(connection, found.alert_id, now + PUT_OFF)
        else:
            done += 1


def _carry_out(connection: Connection, escalation: Escalation, now: datetime) -> None:
    """Tell whom the telling that is due means; where that is nobody, whom the next step means, at once."""
    policy, number = from_json(escalation.policy), escalation.step
    while True:
        found = next_step(policy, number, now)
        told = _tell(connection, escalation._replace(step=number), found, now)
        if found.unanswered:
            _write(connection, escalation, Action.UNANSWERED, now)
            logger().warning("nobody took charge", alert_id=escalation.alert_id)
        if told or found.last_resort:
            repository.set_step(connection, escalation.alert_id, number + 1, found.next_at)
            return
        step = telling(policy.plan, number)
        _write(connection, escalation, Action.PASSED_ON, now, {"step": step.step if step else None})
        number = first_of_next(policy.plan, number)


def _tell(connection: Connection, escalation: Escalation, found: NextStep, now: datetime) -> int:
    """Note messages to everybody who is meant; return how many people that are."""
    if not found.tell:
        return 0
    place = Place(escalation.organisation_id, escalation.home_id, escalation.person_id)
    meant = [
        Recipient(each.account_id, each.contact_id, each.name, each.language)
        for each in people(connection, found.tell, place, now, last_resort=found.last_resort)
    ]
    ways = ways_of(connection, meant, channels=found.channels, family=escalation.family)
    for recipient in meant:
        _notify(connection, escalation, recipient, ways[recipient], now)
    told = sum(bool(ways[recipient]) for recipient in meant)
    if not told:
        logger().warning("nobody to be told", alert_id=escalation.alert_id)
    return told


def _notify(
    connection: Connection, escalation: Escalation, recipient: Recipient, ways: Sequence[Way], now: datetime
) -> None:
    """Note a message to one person on the best of `ways` on which no earlier one waits; the rest go with it."""
    for place, way in enumerate(ways):
        left = ways[place + 1 :]
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

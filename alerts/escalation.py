"""Carries out the due steps of alerts that nobody has taken: tells everybody again, and says once that nobody came."""

from datetime import datetime, timedelta

from alerts import repository
from alerts.lifecycle import Action, State
from alerts.policy import Policy, from_json, next_step
from alerts.repository import Connection, Entry, Escalation
from core.database import Database
from core.log import logger
from registry.reads import recipients

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
    policy = from_json(escalation.policy)
    step = next_step(policy, escalation.step, now)
    if step.tells:
        _tell(connection, escalation, policy, now)
    if step.unanswered:
        entry = Entry(escalation.organisation_id, escalation.alert_id, now, Action.UNANSWERED, State.NEW, State.NEW)
        repository.add_history(connection, entry)
        logger().warning("nobody took charge", alert_id=escalation.alert_id)
    repository.set_step(connection, escalation.alert_id, escalation.step + 1, step.next_at)


def _tell(connection: Connection, escalation: Escalation, policy: Policy, now: datetime) -> None:
    people = recipients(connection, escalation.organisation_id)
    if not people:
        logger().warning("nobody to be told", alert_id=escalation.alert_id)
    for person in people:
        for channel in policy.channels:
            repository.add_notification(
                connection,
                escalation,
                channel=channel,
                account_id=person.account_id,
                address=person.email,
                language=person.language,
                due_at=now,
            )

"""Reminds whoever has an alert and does nothing with it, and then gives it back to the queue.

When that is due stands in the alert: the database reckons it from the alert's own policy whenever it comes into
somebody's hands, and anew when they write a note.
"""

from datetime import datetime, timedelta

from alerts import repository as alerts_repository
from alerts.addresses.ways import Recipient, ways_of
from alerts.due import carry_out_due
from alerts.fallback.next_way import falls_back_at
from alerts.idle import repository
from alerts.idle.repository import Idle
from alerts.lifecycle import Action, Family, State
from alerts.policy import from_json, new_round
from alerts.repository import Connection, Entry
from core.database import Database
from core.log import logger


def look_after_idle(database: Database, now: datetime) -> int:
    """Remind, or give back, wherever that is due at `now`; return how many there were."""
    return carry_out_due(database, now, "reminder", repository.due_idle, _act, repository.put_off)


def _act(connection: Connection, idle: Idle, now: datetime) -> None:
    plan = from_json(idle.policy).plan
    if idle.idle_step == 0:
        back_at = now + timedelta(seconds=plan.give_back_after) if plan.give_back_after else None
        _remind(connection, idle, now)
        repository.set_reminded(connection, idle.alert_id, back_at)
        _write(connection, idle, Action.REMINDED, State.IN_CHARGE, now)
        return
    repository.give_back(connection, idle.alert_id, new_round(from_json(idle.policy), now), now)
    _write(connection, idle, Action.GIVEN_BACK, State.NEW, now)
    logger().warning("given back, nothing had happened", alert_id=idle.alert_id)


def _remind(connection: Connection, idle: Idle, now: datetime) -> None:
    """Note a message to whoever has the alert, over the best way there is to them."""
    who = Recipient(idle.taken_by, None, idle.taken_by_name, idle.language)
    family = Family(idle.family)
    ways = ways_of(connection, [who], family=family)[who]
    if ways:
        repository.add_reminder(connection, idle, ways, now, falls_back_at(family, now))


def _write(connection: Connection, idle: Idle, action: Action, after: State, now: datetime) -> None:
    entry = Entry(
        idle.organisation_id, idle.alert_id, now, action, State.IN_CHARGE, after,
        account_id=idle.taken_by, account_name=idle.taken_by_name,
    )  # fmt: skip
    alerts_repository.add_history(connection, entry)

"""What is due of hand-overs: telling whoever is on duty, and giving back to the queue what nobody has taken over."""

from datetime import datetime, timedelta

from alerts.addresses.ways import Recipient, ways_of
from alerts.due import for_each
from alerts.idle.repository import give_back
from alerts.lifecycle import Action, Family, State
from alerts.policies.repository import by_login
from alerts.policy import from_json, new_round
from alerts.repository import Connection, Entry, add_history
from alerts.shift_handovers import repository
from alerts.shift_handovers.repository import Untold
from alerts.shifts.calendar import on_duty
from alerts.shifts.repository import rotas_of
from alerts.summaries import repository as summaries
from alerts.summaries.about import Purpose
from core.database import Database
from core.log import logger

# As for a change of shift by the rota: what comes at the same hour is told in the same message.
GATHERED = timedelta(seconds=5)


def look_after_hand_overs(database: Database, now: datetime) -> int:
    """Tell of the new ones and end those that are over; return how many people were told and alerts given back."""
    told = for_each(database, now, "hand-over of a shift", lambda connection: repository.untold(connection, now), _tell)
    ended = for_each(
        database, now, "end of a hand-over", lambda connection: repository.expired(connection, now), _give_back
    )
    return told + ended


def _tell(connection: Connection, each: Untold, now: datetime) -> int:
    """Tell whoever is on duty now and is reached at all, but for who hands over; return how many.

    Who comes on later is told what is open when they do, as at every change of shift.
    """
    alert_ids = repository.mark_told(connection, each.shift_handover_id, now)
    if not alert_ids:
        return 0
    logins = {login for held in rotas_of(connection, each.organisation_id) for login in on_duty(held.rota, now)}
    there = [who for who in by_login(connection, logins) if who.account_id != each.made_by] if logins else []
    meant = [Recipient(who.account_id, None, who.name, who.language) for who in there]
    ways = ways_of(connection, meant, family=Family.TECHNICAL)
    reached = [recipient for recipient in meant if ways[recipient]]
    for recipient in reached:
        summaries.add(connection, alert_ids, recipient, ways[recipient], Purpose.HAND_OVER, now + GATHERED, now)
    return len(reached)


def _give_back(connection: Connection, shift_handover_id: int, now: datetime) -> int:
    left = repository.expire(connection, shift_handover_id, now)
    for alert in left or ():
        give_back(connection, alert.alert_id, new_round(from_json(alert.policy), now), now)
        entry = Entry(
            alert.organisation_id, alert.alert_id, now, Action.SHIFT_LEFT, State.IN_CHARGE, State.NEW,
            account_id=alert.taken_by, account_name=alert.taken_by_name,
        )  # fmt: skip
        add_history(connection, entry)
        logger().warning("given back, nobody took it over", alert_id=alert.alert_id)
    return len(left or ())

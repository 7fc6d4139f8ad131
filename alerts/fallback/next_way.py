"""The next way to a person: when one has failed for good, or a safety message was not accepted in a short time.

What falls back is a new message for the same person and step. The old one, where it may still succeed, waits until the
new one has failed too, and is called off as soon as the new one was accepted. No call falls back once somebody has
taken charge, and no reminder once they have it no longer.

Messages of two steps never stand on one way at once. The later one passes it over and keeps it: where the earlier one
fails for good, and nobody has told the person meanwhile, the later one is tried there too.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from alerts import repository as alerts_repository
from alerts.due import for_each
from alerts.fallback import repository
from alerts.fallback.repository import Overdue
from alerts.lifecycle import Family
from alerts.repository import Claimed, Connection
from core.database import Database
from core.log import logger

# Some attempts at short intervals; longer than a server takes that is merely slow.
PATIENCE = timedelta(seconds=20)


def falls_back_at(family: Family, due_at: datetime) -> datetime | None:
    """Return until when a message that is due at `due_at` must be accepted, or the next way is used beside it.

    Only safety is so pressing: what else there is waits until its channel has failed for good.
    """
    return due_at + PATIENCE if family is Family.SAFETY else None


def after_failure(connection: Connection, claimed: Claimed, now: datetime) -> str | None:
    """Use the next way after a message that failed for good, in the transaction that says so; return its channel.

    The caller holds the alert (`alerts.repository.hold_while_wanted`). None where no way is free: then an earlier
    message on one that is left is tried at once, and a later message that has waited for this one goes on.
    """
    falls_back = falls_back_at(claimed.family, now)
    found = repository.next_way(connection, claimed.notification_id, now, falls_back, failed=True)
    if found:
        _say(claimed.notification_id, claimed.alert_id, found, "failed")
        return found
    if claimed.family is Family.SAFETY:
        repository.press(connection, claimed.notification_id, now)
    repository.wake(connection)
    return None


def fall_back(database: Database, now: datetime, on_fallback: Callable[[str], None] = lambda _: None) -> int:
    """Use the next way of each safety message not accepted in time and of what failed; return of how many.

    `on_fallback` is told the channel that was not in time. One that fails holds up no other, nor what comes after.
    """
    return for_each(
        database,
        now,
        "next way",
        lambda connection: repository.overdue_ways(connection, now),
        lambda connection, late, now: _use_next_way(connection, late, now, on_fallback),
        lambda late: {"notification_id": late.notification_id, "alert_id": late.alert_id},
    )


def _use_next_way(connection: Connection, late: Overdue, now: datetime, on_fallback: Callable[[str], None]) -> bool:
    if not alerts_repository.hold_while_wanted(connection, late):
        # Else it would be looked at again without end.
        repository.leave(connection, late.notification_id)
        return False
    later = falls_back_at(late.family, now)
    found = repository.next_way(connection, late.notification_id, now, later, failed=late.failed)
    if found is None:
        return False
    reason = "failed" if late.failed else "not accepted in time"
    _say(late.notification_id, late.alert_id, found, reason)
    on_fallback(late.channel)
    return True


def _say(notification_id: int, alert_id: int, channel: str, reason: str) -> None:
    logger().warning(
        "next way used", notification_id=notification_id, alert_id=alert_id, channel=channel, reason=reason
    )

"""A hand-over between shifts: whoever comes on is told what is open and who has it, if anything is open."""

from datetime import datetime, timedelta

from alerts.addresses.ways import Recipient, ways_of
from alerts.due import for_each
from alerts.lifecycle import Family
from alerts.policies.repository import by_login
from alerts.repository import Connection
from alerts.shifts import repository
from alerts.shifts.calendar import on_duty
from alerts.shifts.repository import Held
from alerts.summaries import repository as summaries
from alerts.summaries.about import Purpose
from core.database import Database

# What a worker that was away finds changed is told once, if it is not long ago.
LATE = timedelta(hours=1)


def hand_over_shifts(database: Database, now: datetime) -> int:
    """Tell those who have come on since the last look and are reached at all; return how many.

    Of two workers one tells.
    """

    def changed(connection: Connection) -> list[Held]:
        return [each for each in repository.rotas_of(connection) if _has_changed(each, now)]

    return for_each(database, now, "hand-over", changed, _hand_over)


def _has_changed(held: Held, now: datetime) -> bool:
    """Tell whether others are on duty than when a hand-over was last noted: nothing is written but then."""
    since = held.handed_over_until
    return since is None or on_duty(held.rota, since) != on_duty(held.rota, now)


def _hand_over(connection: Connection, held: Held, now: datetime) -> int:
    since = repository.handed_over(connection, held.rota_id, now)
    if since is None:
        return 0
    before, after = on_duty(held.rota, max(since, now - LATE)), on_duty(held.rota, now)
    coming = by_login(connection, after - before) if after - before else []
    alert_ids = summaries.open_below(connection, held.organisation_id) if coming else []
    if not alert_ids:
        return 0
    meant = [Recipient(each.account_id, None, each.name, each.language) for each in coming]
    ways = ways_of(connection, meant, family=Family.TECHNICAL)
    reached = [recipient for recipient in meant if ways[recipient]]
    for recipient in reached:
        # Some seconds, so that another rota that changes at the same hour is told in the same message.
        due = now + timedelta(seconds=5)
        summaries.add(connection, alert_ids, recipient, ways[recipient], Purpose.HAND_OVER, due, now)
    return len(reached)

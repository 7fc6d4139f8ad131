"""Which messages are not sent one by one: technical ones are a morning round, wellbeing has a budget a day.

Safety is never in a summary, nor is wellbeing that is severe.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.addresses.ways import Recipient
from alerts.lifecycle import Family
from alerts.policy import Policy
from alerts.repository import Connection
from alerts.summaries import repository
from alerts.summaries.about import Purpose
from core.localtime import day_of, local_day, local_instant

# All technical alerts of a morning are due at the same moment; going through them takes a while.
GATHERED = timedelta(seconds=60)
OVERFLOW_AT = time(17)


def purpose_of(connection: Connection, alert_id: int, policy: Policy, recipient: Recipient, now: datetime) -> Purpose:
    """Return for what somebody is to be told of an alert at `now`: by itself, or in which summary."""
    if recipient.account_id is None:
        return Purpose.CALL
    if policy.family is Family.TECHNICAL and policy.plan.told_at:
        return Purpose.MORNING_ROUND
    if policy.family is Family.WELLBEING and policy.plan.budget and policy.severity < policy.plan.severe:
        zone = ZoneInfo(policy.zone)
        today = local_day(day_of(now, zone), zone).start
        told = repository.told_today(connection, recipient.account_id, alert_id, today)
        if not told.this and told.others >= policy.plan.budget:
            return Purpose.OVERFLOW
    return Purpose.CALL


def due_at(purpose: Purpose, zone: ZoneInfo, now: datetime) -> datetime:
    """Return when a summary that begins now is sent: the round at once, the rest of a day in the afternoon."""
    if purpose is not Purpose.OVERFLOW:
        return now + GATHERED
    day = day_of(now, zone)
    today = local_instant(day, OVERFLOW_AT, zone)
    return today if today > now else local_instant(day + timedelta(days=1), OVERFLOW_AT, zone)

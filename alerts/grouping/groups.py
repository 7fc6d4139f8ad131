"""Alerts of one home within minutes are one group: a lesser one has no message of its own while the first is open.

Safety always has its own message, whatever it belongs to. What waits for another alert is looked at again, so that it
is told as soon as that one is over. What comes again soon after it was judged does not open anew, but is noted there;
unless it is severe and was not before.
"""

from datetime import datetime, timedelta
from typing import Any

from alerts import repository as alerts_repository
from alerts.grouping import repository
from alerts.lifecycle import Action, Family, State
from alerts.policies.plan import Plan
from alerts.repository import Connection, Entry, NewAlert, Opened

LOOKED_AT_AGAIN = timedelta(minutes=5)


def group(connection: Connection, alert: NewAlert, opened: Opened, now: datetime) -> None:
    """Put an alert that has just opened into the group of what opened in its home before, if its plan says so."""
    within = opened.policy.plan.group_within
    if not within or alert.unregistered:
        return
    since = now - timedelta(seconds=within)
    head = repository.head_of_group(connection, alert.home_id, opened.alert_id, alert.family, alert.severity, since)
    if head is None:
        return
    repository.join_group(connection, opened.alert_id, head)
    detail = {"alert_id": head}
    if alert.family is not Family.SAFETY:
        entry = Entry(
            alert.organisation_id, opened.alert_id, now, Action.GROUPED, opened.state, opened.state, detail=detail
        )
        alerts_repository.add_history(connection, entry)


def waits_for_group(connection: Connection, head: int | None, family: Family) -> bool:
    """Tell whether an alert has no message of its own now, because what it belongs to is still open."""
    return head is not None and family is not Family.SAFETY and repository.is_open(connection, head)


def noted_instead(
    connection: Connection, alert: NewAlert, plan: Plan, now: datetime, detail: dict[str, Any]
) -> int | None:
    """Note what came again soon after it was judged on the alert that was; return that, None where a new one opens."""
    if alert.family is not Family.WELLBEING or not plan.cool_down:
        return None
    judged = repository.judged_lately(connection, alert, now - timedelta(seconds=plan.cool_down))
    if judged is None or (alert.severity >= plan.severe > judged.severity):
        return None
    entry = Entry(
        judged.organisation_id, judged.alert_id, now, Action.AGAIN_AFTER_OUTCOME, State.RESOLVED, State.RESOLVED,
        detail=detail | {"severity": alert.severity},
    )  # fmt: skip
    alerts_repository.add_history(connection, entry)
    return judged.alert_id


def has_grown(connection: Connection, alert_id: int, finding_id: int, alert: NewAlert, severe: float) -> bool:
    """Tell whether a finding noted on a judged alert has since become as severe as `severe`: it opens one after all."""
    severity = repository.noted_severity(connection, alert_id, finding_id)
    return severity is not None and alert.family is Family.WELLBEING and alert.severity >= severe > severity

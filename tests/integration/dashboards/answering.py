"""Four weeks of alerts that were answered in known ways, for the pages of statistics."""

from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from tests.integration.dashboards import filling
from tests.integration.dashboards.filling import Home, Neighbourhood

# Somebody is on duty by day; of the night the figures say so.
ROTA = {
    "key": "day",
    "name": "Centrale",
    "timezone": "Europe/Rome",
    "shifts": [{"weekdays": list(range(7)), "begins": "07:00:00", "ends": "19:00:00", "people": ["nobody"]}],
}


def answered(
    connection: Connection[Any],
    made: Home,
    opened: datetime,
    *,
    told: float | None = None,
    taken: float | None = None,
    closed: float | None = None,
    outcome: str | None = None,
    unanswered: bool = False,
    by: int,
    **changes: Any,
) -> int:
    """Let an alert open that was told, taken and closed so many seconds later; return its id."""

    def after(seconds: float) -> datetime:
        return opened + timedelta(seconds=seconds)

    public_id = filling.alert(connection, made, opened, **changes)
    alert_id: int = filling.one(connection, "SELECT alert_id FROM alerts.alert WHERE public_id = %s", public_id)
    history = [("unanswered", 600.0, "new")] if unanswered else []
    history += [("taken", taken, "in_charge")] if taken is not None else []
    history += [("resolved", closed, "resolved")] if closed is not None else []
    for action, seconds, state in history:
        connection.execute(
            "INSERT INTO alerts.history (organisation_id, alert_id, at, action, to_state, account_id, outcome)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (made.organisation_id, alert_id, after(seconds), action, state, by, outcome if closed == seconds else None),
        )
    if taken is not None:
        connection.execute(
            "UPDATE alerts.alert SET state = 'in_charge', taken_by = %s, taken_at = %s WHERE alert_id = %s",
            (by, after(taken), alert_id),
        )
    if closed is not None:
        connection.execute(
            "UPDATE alerts.alert SET state = 'resolved', outcome = %s, resolved_at = %s WHERE alert_id = %s",
            (outcome, after(closed), alert_id),
        )
    if told is not None:
        message(connection, made, alert_id, opened, by, sent_at=after(told))
    return alert_id


def message(
    connection: Connection[Any],
    made: Home,
    alert_id: int,
    due_at: datetime,
    account: int,
    *,
    sent_at: datetime | None = None,
    channel: str = "email",
    state: str = "sent",
    attempts: int = 1,
) -> None:
    """Let somebody have been told, or not, by a channel."""
    connection.execute(
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, address,"
        " language, state, due_at, attempts, sent_at) VALUES (%s, %s, 1, 0, %s, %s, %s, 'it', %s, %s, %s, %s)",
        (made.organisation_id, alert_id, channel, account, f"{channel}-{account}", state, due_at, attempts, sent_at),
    )


def weeks(connection: Connection[Any], place: Neighbourhood, now: datetime) -> None:
    """Four weeks: calls at all hours, changes in wellbeing, technical ones, one that nobody took, one still open."""
    by = place.accounts["bruno"]
    homes = [home for key, home in place.homes.items() if key != filling.FOREIGN[0]]
    outcomes = ["true", "true", "true", "false", "explained", "unclear"]
    for number in range(24):
        opened = now - timedelta(days=1 + number, hours=number * 7 % 24)
        answered(
            connection, homes[number % len(homes)], opened, told=3.0 + number, taken=40.0 + 30 * number,
            closed=900.0 + 60 * number, outcome=outcomes[number % 6], unanswered=number % 8 == 7, by=by,
        )  # fmt: skip
    for number in range(8):
        answered(
            connection, homes[number % len(homes)], now - timedelta(days=2 + 3 * number), told=60.0,
            taken=3_600.0 * (1 + number), closed=7_200.0 * (1 + number), outcome=outcomes[-1 - number % 3], by=by,
            family="wellbeing", kind="cold", severity=0.5,
        )  # fmt: skip
    connection.execute(
        "INSERT INTO alerts.rota (organisation_id, key, version, calendar, since)"
        " SELECT organisation_id, 'day', 1, %s, %s FROM registry.organisation WHERE key = 'servizio-sociale'",
        (Jsonb(ROTA), now - timedelta(days=60)),
    )
    waits = answered(connection, homes[0], now - timedelta(hours=2), unanswered=True, by=by)
    message(connection, homes[0], waits, now - timedelta(hours=2), by, state="failed", attempts=3)
    message(
        connection, homes[0], waits, now - timedelta(hours=2), by, sent_at=now - timedelta(minutes=119), channel="sms"
    )
    message(connection, homes[0], waits, now, place.accounts[filling.LOGIN], state="due", channel="sms")
    answered(connection, place.homes[filling.FOREIGN[0]], now - timedelta(days=3), told=5.0, by=by)

"""What is removed of alerts, once their time is over."""

from collections.abc import Sequence
from datetime import date, datetime

from psycopg import Connection

from core.database import Row, only
from core.statements import Statements

_SQL = Statements.beside(__file__)
_OF_ALERTS = sorted(name.removeprefix("retire_") for name in _SQL if name.startswith("retire_"))
_LEFT_OVER = [name.removeprefix("left_over_") for name in _SQL if name.startswith("left_over_")]


def claim(connection: Connection[Row], name: str, night: date, before: datetime) -> bool:
    """Take the right to go through a class in a night; tell whether nobody had."""
    values = {"class": name, "night": night, "before": before}
    return connection.execute(_SQL["claim"], values).fetchone() is not None


def too_old(connection: Connection[Row], before: datetime, most: int) -> list[int]:
    """Return alerts that were closed before an instant, at most so many."""
    return [row["alert_id"] for row in connection.execute(_SQL["too_old"], {"before": before, "most": most})]


def retire(connection: Connection[Row], alerts: Sequence[int], before: datetime) -> int:
    """Remove alerts that were closed before an instant, with all that hangs on them; return how many rows.

    That they were taken in stays.
    """
    values = {"alerts": list(alerts), "before": before}
    history = int(only(connection.execute(_SQL["forget_history"], values))["rows"])
    connection.execute(_SQL["forget_alert"], values)
    connection.execute(_SQL["leave_group"], values)
    return history + sum(connection.execute(_SQL[f"retire_{name}"], values).rowcount for name in _OF_ALERTS)


def retire_left_over(connection: Connection[Row], before: datetime, most: int) -> list[int]:
    """Remove what hangs on no alert, at most so many of each kind; return how many of each."""
    values = {"before": before, "most": most}
    return [connection.execute(_SQL[f"left_over_{name}"], values).rowcount for name in _LEFT_OVER]

"""What is removed of what was worked out, once its time is over."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier

from core.database import Row
from core.statements import Statements

_SQL = Statements.beside(__file__)
# What is kept by day, of the class `analysis`.
BY_DAY = (
    "indicator", "hourly", "baseline", "wellbeing_day", "change_day", "rhythm", "device_rhythm", "day_profile",
    "quiet_day", "expected_gap", "day_traces", "day_digest", "room_temperature",
)  # fmt: skip
# What goes of each class, in this order.
CLASSES: Mapping[str, tuple[str, ...]] = {
    "analysis": ("analysis_episode", *(f"analysis_{table}" for table in BY_DAY)),
    "findings": tuple(each.removeprefix("retire_") for each in _SQL if each.startswith("retire_findings")),
}


def claim(connection: Connection[Row], name: str, night: date, before: datetime) -> bool:
    """Take the right to go through a class in a night; tell whether nobody had."""
    values = {"class": name, "night": night, "before": before}
    return connection.execute(_SQL["claim"], values).fetchone() is not None


def homes(connection: Connection[Row]) -> list[int]:
    """Return all homes."""
    return [row["home_id"] for row in connection.execute(_SQL["homes"])]


def retire(connection: Connection[Row], name: str, of: Sequence[int], before: datetime) -> int:
    """Remove the rows of a class of some homes that are older than an instant; return how many."""
    values = {"homes": list(of), "before": before}
    return sum(connection.execute(_statement(each), values).rowcount for each in CLASSES[name])


def _statement(each: str) -> SQL | Composed:
    table = each.removeprefix("analysis_")
    return _SQL["retire_days"].format(table=Identifier(table)) if table in BY_DAY else _SQL[f"retire_{each}"]

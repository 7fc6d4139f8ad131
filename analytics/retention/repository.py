"""What is removed of what was worked out, once its time is over."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from psycopg import Connection

from core.database import Row, only
from core.statements import Statements

_SQL = Statements.beside(__file__)
# The statements of each class, in their order.
CLASSES: Mapping[str, tuple[str, ...]] = {
    name: tuple(each.removeprefix("retire_") for each in _SQL if each.startswith(f"retire_{name}"))
    for name in ("analysis", "findings")
}


def claim(connection: Connection[Row], name: str, night: date, before: datetime) -> bool:
    """Take the right to go through a class in a night; tell whether nobody had."""
    values = {"class": name, "night": night, "before": before}
    return connection.execute(_SQL["claim"], values).fetchone() is not None


def latest(connection: Connection[Row]) -> datetime | None:
    """Return up to when readings have come in, None where none has for weeks."""
    found: datetime | None = only(connection.execute(_SQL["latest"]))["latest"]
    return found


def homes(connection: Connection[Row]) -> list[int]:
    """Return all homes."""
    return [row["home_id"] for row in connection.execute(_SQL["homes"])]


def retire(connection: Connection[Row], name: str, of: Sequence[int], before: datetime) -> int:
    """Remove the rows of a class of some homes that are older than an instant; return how many."""
    values = {"homes": list(of), "before": before}
    return sum(connection.execute(_SQL[f"retire_{each}"], values).rowcount for each in CLASSES[name])

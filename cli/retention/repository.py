"""What is kept since when, and what of it is due."""

from datetime import UTC, date, datetime
from typing import NamedTuple

from psycopg import Connection

from core.database import Row, only
from core.statements import Statements

_sql = Statements.beside(__file__)


class GoneThrough(NamedTuple):
    """From when on a class is kept, and in which night it was last gone through; None where never."""

    kept_from: datetime | None = None
    night: date | None = None


class Due(NamedTuple):
    """The oldest of a class, and how many rows are due."""

    oldest: datetime | None
    due: int


def gone_through(connection: Connection[Row]) -> dict[str, GoneThrough]:
    """Return what was done of each class; one of which nothing was done is not there."""
    found = {row["name"]: GoneThrough(row["kept_from"]) for row in connection.execute(_sql["readings"])}
    found |= {
        row["name"]: GoneThrough(row["kept_from"], row["night"]) for row in connection.execute(_sql["gone_through"])
    }
    return found


def due(connection: Connection[Row], name: str, before: datetime | None) -> Due:
    """Return the oldest of a class, and how much of it is older than an instant (None: nothing is due)."""
    values = {"before": before or datetime(1900, 1, 1, tzinfo=UTC)}
    return Due(**only(connection.execute(_sql[f"oldest_{name}"], values)))

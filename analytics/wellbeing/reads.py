"""What others may read of how the days of homes stand. Reads for a person take a `View`."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.wellbeing.rows import of_row
from analytics.wellbeing.state import DayState, State
from core.database import View
from core.statements import Statements

SQL = Statements.beside(__file__)


class Latest(NamedTuple):
    """The last day of a home that is stated, and the days up to it: each with its state and score, in order."""

    home_id: int
    last: DayState
    days: Sequence[tuple[date, State, float | None]]


def days(view: View, home_id: int, first: date, last: date) -> list[DayState]:
    """Return how the days of a home stand, from `first` to `last`, in order; days that are not over are left out."""
    wanted = {"home_id": home_id, "first": first, "last": last}
    return [of_row(row) for row in view.connection.execute(SQL["seen_days"], wanted)]


def latest(view: View, first: date, home_id: int | None = None) -> dict[int, Latest]:
    """Return how every home that the viewer may see, or one of them, stands, by home; none not stated since `first`."""
    return latest_of_all(view.connection, first, home_id)


def latest_of_all(connection: Connection[DictRow], first: date, home_id: int | None = None) -> dict[int, Latest]:
    """Return the same for whoever runs the installation, of all homes."""
    return {
        row["home_id"]: Latest(
            row["home_id"],
            of_row(row),
            [
                (day, State(state), score)
                for day, state, score in zip(row["days"], row["states"], row["scores"], strict=True)
            ],
        )
        for row in connection.execute(SQL["seen_latest"], {"first": first, "home_id": home_id})
    }

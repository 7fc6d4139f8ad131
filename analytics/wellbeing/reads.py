"""What others may read of how the days of homes stand. Reads for a person take a `View`."""

from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.wellbeing.attention import Known
from analytics.wellbeing.rows import of_row
from analytics.wellbeing.state import DayState, State
from core.database import Row, View
from core.statements import Statements

SQL = Statements.beside(__file__)


class Latest(NamedTuple):
    """How a home stands, and how many of its devices and gateways are silent now. `known` is None where no day is."""

    known: Known | None
    silent: int


NOTHING = Latest(None, 0)
_PLAIN = ("day", "state", "score", "coverage", "because", "contributions", "parts", "kept_back", "threshold")
_STATES = {str(state): state for state in State}  # looked up: a board has thousands of days


def days(view: View, home_id: int, first: date, last: date) -> list[DayState]:
    """Return how the days of a home stand, from `first` to `last`, in order; days that are not over are left out."""
    wanted = {"home_id": home_id, "first": first, "last": last}
    return [of_row(row) for row in view.connection.execute(SQL["seen_days"], wanted)]


def latest(view: View, first: date, home_id: int | None = None) -> dict[int, Latest]:
    """Return how every home that the viewer may see, or one of them, stands, by home; those without a day are left out.

    A day before `first` is not looked at, so that a home whose last day is older counts as one without.
    """
    return latest_of_all(view.connection, first, home_id)


def latest_of_all(connection: Connection[DictRow], first: date, home_id: int | None = None) -> dict[int, Latest]:
    """Return the same for whoever runs the installation, of all homes."""
    return {
        row["home_id"]: Latest(_known(row), row["silent"])
        for row in connection.execute(SQL["seen_latest"], {"first": first, "home_id": home_id})
    }


def _known(row: Row) -> Known | None:
    if row["day"] is None:
        return None
    lists = (tuple(row[name]) for name in ("contexts", "days", "states", "scores"))
    return _understood(*lists, *(row[name] for name in _PLAIN))


# How a home stands changes once a day, and its board asks for it every quarter of a minute.
@lru_cache(maxsize=4096)
def _understood(
    contexts: tuple[str, ...],
    days: tuple[date, ...],
    states: tuple[str, ...],
    scores: tuple[float | None, ...],
    *plain: Any,
) -> Known:
    last = of_row(dict(zip(_PLAIN, plain, strict=True), contexts=contexts))
    week = zip(days, states, scores, strict=True)
    return Known(last, [(day, _STATES[state], score) for day, state, score in week])

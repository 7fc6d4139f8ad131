"""What others may read of how the days of homes stand. Reads for a person take a `View`."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.wellbeing.attention import Known
from analytics.wellbeing.known import Held, Memory
from analytics.wellbeing.rows import of_row
from analytics.wellbeing.state import DayState, State
from core.database import Answer, Row, View, ask
from core.statements import Statements

SQL = Statements.beside(__file__)


class Latest(NamedTuple):
    """How a home stands, and how many of its devices and gateways are silent now. `known` is None where no day is."""

    known: Known | None
    silent: int


NOTHING = Latest(None, 0)
_STATES = {str(state): state for state in State}  # looked up: a board has thousands of days
_MEMORY = Memory()


def days(view: View, home_id: int, first: date, last: date) -> list[DayState]:
    """Return how the days of a home stand, from `first` to `last`, in order; days that are not over are left out."""
    wanted = {"home_id": home_id, "first": first, "last": last}
    return [of_row(row) for row in view.connection.execute(SQL["seen_days"], wanted)]


def latest(view: View, first: date, home_id: int | None = None) -> dict[int, Latest]:
    """Return how every home that the viewer may see, or one of them, stands, by home; those without a day are left out.

    A day before `first` is not looked at, so that a home whose last day is older counts as one without.
    """
    return ask_latest(view, first, home_id)()


def ask_latest(view: View, first: date, home_id: int | None = None) -> Answer[dict[int, Latest]]:
    """Ask for the same, without waiting."""
    return _ask_latest(view.connection, first, home_id)


def latest_of_all(connection: Connection[DictRow], first: date, home_id: int | None = None) -> dict[int, Latest]:
    """Return the same for whoever runs the installation, of all homes."""
    return _ask_latest(connection, first, home_id)()


def _ask_latest(connection: Connection[DictRow], first: date, home_id: int | None) -> Answer[dict[int, Latest]]:
    def read(rows: list[Row]) -> dict[int, Latest]:
        stated = {Held(row["home_id"], row["version"], first) for row in rows if row["version"] is not None}
        known = _known(connection, first, stated)
        found = {row["home_id"]: Latest(known.get(row["home_id"]), row["silent"]) for row in rows}
        return {home: latest for home, latest in found.items() if latest != NOTHING}

    return ask(connection, SQL["seen_latest"], {"home_id": home_id}, read)


def _known(connection: Connection[DictRow], first: date, wanted: Collection[Held]) -> dict[int, Known | None]:
    """Return what is known of homes; asked for is only what is not remembered."""
    found = _MEMORY.of(wanted)
    missing = [held.home_id for held in wanted if held not in found]
    if missing:
        # What was stated anew meanwhile comes with its new version.
        rows = connection.execute(SQL["seen_held"], {"first": first, "homes": missing}).fetchall()
        read = {Held(row["home_id"], row["version"], first): _understood(row) for row in rows}
        _MEMORY.keep(read)
        found |= read
    return {held.home_id: known for held, known in found.items()}


def _understood(row: Row) -> Known | None:
    if row["day"] is None:
        return None
    week = zip(row["days"], row["states"], row["scores"], strict=True)
    return Known(of_row(row), [(day, _STATES[state], score) for day, state, score in week])

"""Whether alerts are worked on, and whether the last test call arrived. None of it is about anybody."""

from datetime import datetime
from typing import NamedTuple

from alerts.repository import Connection
from core.database import View, only
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


class Watched(NamedTuple):
    """How the chain stands, as far as is known; None where there was no such moment.

    `worked_at`: when alerts were last worked on. `watched_at`: when the watchdog last looked. `called_at`: when the
    last test call was made of which it is known what became of it, `arrived_at` when it arrived; `missed` tells that it
    did not in time.
    """

    worked_at: datetime | None
    watched_at: datetime | None
    called_at: datetime | None
    arrived_at: datetime | None
    missed: bool


def watched(view: View) -> Watched:
    """Return how the chain stands, for whoever looks."""
    return standing(view.connection)


def standing(connection: Connection) -> Watched:
    """Return how the chain stands, for a service."""
    return Watched(**only(connection.execute(STATEMENTS["watched"])))

"""When the parts of the chain last worked, and what waits in it."""

from datetime import datetime
from typing import NamedTuple

from alerts.repository import Connection
from core.database import only
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)
# The parts that say when they last did the whole of their work.
ALERTS, WATCHDOG = "alerts", "watchdog"


class Chain(NamedTuple):
    """How the chain stands: when alerts were last worked on, None if never, and how many people wait for a message."""

    worked_at: datetime | None
    overdue: int


def beat(connection: Connection, part: str, now: datetime) -> None:
    """Note that a part of the chain has just done the whole of its work."""
    connection.execute(STATEMENTS["beat"], {"part": part, "now": now})


def chain(connection: Connection, limit: datetime) -> Chain:
    """Return how the chain stands; who should have had a message about a call for help before `limit` counts."""
    return Chain(**only(connection.execute(STATEMENTS["chain"], {"limit": limit})))
